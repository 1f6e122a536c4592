/**
 * What a provider is: a row of data. Vendors differ in address and quirks; structure differs by
 * dialect.
 */
import type { DialectId } from '../domain/dialects.ts'
import type { Limit, Period, Reset, Unit } from '../domain/limits.ts'
import type { Complaint } from '../chat/events.ts'
import type { ModelFacts } from '../chat/model.ts'
import type { Quirks } from '../dialects/dialect.ts'
import type { Blame, Fault } from '../errors.ts'
import type { Calendar } from './calendar.ts'

export interface Provider {
  name: string
  /**
   * The base URL of each dialect it speaks; the first one is preferred where the client's own is
   * not among them. The dialect appends its path (`/chat/completions`, `/messages`). `{account}`
   * stands for the account id that is part of the key.
   */
  dialects: Partial<Record<DialectId, string>>
  /** Other names that clients use for it. */
  aliases?: readonly string[]
  /** Headers that every call carries. */
  headers?: Readonly<Record<string, string>>
  /** The model for a request that names only the provider. */
  defaultModel: string
  /** Models that a bare id may name, with what is known of them. */
  models: Readonly<Record<string, ModelFacts>>
  /**
   * The ids that its own models have: one that is newer than the table is asked of it all the same.
   */
  ownModels?: RegExp
  /**
   * What it cannot do in one of its dialects and can in another: a request that holds it is called
   * in the other.
   */
  cannot?: Partial<Record<DialectId, readonly Lack[]>>
  /** How it departs from the dialects it speaks. */
  quirks?: Partial<Record<DialectId, Quirks>>
  /** How its periods reset, for quotas without a stated time. */
  resets?: Calendar
  /** What a rate limit is counted for, where its error does not tell; absent means the account. */
  limitsPer?: 'account' | 'model'
  /**
   * It keeps prompts in a cache: a conversation that stays on its key is cheaper and sooner
   * answered.
   */
  cachesPrompts?: boolean
  /**
   * How its headers name its limits, and what each of them means; empty where it sends none that
   * the hub could count. Absent means that nothing is known of them: then only names that leave no
   * doubt are read.
   */
  limitHeaders?: readonly LimitHeaders[]
  /** It passes on the words of whoever serves behind it: a limit in them is not the account's. */
  router?: true
  /** Its own errors, read before the rules that hold for everyone; the first match decides. */
  errors?: readonly ErrorRule[]
  /**
   * Where it lists its models, if that is not `/models` below the base URL. On one of the hosts
   * above.
   */
  modelsUrl?: string
  /** A page where a person finds their keys. */
  keysUrl?: string
  /** It is called without a key; absent means with one. */
  keyless?: true
  /** Set where the provider itself has ended: every call is refused. */
  retired?: Source & { on: string }
  /** Its models that end, or have ended, by id. */
  retirements?: Source & { models: Readonly<Record<string, Retirement>> }
  /**
   * Free tiers, as limits that a person may take over when they add a key. Offered and never
   * applied by themselves: tiers change by the month, and a key may be a paid one.
   */
  presets?: readonly Preset[]
  /** What it asks and gives, where it has no preset to say it. */
  terms?: Statement
}

/** Where something is written, and the day on which it was read there. */
export interface Source {
  /** An ISO 8601 date. */
  asOf: string
  /** An address. */
  source: string
}

/** What the provider's terms ask of whoever uses it, plainly. */
export interface Statement extends Source {
  terms: string
}

/** A free tier whose requests, tokens or money can be counted. */
export interface Preset extends Statement {
  /** Unique within its provider. */
  id: string
  name: string
  limits: readonly Limit[]
}

/** The end of a model. */
export interface Retirement {
  /** The last day, as an ISO 8601 date. */
  on: string
  /** The model of the same provider that this hub proposes in its place. */
  successor?: string
}

/** A row of the catalogue says when and where it was checked. */
export interface BuiltInProvider extends Provider {
  /** Its addresses and quirks, and the prices and abilities of its models. */
  checked: { row: Source; models: Source }
}

/**
 * What a request may hold that the dialects of one provider differ in. Tools are in it too where
 * only its history has calls.
 */
export type Feature = 'tools' | 'tools-with-effort' | 'pdf' | 'audio' | 'several-answers' | 'stop'

/** A feature that one dialect of a row lacks. */
export interface Lack {
  what: Feature
  /** The models that lack it; absent means all of them. */
  models?: RegExp
}

/**
 * The provider row that a key goes with. The address of a built-in row is the release's to choose:
 * then the origin alone binds, and `baseUrl` and `dialect` are null.
 */
export interface RowBinding {
  /** A user's id, `hub` or `built-in`. */
  owner: string
  baseUrl: string | null
  dialect: string | null
}

/** One limit as a provider states it in headers, whose names are in lower case. */
export interface LimitHeaders {
  unit: Unit
  /**
   * `told-by-reset`: a minute or a day, told by how long a bucket that refills takes for what was
   * used of it. Those who send this use the same names for both.
   */
  per: Period | 'told-by-reset'
  limit: string
  remaining?: string
  reset?: string
  /** Absent means what the row's `limitsPer` says. */
  scope?: 'account' | 'model'
  /** Absent means what the row's calendar says. */
  resets?: Reset
  /** What the error must say beside it, where the same names are used for several limits. */
  where?: RegExp
}

/** What an error amounts to. */
export interface Meaning {
  verdict: string
  blame: Blame
  /** How long a quota lasts that was hit, where the rule knows it better than the error's words. */
  period?: NonNullable<Fault['period']>
  /** It may as well be about the request: the same from a second key makes it so. */
  doubtful?: true
}

/**
 * When an error is meant by a rule, and what it then means. Every condition that is set must hold.
 */
export interface ErrorRule extends Meaning {
  /** The HTTP status, or the one that an error in a stream amounts to. */
  status?: number | readonly number[]
  code?: string | RegExp
  type?: string | RegExp
  /**
   * Words of the provider, without those of the client. They choose between request, model,
   * account, region and unknown only: neither a key nor a provider is blamed for words.
   */
  message?: RegExp
  /**
   * The whole message, from its first to its last character, where a vendor has a fixed sentence
   * and no code. No client can bring it about, so it counts as a code does.
   */
  sentence?: RegExp
  /** Looks at the whole error object where code, type and message do not tell. */
  body?: (complaint: Complaint) => boolean
}

/**
 * The tables of D1, as `migrations/` makes them; a test compares the two. What each record is for,
 * who writes it and what it costs stands in `README.md` beside this file. Times are milliseconds
 * since the epoch. `owner` is a user's id, or `hub`.
 */
import type { DialectId } from '../domain/dialects.ts'
import type { Role } from '../domain/roles.ts'
import type { CandidateOrder, RouteCandidate } from '../domain/routes.ts'
import type { Budget, Limit, Reserve, TokenLimit } from '../domain/limits.ts'
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { ModelFacts, Price } from '../chat/model.ts'
import { logTableColumns } from './log-table.ts'

/** The columns of `Caps`, for each table that has them. */
const caps = {
  limits: text({ mode: 'json' }).$type<TokenLimit[]>(),
  maxConcurrent: integer('max_concurrent'),
  budget: text({ mode: 'json' }).$type<Budget>(),
}

export const users = sqliteTable('users', {
  id: text().primaryKey(),
  username: text().unique(),
  email: text().unique(),
  passwordHash: text('password_hash').notNull(),
  role: text().$type<Role>().notNull(),
  /**
   * Rises with every change that a warm isolate must not miss: tokens, keys, routes, the user's own
   * state.
   */
  epoch: integer().notNull().default(1),
  disabledAt: integer('disabled_at'),
  createdAt: integer('created_at').notNull(),
  /** What they ask and are answered is kept, for themselves alone. */
  keepTranscripts: integer('keep_transcripts', { mode: 'boolean' }).notNull().default(false),
  /**
   * The share of each limit of a shared account that they may use, above 0 and up to 1; null for
   * all.
   */
  maxShare: real('max_share'),
  /** Caps over all of this person's tokens and sessions. */
  ...caps,
  /** The id of the person's team. */
  team: text(),
})

export const teams = sqliteTable('teams', {
  id: text().primaryKey(),
  name: text().notNull().unique(),
  /** Rises with every change of the team. */
  epoch: integer().notNull().default(1),
  ...caps,
  createdAt: integer('created_at').notNull(),
})

export const sessions = sqliteTable(
  'sessions',
  {
    id: text().primaryKey(),
    userId: text('user_id').notNull(),
    userAgent: text('user_agent'),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    /** Which of the session's tokens is the newest; it rises when one is renewed. */
    generation: integer().notNull().default(1),
    renewedAt: integer('renewed_at'),
    lastSeenAt: integer('last_seen_at'),
    /** Where it was opened: an address of IPv4, or the /64 of one of IPv6. */
    address: text(),
  },
  (table) => [index('sessions_by_user').on(table.userId)],
)

export const invitations = sqliteTable('invitations', {
  id: text().primaryKey(),
  /** SHA-256 of the secret, in hex. The secret itself is kept nowhere. */
  hash: text().notNull().unique(),
  role: text().$type<Role>().notNull(),
  note: text(),
  invitedBy: text('invited_by').notNull(),
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
  usedAt: integer('used_at'),
  usedBy: text('used_by'),
})

export const departed = sqliteTable('departed', {
  userId: text('user_id').primaryKey(),
  at: integer().notNull(),
})

export const tokens = sqliteTable(
  'tokens',
  {
    /** SHA-256 of the whole token, in hex. The token itself is kept nowhere. */
    hash: text().primaryKey(),
    id: text().notNull().unique(),
    owner: text().notNull(),
    name: text().notNull(),
    prefix: text().notNull(),
    allowedModels: text('allowed_models', { mode: 'json' }).$type<string[]>(),
    expiresAt: integer('expires_at'),
    lastUsedAt: integer('last_used_at'),
    createdAt: integer('created_at').notNull(),
    ...caps,
    /** Seconds that a request waits for a slot when everything rests, unless it says otherwise. */
    defaultWait: integer('default_wait'),
  },
  (table) => [index('tokens_by_owner').on(table.owner)],
)

export const accounts = sqliteTable(
  'accounts',
  {
    owner: text().notNull(),
    id: text().notNull(),
    provider: text().notNull(),
    /** Null for the account that a key is of its own. */
    name: text(),
    shared: integer({ mode: 'boolean' }).notNull().default(false),
    createdAt: integer('created_at').notNull(),
    /** What its owner keeps while it is shared. */
    reserve: text({ mode: 'json' }).$type<Reserve>(),
  },
  (table) => [primaryKey({ columns: [table.owner, table.id] }), index('accounts_shared').on(table.provider)],
)

export const keys = sqliteTable(
  'keys',
  {
    owner: text().notNull(),
    id: text().notNull(),
    provider: text().notNull(),
    accountId: text('account_id').notNull(),
    name: text(),
    note: text(),
    ciphertext: text().notNull(),
    /** A keyed hash of the secret, so that the same key is not entered twice. */
    fingerprint: text().notNull(),
    masked: text().notNull(),
    priority: integer().notNull().default(1),
    weight: integer().notNull().default(1),
    enabled: integer({ mode: 'boolean' }).notNull().default(true),
    allowedModels: text('allowed_models', { mode: 'json' }).$type<string[]>(),
    defaultModel: text('default_model'),
    limits: text({ mode: 'json' }).$type<Limit[]>(),
    maxConcurrent: integer('max_concurrent'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    /**
     * Where the key is sent, which its ciphertext is bound to; null for keys from before this was
     * stored.
     */
    origin: text(),
    /** Rises when another secret is entered; sealing the same one anew leaves it. */
    secretVersion: integer('secret_version').notNull().default(1),
    /** It costs nothing: a free tier, or a credit. */
    free: integer({ mode: 'boolean' }).notNull().default(false),
    /**
     * The owner of the provider row that it goes with (`RowOwner`); null for keys from before that
     * is known of.
     */
    rowOwner: text('row_owner'),
    /** The base URL and dialect of that row when the key was entered; null for a built-in row. */
    baseUrl: text('base_url'),
    dialect: text(),
    /** 2 where the ciphertext is bound to that row, 1 where it is bound to the origin alone. */
    bindingVersion: integer('binding_version').notNull().default(1),
  },
  (table) => [
    primaryKey({ columns: [table.owner, table.id] }),
    index('keys_by_id').on(table.id),
    index('keys_by_account').on(table.owner, table.accountId),
    uniqueIndex('keys_by_fingerprint').on(table.owner, table.provider, table.fingerprint),
  ],
)

export const routes = sqliteTable(
  'routes',
  {
    owner: text().notNull(),
    name: text().notNull(),
    order: text('ordering').$type<CandidateOrder>().notNull(),
    candidates: text({ mode: 'json' }).$type<RouteCandidate[]>().notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.owner, table.name] })],
)

export const providers = sqliteTable(
  'providers',
  {
    owner: text().notNull(),
    id: text().notNull(),
    name: text().notNull(),
    baseUrl: text('base_url').notNull(),
    dialect: text().$type<DialectId>().notNull(),
    models: text({ mode: 'json' }).$type<string[]>(),
    /** Headers in the clear, of a row from before they were sealed; null as soon as they are. */
    headers: text({ mode: 'json' }).$type<Record<string, string>>(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    /** By the model's id. */
    prices: text({ mode: 'json' }).$type<Record<string, Price>>(),
    headerNames: text('header_names', { mode: 'json' }).$type<string[]>(),
    /** The headers of every call, sealed for this row and its origin. */
    sealedHeaders: text('sealed_headers'),
    /**
     * Further dialects that it speaks, with their base URLs. All are of the origin of `baseUrl`.
     */
    dialects: text({ mode: 'json' }).$type<Partial<Record<DialectId, string>>>(),
    /** What a person entered of its models, by the model's id. */
    modelFacts: text('model_facts', { mode: 'json' }).$type<Record<string, ModelFacts>>(),
    /** The models that it listed when it was asked last, in its order. */
    listedModels: text('listed_models', { mode: 'json' }).$type<Record<string, ModelFacts>>(),
    listedAt: integer('listed_at'),
    /** It is called without a key. A key that is entered for it is never sent. */
    keyless: integer({ mode: 'boolean' }).notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.owner, table.id] })],
)

export const providerSettings = sqliteTable(
  'provider_settings',
  {
    owner: text().notNull(),
    provider: text().notNull(),
    strategy: text(),
  },
  (table) => [primaryKey({ columns: [table.owner, table.provider] })],
)

/** The request log. `observe/log-columns.ts` has its columns. */
export const requests = sqliteTable('requests', logTableColumns, (table) => [
  primaryKey({ columns: [table.owner, table.id] }),
])

/** What is added up of requests. */
const measures = {
  requests: integer().notNull(),
  errors: integer().notNull(),
  rescued: integer().notNull(),
  inputTokens: integer('input_tokens').notNull(),
  outputTokens: integer('output_tokens').notNull(),
  cachedTokens: integer('cached_tokens').notNull(),
  reasoningTokens: integer('reasoning_tokens').notNull(),
  durationMs: integer('duration_ms').notNull(),
  cost: real().notNull(),
}

export const usageHourly = sqliteTable(
  'usage_hourly',
  {
    owner: text().notNull(),
    hour: integer().notNull(),
    provider: text().notNull(),
    model: text().notNull(),
    keyId: text('key_id').notNull(),
    tokenId: text('token_id').notNull(),
    ...measures,
    saved: real().notNull().default(0),
  },
  (table) => [
    primaryKey({
      columns: [table.owner, table.hour, table.provider, table.model, table.keyId, table.tokenId],
    }),
  ],
)

const sums = {
  ...measures,
  saved: real().notNull(),
  /**
   * How many requests that went well took how long, by the class of the duration
   * (`observe/durations.ts`).
   */
  durations: text({ mode: 'json' }).$type<Record<string, number>>().notNull(),
}

export const usageTotals = sqliteTable(
  'usage_totals',
  { owner: text().notNull(), hour: integer().notNull(), ...sums },
  (table) => [primaryKey({ columns: [table.owner, table.hour] })],
)

export const usageDaily = sqliteTable(
  'usage_daily',
  {
    owner: text().notNull(),
    /** `all`, `provider`, `model`, `key` or `token`. */
    dimension: text().notNull(),
    day: integer().notNull(),
    name: text().notNull(),
    ...sums,
  },
  (table) => [primaryKey({ columns: [table.owner, table.dimension, table.day, table.name] })],
)

export const settings = sqliteTable('settings', {
  name: text().primaryKey(),
  value: text({ mode: 'json' }).$type<unknown>().notNull(),
})

export const audit = sqliteTable('audit', {
  /** The entry's place in the chain, from 1 and without gaps. */
  sequence: integer().primaryKey(),
  at: integer().notNull(),
  actor: text().notNull(),
  /** The address that the request came from, where it is known. */
  address: text(),
  action: text().notNull(),
  subject: text().notNull(),
  detail: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
  /**
   * The hash of the entry before, and of this one with it; empty where the entry is from before the
   * chain.
   */
  previous: text().notNull(),
  hash: text().notNull(),
})

/**
 * Entries that are committed with their change and that the sealer has not moved to `audit` yet.
 */
export const auditPending = sqliteTable('audit_pending', {
  id: integer().primaryKey({ autoIncrement: true }),
  at: integer().notNull(),
  actor: text().notNull(),
  address: text(),
  action: text().notNull(),
  subject: text().notNull(),
  detail: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
})

export const modelCatalogue = sqliteTable('model_catalogue', {
  provider: text().primaryKey(),
  models: text({ mode: 'json' }).$type<Record<string, ModelFacts>>().notNull(),
  readAt: integer('read_at').notNull(),
})

export const keptResponses = sqliteTable(
  'kept_responses',
  {
    owner: text().notNull(),
    id: text().notNull(),
    expiresAt: integer('expires_at').notNull(),
    /** The conversation up to and with the answer, sealed. */
    items: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.owner, table.id] })],
)

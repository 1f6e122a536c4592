/** How a provider key is entered and shown: its fields, and the live state that its pool knows. */
import { limitScopes, periods, resets, units } from '../../domain/limits.ts'
import { z } from 'zod'
import type { StoredKey } from '../../db/keys.ts'
import type { KeyState, WindowState } from '../../quota/rpc.ts'
import { KeyLimit } from './limit.ts'
import {
  ModelName,
  ModelPatterns,
  Name,
  Reserve,
  ShownReserve,
  Time,
  toTime,
  toTimeOrNull,
} from './common.ts'

/** A key travels in a header, and a header takes neither line breaks nor letters beyond Latin-1. */
const ApiKey = z
  .string()
  .trim()
  .min(1)
  .max(4_000)
  .regex(/^[\x20-\x7e\xa0-\xff]+$/, 'must be one line of letters, digits and punctuation')

export const KeyChange = z.strictObject({
  name: Name.nullish(),
  note: z.string().max(2_000).nullish(),
  priority: z.int().min(1).max(1_000).optional(),
  weight: z.int().min(1).max(1_000).optional(),
  enabled: z.boolean().optional(),
  shared: z.boolean().optional(),
  /** What you keep of its account for yourself while it is shared. */
  reserve: Reserve.nullish(),
  allowedModels: ModelPatterns.nullish(),
  defaultModel: ModelName.nullish(),
  limits: z.array(KeyLimit).max(50).nullish(),
  maxConcurrent: z.int().min(1).max(10_000).nullish(),
  /**
   * It costs nothing, as a free tier or a credit does: what is used of it is counted as saved, not
   * as spent.
   */
  free: z.boolean().optional(),
})

/** `account: null` makes the key an account of its own again. */
export const KeyPatch = KeyChange.extend({
  account: z.string().trim().min(1).nullish(),
  /** Another secret in the place of this one, or the same one entered again. */
  apiKey: ApiKey.optional(),
})

export const KeyInput = KeyChange.extend({
  provider: z.string().trim().min(1),
  apiKey: ApiKey,
  account: z.string().trim().min(1).optional(),
})

/**
 * The part of a window that one person used: `hub` is open access, `*` is everyone past a bound.
 */
export const PersonUse = z.object({ user: z.string(), used: z.number(), reserved: z.number() })

const Window = z.object({
  unit: z.enum(units),
  per: z.enum(periods),
  model: z.string().optional(),
  resets: z.enum(resets),
  /** Whether all keys of the account are counted together, or this one alone. */
  scope: z.enum(limitScopes),
  used: z.number(),
  reserved: z.number(),
  /** The limit that binds: the lesser of what was entered and what the provider stated. */
  limit: z.number().nullable(),
  /** What can still be used; 0 where the provider says that it is used up, null without a limit. */
  left: z.number().nullable(),
  lastResetAt: Time.nullable(),
  resetsAt: Time.nullable(),
  source: z.enum(['entered', 'stated', 'counted']),
  /** What a person entered and what the provider said last; where they differ, both are shown. */
  entered: z.number().nullable(),
  stated: z
    .object({
      limit: z.number().nullable(),
      remaining: z.number().nullable(),
      resetsAt: Time.nullable(),
      at: Time,
    })
    .nullable(),
  /** When it is used up at the present pace; null where it is not, or nobody can tell. */
  dryAt: Time.nullable(),
  /** The amount of the limit that the owner keeps; null where nothing is kept. */
  reserve: z.number().nullable(),
  /** The part of each person in a shared account, the largest first; null in a private one. */
  byPerson: z.array(PersonUse).nullable(),
})

export const State = z.object({
  status: z.enum(['active', 'cooling', 'quarantined', 'disabled']),
  coolingUntil: Time.nullable(),
  reason: z.object({ verdict: z.string(), message: z.string(), since: Time }).nullable(),
  /** Its rest is over, and one call goes first to prove it. */
  halfOpen: z.boolean(),
  restingModels: z.array(z.object({ model: z.string(), until: Time, verdict: z.string() })),
  windows: z.array(Window),
  /** Calls under way. */
  running: z.number(),
  /** Usual time to the first content, in milliseconds. */
  latencyMs: z.number().nullable(),
  lastUsedAt: Time.nullable(),
})

export const Key = z.object({
  id: z.string(),
  provider: z.string(),
  account: z.string(),
  name: z.string().nullable(),
  note: z.string().nullable(),
  masked: z.string(),
  priority: z.number(),
  weight: z.number(),
  enabled: z.boolean(),
  shared: z.boolean(),
  reserve: ShownReserve,
  allowedModels: z.array(z.string()).nullable(),
  defaultModel: z.string().nullable(),
  limits: z.array(KeyLimit).nullable(),
  maxConcurrent: z.number().nullable(),
  free: z.boolean(),
  /**
   * The variable of the deployment that holds the key, which nothing here changes; absent for
   * others.
   */
  environment: z.string().optional(),
  /** Null for a key that a variable holds. */
  createdAt: Time.nullable(),
  updatedAt: Time.nullable(),
  state: State,
})

/** What came of trying a key. */
export const Trial = z.object({
  ok: z.boolean(),
  model: z.string(),
  verdict: z.string(),
  blame: z.string().nullable(),
  /** The provider's own words, or why no call was made. */
  message: z.string(),
  status: z.number().nullable(),
  latencyMs: z.number(),
  retryAt: Time.nullable(),
  /** Find it in the log by this. */
  requestId: z.string(),
  key: Key,
})

/** What is shown of a key: one that is stored, or that a variable of the deployment holds. */
export type ShownKey = Omit<
  StoredKey,
  | 'ciphertext'
  | 'fingerprint'
  | 'origin'
  | 'baseUrl'
  | 'dialect'
  | 'secretVersion'
  | 'bindingVersion'
  | 'createdAt'
  | 'updatedAt'
> & { environment?: string; createdAt: number | null; updatedAt: number | null }

/** A key with its state, as the API shows it; never the secret. */
export function showKey(key: ShownKey, state: KeyState | undefined): z.infer<typeof Key> {
  return {
    id: key.id,
    provider: key.provider,
    account: key.accountId,
    name: key.name,
    note: key.note,
    masked: key.masked,
    priority: key.priority,
    weight: key.weight,
    enabled: key.enabled,
    shared: key.shared,
    reserve: key.reserve,
    allowedModels: key.allowedModels,
    defaultModel: key.defaultModel,
    limits: key.limits,
    maxConcurrent: key.maxConcurrent,
    free: key.free,
    ...(key.environment !== undefined && { environment: key.environment }),
    createdAt: toTimeOrNull(key.createdAt),
    updatedAt: toTimeOrNull(key.updatedAt),
    state: showState(state, key.enabled),
  }
}

/** The live state of a key; that of one that was never used, where its pool does not know it. */
export function showState(state: KeyState | undefined, enabled: boolean): z.infer<typeof State> {
  return {
    status: state?.status ?? (enabled ? 'active' : 'disabled'),
    coolingUntil: toTimeOrNull(state?.coolingUntil),
    reason: state?.reason ? { ...state.reason, since: toTime(state.reason.since) } : null,
    halfOpen: state?.halfOpen ?? false,
    restingModels: (state?.restingModels ?? []).map((rest) => ({ ...rest, until: toTime(rest.until) })),
    windows: (state?.windows ?? []).map(showWindow),
    running: state?.running ?? 0,
    latencyMs: state?.latencyMs ?? null,
    lastUsedAt: toTimeOrNull(state?.lastUsedAt),
  }
}

function showWindow(window: WindowState): z.infer<typeof Window> {
  const { stated } = window
  return {
    ...window,
    limit: window.limit ?? null,
    left: window.left ?? null,
    lastResetAt: toTimeOrNull(window.lastResetAt),
    resetsAt: toTimeOrNull(window.resetsAt),
    entered: window.entered ?? null,
    stated: stated
      ? {
          limit: stated.limit ?? null,
          remaining: stated.remaining ?? null,
          resetsAt: toTimeOrNull(stated.resetsAt),
          at: toTime(stated.at),
        }
      : null,
    dryAt: toTimeOrNull(window.dryAt),
    reserve: window.reserve ?? null,
    byPerson: window.byPerson ?? null,
  }
}

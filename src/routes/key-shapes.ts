/** How a provider key is entered and shown: its fields, and the live state that its pool knows. */
import { z } from 'zod'
import type { StoredKey } from '../db/keys.ts'
import type { KeyState } from '../quota/lease.ts'
import { ModelPatterns, Name, Time, toTime, toTimeOrNull } from './shapes.ts'

const Limit = z.strictObject({
  unit: z.enum(['requests', 'tokens']),
  per: z.enum(['minute', 'hour', 'day', 'month']),
  limit: z.int().min(1),
  model: z.string().trim().min(1).optional(),
  resets: z.enum(['sliding', 'refill', 'utc', 'pacific', 'rolling']).optional(),
})

export const KeyChange = z.strictObject({
  name: Name.nullish(),
  note: z.string().max(2_000).nullish(),
  priority: z.int().min(1).max(1_000).optional(),
  weight: z.int().min(1).max(1_000).optional(),
  enabled: z.boolean().optional(),
  shared: z.boolean().optional(),
  allowedModels: ModelPatterns.nullish(),
  defaultModel: z.string().trim().min(1).max(200).nullish(),
  limits: z.array(Limit).max(50).nullish(),
  maxConcurrent: z.int().min(1).max(10_000).nullish(),
})

export const KeyInput = KeyChange.extend({
  provider: z.string().trim().min(1),
  apiKey: z.string().trim().min(1).max(4_000),
  account: z.string().trim().min(1).optional(),
})

const Window = z.object({
  unit: z.enum(['requests', 'tokens']),
  per: z.enum(['minute', 'hour', 'day', 'month']),
  model: z.string().optional(),
  used: z.number(),
  reserved: z.number(),
  limit: z.number().nullable(),
  lastResetAt: Time.nullable(),
  resetsAt: Time.nullable(),
  source: z.enum(['entered', 'counted']),
})

const State = z.object({
  status: z.enum(['active', 'cooling', 'quarantined', 'disabled']),
  coolingUntil: Time.nullable(),
  reason: z.object({ verdict: z.string(), message: z.string(), since: Time }).nullable(),
  restingModels: z.array(z.object({ model: z.string(), until: Time, verdict: z.string() })),
  windows: z.array(Window),
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
  allowedModels: z.array(z.string()).nullable(),
  defaultModel: z.string().nullable(),
  limits: z.array(Limit).nullable(),
  maxConcurrent: z.number().nullable(),
  createdAt: Time,
  updatedAt: Time,
  state: State,
})

/** A stored key with its state, as the API shows it; never the secret. */
export function showKey(key: StoredKey, state: KeyState | undefined): z.infer<typeof Key> {
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
    allowedModels: key.allowedModels,
    defaultModel: key.defaultModel,
    limits: key.limits,
    maxConcurrent: key.maxConcurrent,
    createdAt: toTime(key.createdAt),
    updatedAt: toTime(key.updatedAt),
    state: {
      status: state?.status ?? (key.enabled ? 'active' : 'disabled'),
      coolingUntil: toTimeOrNull(state?.coolingUntil),
      reason: state?.reason ? { ...state.reason, since: toTime(state.reason.since) } : null,
      restingModels: (state?.restingModels ?? []).map((rest) => ({ ...rest, until: toTime(rest.until) })),
      windows: (state?.windows ?? []).map((window) => ({
        ...window,
        limit: window.limit ?? null,
        lastResetAt: toTimeOrNull(window.lastResetAt),
        resetsAt: toTimeOrNull(window.resetsAt),
      })),
      lastUsedAt: toTimeOrNull(state?.lastUsedAt),
    },
  }
}

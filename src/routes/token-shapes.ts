/** How a gateway token is entered and shown: its fields, and what is used of its limits. */
import { z } from 'zod'
import type { StoredToken } from '../db/tokens.ts'
import type { TokenUse } from '../user/reservation.ts'
import { nanoDollars } from '../user/spending.ts'
import { ModelPatterns, Name, Time, TimeInput, toTime, toTimeOrNull } from './shapes.ts'

const Unit = z.enum(['requests', 'tokens'])
const Period = z.enum(['minute', 'hour', 'day', 'month'])

const Limit = z.strictObject({
  unit: Unit,
  per: Period,
  limit: z.int().min(1),
  resets: z.enum(['sliding', 'refill', 'utc', 'pacific', 'rolling']).optional(),
})

/** US dollars, in days and months of UTC. */
const Budget = z.strictObject({
  amount: z.number().min(0.000001).max(1_000_000),
  per: z.enum(['day', 'month']),
})

export const TokenInput = z.strictObject({
  name: Name,
  expiresAt: TimeInput.nullish(),
  allowedModels: ModelPatterns.nullish(),
  limits: z
    .array(Limit)
    .max(20)
    .transform((limits) => (limits.length > 0 ? limits : null))
    .nullish(),
  maxConcurrent: z.int().min(1).max(10_000).nullish(),
  budget: Budget.nullish(),
  /** Seconds that a request waits for a slot when everything rests, unless it says otherwise. */
  defaultWait: z.int().min(0).max(300).nullish(),
})
export const TokenChange = TokenInput.partial()

const State = z.object({
  running: z.number(),
  windows: z.array(
    z.object({
      unit: Unit,
      per: Period,
      used: z.number(),
      reserved: z.number(),
      limit: z.number(),
      resetsAt: Time.nullable(),
    }),
  ),
  /** US dollars. */
  budget: z.object({ spent: z.number(), reserved: z.number(), resetsAt: Time }).nullable(),
})

export const Token = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  allowedModels: z.array(z.string()).nullable(),
  limits: z.array(Limit).nullable(),
  maxConcurrent: z.number().nullable(),
  budget: Budget.nullable(),
  defaultWait: z.number().nullable(),
  expiresAt: Time.nullable(),
  lastUsedAt: Time.nullable(),
  createdAt: Time,
  state: State,
})
/** The secret is in this one answer and nowhere else. */
export const NewToken = Token.extend({ token: z.string() })

/** A stored token as the API shows it. @param use what its owner's object knows; absent where it has no limits. */
export function showToken(token: StoredToken, use: TokenUse | undefined): z.infer<typeof Token> {
  return {
    id: token.id,
    name: token.name,
    prefix: token.prefix,
    allowedModels: token.allowedModels,
    limits: token.limits,
    maxConcurrent: token.maxConcurrent,
    budget: token.budget,
    defaultWait: token.defaultWait,
    expiresAt: toTimeOrNull(token.expiresAt),
    lastUsedAt: toTimeOrNull(token.lastUsedAt),
    createdAt: toTime(token.createdAt),
    state: {
      running: use?.running ?? 0,
      windows: (use?.windows ?? []).map((window) => ({
        ...window,
        resetsAt: toTimeOrNull(window.resetsAt),
      })),
      budget: use?.budget ? showBudget(use.budget) : null,
    },
  }
}

function showBudget({ spent, reserved, resetsAt }: NonNullable<TokenUse['budget']>) {
  return {
    spent: spent / nanoDollars,
    reserved: reserved / nanoDollars,
    resetsAt: toTime(resetsAt),
  }
}

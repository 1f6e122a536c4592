/** Limits as they are entered and shown: those of keys, and those of tokens, people and teams. */
import { z } from 'zod'
import {
  isOnCalendar,
  limitScopes,
  periods,
  type Reset,
  resets,
  tokenUnits,
  units,
} from '../../domain/limits.ts'
import type { Limit, TokenLimit } from '../../domain/limits.ts'
import { ModelName } from './common.ts'

const smallestMoney = 0.000001
const largestMoney = 1_000_000

/** A limit of a provider key. */
export const KeyLimit = z
  .strictObject({
    unit: z.enum(units),
    per: z.enum(periods),
    /** A whole number; of money US dollars, and of a plan at most 100 percent. */
    limit: z.number(),
    model: ModelName.optional(),
    resets: z.enum(resets).optional(),
    scope: z.enum(limitScopes).optional(),
  })
  .superRefine(checkLimit)

/** Units of keys that tokens, people and teams do not have, and what they have in their place. */
const foreignUnits: ReadonlyMap<unknown, string> = new Map([
  ['money', 'cannot be "money" here: set a "budget" instead'],
  ['percent', 'cannot be "percent" here: a plan is a provider’s, so limit it on the key'],
])

/** A limit of a token, a person or a team. */
export const CapLimit = z
  .strictObject({
    unit: z.enum(tokenUnits, { error: ({ input }) => foreignUnits.get(input) }),
    per: z.enum(periods),
    limit: z.number(),
    resets: z.enum(resets).optional(),
  })
  .superRefine(checkLimit)

function checkLimit(entered: Limit | TokenLimit, context: z.RefinementCtx): void {
  const problem = amountProblem(entered)
  if (problem) context.addIssue({ code: 'custom', path: ['limit'], message: problem })
  const { per, resets: reset } = entered
  if (!isOnCalendar[per] && (reset === 'utc' || reset === 'pacific')) {
    context.addIssue({ code: 'custom', path: ['resets'], message: calendarProblem(reset) })
  }
}

function amountProblem({ unit, limit }: Limit | TokenLimit): string | undefined {
  if (unit === 'money') {
    const isMoney = limit >= smallestMoney && limit <= largestMoney
    return isMoney ? undefined : `must be from ${smallestMoney} to ${largestMoney} US dollars`
  }
  if (!Number.isSafeInteger(limit)) return 'must be a whole number'
  if (limit < 1) return 'must be at least 1'
  return unit === 'percent' && limit > 100 ? 'must be at most 100' : undefined
}

function calendarProblem(reset: Reset): string {
  return `cannot be "${reset}" for 5 hours, which no calendar has: use "first-use", "sliding" or "refill"`
}

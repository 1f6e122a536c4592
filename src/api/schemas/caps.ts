/**
 * Caps as they are entered and shown, of tokens, people and teams alike: what is set, and the use
 * of it.
 */
import { budgetPeriods, type Caps, periods, units } from '../../domain/limits.ts'
import { nanoDollars } from '../../domain/money.ts'
import { z } from 'zod'
import type { CapUse } from '../../user/rpc.ts'
import { CapLimit } from './limit.ts'
import { Time, toTime, toTimeOrNull } from './common.ts'

/** US dollars, in days and months of UTC. */
const Budget = z.strictObject({
  amount: z.number().min(0.000001).max(1_000_000),
  per: z.enum(budgetPeriods),
})

/** The fields by which caps are set. Null takes a cap away. */
export const CapsInput = {
  limits: z
    .array(CapLimit)
    .max(20)
    .transform((limits) => (limits.length > 0 ? limits : null))
    .nullish(),
  maxConcurrent: z.int().min(1).max(10_000).nullish(),
  budget: Budget.nullish(),
}

/** Caps to change: a field that is absent keeps its value. */
export type CapsChange = { [Field in keyof Caps]?: Caps[Field] | undefined }

/** The fields in which caps are shown. */
export const CapsView = {
  limits: z.array(CapLimit).nullable(),
  maxConcurrent: z.number().nullable(),
  budget: Budget.nullable(),
}

export const CapsState = z.object({
  running: z.number(),
  windows: z.array(
    z.object({
      unit: z.enum(units),
      per: z.enum(periods),
      used: z.number(),
      reserved: z.number(),
      limit: z.number(),
      resetsAt: Time.nullable(),
    }),
  ),
  /** US dollars. */
  budget: z.object({ spent: z.number(), reserved: z.number(), resetsAt: Time }).nullable(),
})

/** The caps among a row's fields. */
export function showCaps({ limits, maxConcurrent, budget }: Caps): Caps {
  return { limits, maxConcurrent, budget }
}

/** The caps that were sent, the others as they were. */
export function withCaps(
  before: Caps,
  { limits = before.limits, maxConcurrent = before.maxConcurrent, budget = before.budget }: CapsChange,
): Caps {
  return { limits, maxConcurrent, budget }
}

/** The use of caps as the API shows it. @param use absent where nothing is capped. */
export function showState(use: CapUse | undefined): z.infer<typeof CapsState> {
  return {
    running: use?.running ?? 0,
    windows: (use?.windows ?? []).map((window) => ({
      ...window,
      resetsAt: toTimeOrNull(window.resetsAt),
    })),
    budget: use?.budget ? showBudget(use.budget) : null,
  }
}

function showBudget({ spent, reserved, resetsAt }: NonNullable<CapUse['budget']>) {
  return {
    spent: spent / nanoDollars,
    reserved: reserved / nanoDollars,
    resetsAt: toTime(resetsAt),
  }
}

/**
 * Money by day and month, in nano-dollars: whole numbers, so that sums are exact. A reservation
 * counts as spent from the moment it is made, and in the period in which it was made. Pure, and
 * given the time.
 */
import type { BudgetPeriod } from '../domain/limits.ts'
import { spanAround } from '../providers/calendar.ts'

/**
 * What was spent and reserved in a period, by when the period began. Both are kept, so that a
 * budget may change from one to the other.
 */
export type Spending = Record<BudgetPeriod, { startsAt: number; amount: number }>

export const nothingSpent: Spending = { day: { startsAt: 0, amount: 0 }, month: { startsAt: 0, amount: 0 } }

/** Spent and reserved in the period around `now`. */
export function spentAt(spending: Spending, per: BudgetPeriod, now: number): number {
  return spending[per].startsAt === startOf(per, now) ? spending[per].amount : 0
}

/**
 * Counts an amount at `now`. A sum stays a whole number that can be added to: at nine million
 * dollars it is full.
 */
export function spend(spending: Spending, amount: number, now: number): Spending {
  return mapPeriods((per) => ({
    startsAt: startOf(per, now),
    amount: Math.min(Number.MAX_SAFE_INTEGER, spentAt(spending, per, now) + wholeAmount(amount)),
  }))
}

/** Takes back an amount of what was counted at `countedAt`, where its period is not over. */
export function unspend(spending: Spending, amount: number, countedAt: number): Spending {
  return mapPeriods((per) => {
    const { startsAt, amount: counted } = spending[per]
    return startOf(per, countedAt) === startsAt
      ? { startsAt, amount: Math.max(0, counted - wholeAmount(amount)) }
      : spending[per]
  })
}

/** When the period around a time began. */
export function startOf(per: BudgetPeriod, at: number): number {
  return spanAround(at, per, 'utc').startsAt
}

/** When the period around `now` ends. */
export function endOf(per: BudgetPeriod, now: number): number {
  return spanAround(now, per, 'utc').endsAt
}

/**
 * A count of nano-dollars or of tokens that is whole, not negative and finite, whatever came; what
 * is no number counts as most.
 */
export function wholeAmount(amount: number): number {
  if (Number.isNaN(amount)) return Number.MAX_SAFE_INTEGER
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.ceil(amount)))
}

function mapPeriods(change: (per: BudgetPeriod) => Spending['day']): Spending {
  return { day: change('day'), month: change('month') }
}

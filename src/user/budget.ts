/** What a request may cost, and whether a budget can pay for it. Pure, and given the time. */
import type { Budget } from '../domain/limits.ts'
import { toNanoDollars, writeDollars } from '../domain/money.ts'
import { nameOf, type Refusal, type RequestNeed, type Subject } from './rpc.ts'
import { endOf, type Spending, spentAt } from './spending.ts'

/**
 * An answer that must be shorter than this is not worth asking for, and some providers refuse to be
 * asked.
 */
const leastOutputTokens = 16

/** `outputLimit` where the client set none. */
export type Bill = { type: 'bill'; money: number; outputLimit?: number } | Refusal

/**
 * The most that a request may cost in nano-dollars. Where its client set no output limit, what is
 * left of the budget sets one.
 */
export function makeBill(
  subject: Subject,
  budget: Budget,
  spending: Spending,
  { estimate, price }: RequestNeed,
  now: number,
): Bill {
  if (!price) throw new Error('A request under a budget is asked about with a price.')
  const amount = toNanoDollars(budget.amount)
  const spent = spentAt(spending, budget.per, now)
  const left = amount - spent
  const costOf = (outputTokens: number): number =>
    Math.ceil(estimate.inputTokens * price.input + outputTokens * price.choices * price.output)
  const refuse = (cost: number): Refusal => ({
    type: 'refusal',
    subject,
    code: 'BUDGET_EXCEEDED',
    message: `${nameOf[subject]} reached its budget: ${writeDollars(spent)} of ${writeDollars(amount)} per ${budget.per}. This request could cost up to ${writeDollars(cost)}.`,
    // What costs more than the whole budget never fits.
    ...(cost <= amount && { retryAt: endOf(budget.per, now) }),
  })
  if (price.outputLimit !== undefined) {
    const money = costOf(price.outputLimit)
    return money > left ? refuse(money) : { type: 'bill', money }
  }
  const perToken = price.choices * price.output
  const affordable = perToken > 0 ? Math.floor((left - costOf(0)) / perToken) : Infinity
  const outputLimit = Math.min(price.longestOutput, affordable)
  const money = costOf(outputLimit)
  const least = Math.min(leastOutputTokens, price.longestOutput)
  return outputLimit < least || money > left ? refuse(costOf(least)) : { type: 'bill', money, outputLimit }
}

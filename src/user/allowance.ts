/**
 * The use and spending that a token, a person or a team has left: reserved before a call, trued up
 * after it. Pure, and given the time. Windows are counted by the same code as those of keys.
 */
import { minuteMs } from '../domain/time.ts'
import { estimatedUsage } from '../chat/events.ts'
import { periodNames, type TokenLimit, type Unit, usualResets } from '../domain/limits.ts'
import { certainAmount, estimatedAmount, usedAmount, writeAmount, writePart } from '../quota/amounts.ts'
import {
  charge,
  freeAt,
  giveBack,
  usedAt,
  type Window,
  windowName,
  type WindowRule,
} from '../quota/windows.ts'
import { makeBill } from './budget.ts'
import { nameOf, type Refusal, type RequestNeed, type Rules, type Spent, type Subject } from './rpc.ts'
import { nothingSpent, spend, type Spending, unspend, wholeAmount } from './spending.ts'

/** After this a reservation that nobody settled counts as used: no request lasts as long. */
export const reservationMs = 16 * minuteMs

/** A running request may end at any moment; this is how soon it is worth asking again. */
const busyRetryMs = 1_000

/** The counters of one subject. Stored as one row, because a reservation changes most of it. */
export interface Allowance {
  windows: Window[]
  /** In nano-dollars. */
  spending: Spending
}

/** The share of one subject's allowance that a running request holds. */
export interface Reservation {
  /** The same for every subject of the request. */
  id: string
  /** The id of the token, the person or the team. */
  subjectId: string
  reservedAt: number
  deadlineAt: number
  /** By the name of the window. */
  charges: Record<string, number>
  /** Nano-dollars. */
  money: number
  /**
   * It holds one of the requests at a time of a subject of this request, and its Worker renews
   * that.
   */
  slot?: true
  /** When it was renewed last. */
  renewedAt?: number
}

export type Decision =
  /** `outputLimit` where the client set none. */
  { type: 'grant'; reservation: Reservation; allowance: Allowance; outputLimit?: number } | Refusal

/**
 * A subject's state under the rules given. What was counted under a rule stays with it, whatever
 * else about it changes. A window without a rule is counted on without a limit: an isolate that
 * does not know of a rule yet must not make others forget what they counted.
 */
export function allowanceUnder(rules: Rules, allowance: Allowance | undefined): Allowance {
  const windows = new Map<string, Window>()
  for (const { limit: _limit, ...window } of allowance?.windows ?? []) windows.set(windowName(window), window)
  for (const rule of toRules(rules.limits ?? [])) {
    windows.set(windowName(rule), { ...rule, buckets: windows.get(windowName(rule))?.buckets ?? [] })
  }
  return { windows: [...windows.values()], spending: allowance?.spending ?? nothingSpent }
}

/**
 * Decides about one request, and reserves what it may need.
 * @param allowance under the rules given.
 * @param running how many requests of the subject are running.
 * @param slotFreeAt when one of them ends at the latest, where none of their Workers is known to
 *   live.
 */
export function reserve(
  rules: Rules,
  allowance: Allowance,
  running: number,
  need: RequestNeed,
  id: string,
  now: number,
  slotFreeAt?: number,
): Decision {
  const { budget, subject } = rules
  const bill = budget && makeBill(subject, budget, allowance.spending, need, now)
  if (bill?.type === 'refusal') return bill
  const refusal =
    refuseForConcurrency(rules, running, slotFreeAt ?? now + busyRetryMs) ??
    refuseForWindows(subject, allowance, need, now)
  if (refusal) return refusal
  const charges: Record<string, number> = {}
  const windows = allowance.windows.map((window) => {
    const amount = amountFor(window, need)
    charges[windowName(window)] = amount
    return charge(window, amount, now)
  })
  const money = bill?.money ?? 0
  return {
    type: 'grant',
    reservation: {
      id,
      subjectId: rules.id,
      reservedAt: now,
      deadlineAt: now + reservationMs,
      charges,
      money,
      ...(rules.maxConcurrent !== null && { slot: true as const }),
    },
    allowance: { windows, spending: money > 0 ? spend(allowance.spending, money, now) : allowance.spending },
    ...(bill?.outputLimit !== undefined && { outputLimit: bill.outputLimit }),
  }
}

/**
 * Puts what was used in the place of what was reserved.
 * @param spent absent where no call was made: all is given back.
 */
export function settle(
  allowance: Allowance,
  reservation: Reservation,
  spent: Spent | undefined,
  now: number,
): Allowance {
  return {
    windows: allowance.windows.map((window) => trueUp(window, reservation, spent, now)),
    spending: trueUpMoney(allowance.spending, reservation, spent, now),
  }
}

function trueUp(window: Window, reservation: Reservation, spent: Spent | undefined, now: number): Window {
  const reserved = reservation.charges[windowName(window)]
  // A window that a person added while the request was running did not see it begin.
  if (reserved === undefined) return window
  const used = spent === undefined ? 0 : amountSpent(window.unit, spent, reserved)
  if (used > reserved) return charge(window, used - reserved, now)
  return used < reserved ? giveBack(window, reserved - used, reservation.reservedAt, now) : window
}

/** @param reserved what stands where the true amount is not known. */
function amountSpent(unit: Unit, { tokens, outputTokens = 0 }: Spent, reserved: number): number {
  const output = Math.min(outputTokens, tokens)
  const usage = estimatedUsage(tokens - output, output)
  return wholeAmount(usedAmount(unit, { usage }, reserved))
}

function trueUpMoney(
  spending: Spending,
  { money: reserved, reservedAt }: Reservation,
  spent: Spent | undefined,
  now: number,
): Spending {
  const used = spent === undefined ? 0 : wholeAmount(spent.money ?? reserved)
  if (used > reserved) return spend(spending, used - reserved, now)
  return used < reserved ? unspend(spending, reserved - used, reservedAt) : spending
}

function refuseForConcurrency(
  { subject, maxConcurrent }: Rules,
  running: number,
  retryAt: number,
): Refusal | undefined {
  if (maxConcurrent === null || running < maxConcurrent) return undefined
  return {
    type: 'refusal',
    subject,
    code: 'RATE_LIMIT_EXCEEDED',
    message: `${nameOf[subject]} is at its concurrency limit: ${running} of ${maxConcurrent} requests in flight.`,
    retryAt,
  }
}

/** Of several windows that are full, the one that is longest so. */
function refuseForWindows(
  subject: Subject,
  { windows }: Allowance,
  need: RequestNeed,
  now: number,
): Refusal | undefined {
  return longest(windows.flatMap((window) => refuseForWindow(subject, window, need, now) ?? []))
}

/** The refusal that holds for the longest time; one without an end lasts for ever. */
export function longest(refusals: readonly Refusal[]): Refusal | undefined {
  return refusals.toSorted((a, b) => (b.retryAt ?? Infinity) - (a.retryAt ?? Infinity))[0]
}

function refuseForWindow(
  subject: Subject,
  window: Window,
  need: RequestNeed,
  now: number,
): Refusal | undefined {
  const { unit, per, limit = Infinity } = window
  const code = 'RATE_LIMIT_EXCEEDED'
  const amount = amountFor(window, need)
  if (amount === 0) return undefined
  const certain = certainAmount(unit, need.estimate)
  if (certain > limit) {
    const allowed = `${writeAmount(unit, limit)} per ${periodNames[per]}`
    const message = `${nameOf[subject]} is limited to ${allowed}. This request has about ${certain}.`
    return { type: 'refusal', subject, code, message }
  }
  const retryAt = freeAt(window, amount, now)
  if (retryAt === undefined || retryAt <= now) return undefined
  const part = writePart(window, usedAt(window, now), limit)
  const message = `${nameOf[subject]} reached its rate limit: ${part}.`
  return { type: 'refusal', subject, code, message, retryAt }
}

/**
 * An estimate larger than the window is cut to it, so that whatever input fits can be let through
 * an empty window.
 */
function amountFor(window: Window, { estimate }: RequestNeed): number {
  return Math.min(estimatedAmount(window.unit, estimate), window.limit ?? Infinity)
}

/** Of several limits on the same thing the tightest. */
function toRules(limits: readonly TokenLimit[]): WindowRule[] {
  const rules = new Map<string, WindowRule>()
  for (const { unit, per, limit, resets = usualResets[per] } of limits) {
    const rule = { unit, per, limit, resets }
    const other = rules.get(windowName(rule))
    if (other?.limit === undefined || limit < other.limit) rules.set(windowName(rule), rule)
  }
  return [...rules.values()]
}

/**
 * How much a call counts for in each unit of a limit: as estimated before it, and as used after
 * it. Windows count money in nano-dollars, whole numbers, as they count everything else. Pure.
 */
import type { Usage } from '../chat/events.ts'
import { periodNames, type Unit, unitNames, units } from '../domain/limits.ts'
import { nanoDollars, toNanoDollars, writeDollars } from '../domain/money.ts'
import type { Window } from './windows.ts'

/** What a call will probably take. */
export interface CallEstimate {
  /** Input as estimated, and output as limited by the request or as usual for it. */
  inputTokens: number
  outputTokens: number
  /** The length of the audio that is sent; absent for none. */
  audioSeconds?: number
  /** Nano-dollars by the price table; absent where no price is known. */
  money?: number
}

/** What a call came to. */
export interface CallUse {
  /** Absent where the provider refused the call before it answered. */
  usage?: Usage | undefined
  /** Nano-dollars by the price table; absent where no price is known. */
  money?: number | undefined
}

/** The amount that a call is estimated to count for; 0 for what only its provider counts. */
export function estimatedAmount(unit: Unit, estimate: CallEstimate): number {
  const { inputTokens, outputTokens, audioSeconds = 0, money = 0 } = estimate
  switch (unit) {
    case 'requests':
      return 1
    case 'tokens':
      return inputTokens + outputTokens
    case 'input-tokens':
      return inputTokens
    case 'output-tokens':
      return outputTokens
    case 'audio-seconds':
      return audioSeconds
    case 'money':
      return money
    case 'percent':
      return 0
  }
}

/** The part of an estimate that no answer can be shorter by: a call with more fits no window. */
export function certainAmount(unit: Unit, estimate: CallEstimate): number {
  switch (unit) {
    case 'requests':
    case 'output-tokens':
    case 'percent':
      return 0
    case 'tokens':
      return estimate.inputTokens
    case 'input-tokens':
    case 'audio-seconds':
    case 'money':
      return estimatedAmount(unit, estimate)
  }
}

/**
 * The amount that a call did count for.
 * @param reserved what was estimated, and counts where the true amount is not known.
 */
export function usedAmount(unit: Unit, { usage, money }: CallUse, reserved: number): number {
  // A failed call has reached the provider too, and counts there.
  if (unit === 'requests') return 1
  if (!usage) return 0
  switch (unit) {
    case 'tokens':
      return usage.inputTokens + usage.outputTokens
    case 'input-tokens':
      return usage.inputTokens
    case 'output-tokens':
      return usage.outputTokens
    // No provider reports how long it listened.
    case 'audio-seconds':
      return reserved
    case 'money':
      return money ?? reserved
    case 'percent':
      return 0
  }
}

/** The least that any call takes of a window; 0 where some calls take nothing of it. */
export function leastAmount(unit: Unit): number {
  return unit === 'audio-seconds' || unit === 'money' ? 0 : 1
}

/** Amounts by unit, without those that are 0. */
export type Amounts = Partial<Record<Unit, number>>

/** The amounts of some units, each as a function says. */
export function amountsBy(amountOf: (unit: Unit) => number): Amounts {
  const amounts: Amounts = {}
  for (const unit of units) {
    const amount = amountOf(unit)
    if (amount !== 0) amounts[unit] = amount
  }
  return amounts
}

/** A limit as a window counts it, from the number that a person entered. */
export function toCounted(unit: Unit, entered: number): number {
  return unit === 'money' ? toNanoDollars(entered) : entered
}

/** An amount as people read it, from the number that a window counts. */
export function toShown(unit: Unit, counted: number): number {
  return unit === 'money' ? counted / nanoDollars : counted
}

/** An amount of a limit in words: `12 of 20 requests per minute`, `$1.50 of $5.00 per month`. */
export function writePart(
  { unit, per }: Pick<Window, 'unit' | 'per'>,
  amount: number,
  limit: number,
): string {
  const period = periodNames[per]
  return unit === 'money'
    ? `${writeDollars(amount)} of ${writeDollars(limit)} per ${period}`
    : `${Math.ceil(amount)} of ${limit} ${unitNames[unit]} per ${period}`
}

/** An amount in words: `12 requests`, `$1.50`. */
export function writeAmount(unit: Unit, amount: number): string {
  return unit === 'money' ? writeDollars(amount) : `${amount} ${unitNames[unit]}`
}

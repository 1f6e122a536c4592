/** How much of a quota is used, in flight and left, and when more comes. */
import type { Period, Unit } from '../../src/domain/limits.ts'
import { quantity } from '../format.ts'
import { isLow, leftIn } from '../state/quota-left.ts'
import { text } from '../text.ts'
import { Countdown } from './countdown.tsx'

export interface Quota {
  unit: Unit
  per: Period
  used: number
  /** By requests in flight. */
  reserved: number
  /** Null if no limit is known: the bar stays empty. */
  limit: number | null
  /**
   * The amount left, if it is less than the limit minus the use, because the provider stated it.
   */
  left?: number | null
  /** The number of accounts without such a limit. With any, the amount left is a minimum. */
  unlimitedAccounts?: number
  resetsAt: string | null
}

interface BarProps extends Quota {
  /** What is counted; by default the unit and the span. */
  label?: string
  /** How an amount is written, where it is neither requests nor tokens. */
  write?: (amount: number) => string
}

export function Bar({ label, unit, per, used, reserved, limit, resetsAt, ...rest }: BarProps) {
  const name = label ?? text.bar.window(unit, per)
  const write = rest.write ?? ((amount: number) => quantity(unit, amount))
  const { unlimitedAccounts = 0 } = rest
  const left = leftIn({ used, reserved, limit, left: rest.left })
  const taken = limit === null || left === undefined ? 0 : limit - left
  const inFlight = Math.min(reserved, taken)
  const figures = [
    text.bar.used(write(used)),
    ...(reserved > 0 ? [text.bar.reserved(write(reserved))] : []),
    ...(unlimitedAccounts > 0 ? [text.bar.unlimitedAccounts(unlimitedAccounts)] : []),
    left === undefined || limit === null
      ? text.bar.unlimited
      : unlimitedAccounts > 0
        ? text.bar.leftAtLeast(write(left), write(limit))
        : text.bar.left(write(left)),
  ]
  return (
    <div class={`bar${isLow({ limit, left, unlimitedAccounts }) ? ' bar-low' : ''}`}>
      <p class="bar-head">
        <span>{name}</span>
        <span class="figures">{figures.at(-1)}</span>
      </p>
      {limit !== null && (
        <div
          class="bar-track"
          role="meter"
          aria-label={name}
          aria-valuemin={0}
          aria-valuemax={limit}
          aria-valuenow={taken}
          aria-valuetext={text.bar.said(figures)}
        >
          {/* Properties, not a style attribute: the page's policy forbids those. */}
          <span class="bar-used" style={{ '--part': partOf(taken - inFlight, limit) }} />
          <span class="bar-reserved" style={{ '--part': partOf(inFlight, limit) }} />
        </div>
      )}
      <p class="bar-foot figures">
        <span>{figures.slice(0, -1).join(' · ')}</span>
        {resetsAt !== null && (
          <span>
            {text.bar.resets} <Countdown at={Date.parse(resetsAt)} />
          </span>
        )}
      </p>
    </div>
  )
}

function partOf(amount: number, limit: number): string {
  return `${limit > 0 ? Math.min(100, (amount / limit) * 100) : 100}%`
}

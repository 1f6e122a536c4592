/** How much of a quota is used, in flight and left, and when more comes. */
import { number, shortNumber } from '../format.ts'
import { text } from '../text.ts'
import { Countdown } from './countdown.tsx'

export interface Quota {
  unit: 'requests' | 'tokens'
  per: 'minute' | 'hour' | 'day' | 'month'
  used: number
  /** Of requests that are under way. */
  reserved: number
  /** Null where none is known: then there is nothing to fill. */
  limit: number | null
  resetsAt: string | null
}

interface BarProps extends Quota {
  /** What is counted; by default the unit and the span. */
  label?: string
  /** How an amount is written, where it is neither requests nor tokens. */
  write?: (amount: number) => string
}

/** From here on it is shown as running low. */
export const lowFrom = 0.8

export function Bar({ label, unit, per, used, reserved, limit, resetsAt, ...rest }: BarProps) {
  const name = label ?? text.bar.window(unit, per)
  const write = rest.write ?? (unit === 'tokens' ? shortNumber : number)
  const left = limit === null ? undefined : Math.max(0, limit - used - reserved)
  const figures = [
    text.bar.used(write(used)),
    ...(reserved > 0 ? [text.bar.reserved(write(reserved))] : []),
    left === undefined ? text.bar.unlimited : text.bar.left(write(left)),
  ]
  return (
    <div class={`bar${limit !== null && used + reserved >= limit * lowFrom ? ' bar-low' : ''}`}>
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
          aria-valuenow={Math.min(limit, used + reserved)}
          aria-valuetext={text.bar.said(figures)}
        >
          {/* Properties, not a style attribute: the page's policy forbids those. */}
          <span class="bar-used" style={{ '--part': partOf(used, limit) }} />
          <span class="bar-reserved" style={{ '--part': partOf(reserved, limit) }} />
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

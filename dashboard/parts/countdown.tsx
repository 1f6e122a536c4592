/** How long until a moment, ticking. Not announced: a screen reader reads it when it comes by. */
import { duration, moment } from '../format.ts'
import { useNow } from '../state/clock.ts'

/** @param at milliseconds since the epoch; what is past shows as `0 s`. */
export function Countdown({ at }: { at: number }) {
  const now = useNow('second')
  return (
    <time class="figures" dateTime={new Date(at).toISOString()} title={moment(at)}>
      {duration(at - now)}
    </time>
  )
}

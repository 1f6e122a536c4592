/**
 * The start and end of a custom time range. A valid range applies after a short pause in typing.
 * Until then the page keeps its range.
 */
import { useEffect, useId, useState } from 'preact/hooks'
import { type Between, enter, readEntered, type SpanProblem } from '../state/span.ts'
import { text } from '../text.ts'

interface SpanBoundsProps {
  value: Between
  onValue: (span: Between) => void
  /** The longest span that the page can show, in days. */
  mostDays?: number
}

const settledAfterMs = 600

export function SpanBounds({ value, onValue, mostDays }: SpanBoundsProps) {
  const id = useId()
  const [entered, setEntered] = useState(enter(value))
  const read = readEntered(entered, Date.now(), mostDays)
  const problem = read.type === 'problem' ? read.problem : undefined
  useEffect(() => {
    if (read.type === 'problem' || isSame(read.span, value)) return
    const timer = setTimeout(() => onValue(read.span), settledAfterMs)
    return () => clearTimeout(timer)
    // Only entering sets it going.
  }, [entered])
  // It may change elsewhere, by "back" as an example.
  useEffect(() => setEntered(enter(value)), [value.from, value.to])
  return (
    <div class="bounds" role="group" aria-label={text.span.custom} aria-describedby={id}>
      {(['from', 'to'] as const).map((field) => (
        <label key={field} class="choice">
          <span>{text.span[field]}</span>
          <input
            type="datetime-local"
            value={entered[field]}
            aria-invalid={problem?.field === field}
            onInput={(event) => setEntered({ ...entered, [field]: event.currentTarget.value })}
          />
        </label>
      ))}
      <p id={id} role="status" class={problem ? 'field-error' : 'hint'}>
        {problem ? tell(problem, mostDays) : text.span.hint}
      </p>
    </div>
  )
}

function tell({ type }: SpanProblem, mostDays = Infinity): string {
  return type === 'too-long' ? text.span.problems[type](mostDays) : text.span.problems[type]
}

function isSame(one: Between, other: Between): boolean {
  return one.from === other.from && one.to === other.to
}

/**
 * A text that a page filters by. It takes effect when a person has stopped typing, not at every
 * letter.
 */
import { useEffect, useState } from 'preact/hooks'

interface TypedFieldProps {
  label: string
  hint?: string
  value: string
  onValue: (value: string) => void
  /** What is wrong with what was typed, which then takes no effect. */
  problemOf?: (typed: string) => string | undefined
}

const settledAfterMs = 300

export function TypedField({ label, hint, value, onValue, problemOf }: TypedFieldProps) {
  const [typed, setTyped] = useState(value)
  const problem = problemOf?.(typed)
  useEffect(() => {
    if (typed === value || problem !== undefined) return
    const timer = setTimeout(() => onValue(typed), settledAfterMs)
    return () => clearTimeout(timer)
    // Only typing sets it going.
  }, [typed])
  // What is filtered by may change elsewhere: by "back", or by a button that clears it.
  useEffect(() => setTyped(value), [value])
  return (
    <label class="choice choice-text">
      {/* Beside the label: a line of its own would move what stands around it. */}
      <span>
        {label}{' '}
        <span role="status" class="field-error">
          {problem}
        </span>
      </span>
      <input
        type="search"
        placeholder={hint}
        value={typed}
        spellcheck={false}
        aria-invalid={problem !== undefined}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
    </label>
  )
}

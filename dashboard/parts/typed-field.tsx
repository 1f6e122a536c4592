/** A text that a page filters by. It takes effect when a person has stopped typing, not at every letter. */
import { useEffect, useState } from 'preact/hooks'

interface TypedFieldProps {
  label: string
  hint?: string
  value: string
  onValue: (value: string) => void
}

const settledAfterMs = 300

export function TypedField({ label, hint, value, onValue }: TypedFieldProps) {
  const [typed, setTyped] = useState(value)
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => onValue(typed), settledAfterMs)
    return () => clearTimeout(timer)
    // Only typing sets it going.
  }, [typed])
  // What is filtered by may change elsewhere: by "back", or by a button that clears it.
  useEffect(() => setTyped(value), [value])
  return (
    <label class="choice choice-text">
      <span>{label}</span>
      <input
        type="search"
        placeholder={hint}
        value={typed}
        spellcheck={false}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
    </label>
  )
}

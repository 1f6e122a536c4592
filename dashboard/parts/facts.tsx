/** What is known of one thing: names and values. What is not known is left out. */
import type { ComponentChildren } from 'preact'

interface FactsProps {
  /** What the facts are about, for those who hear them. */
  label?: string
  facts: readonly (readonly [name: string, value: ComponentChildren])[]
}

export function Facts({ label, facts }: FactsProps) {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== false)
  return (
    <dl class="facts" aria-label={label}>
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

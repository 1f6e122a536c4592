/** A part of a page with a heading of its own. */
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface CardProps {
  title: string
  /** Stands beside the heading. */
  action?: ComponentChildren
  class?: string
  children: ComponentChildren
}

export function Card({ title, action, class: extra = '', children }: CardProps) {
  const id = useId()
  return (
    <section class={`card ${extra}`} aria-labelledby={id}>
      <header class="card-head">
        <h2 id={id}>{title}</h2>
        {action}
      </header>
      {children}
    </section>
  )
}

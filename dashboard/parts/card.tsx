/** A section of the home page. */
import type { ComponentChildren } from 'preact'

interface CardProps {
  /** Its anchor; its heading is `{id}-title`. */
  id: string
  title: string
  /** Stands beside the heading. */
  action?: ComponentChildren
  children: ComponentChildren
}

export function Card({ id, title, action, children }: CardProps) {
  return (
    <section id={id} class={`card card-${id}`} aria-labelledby={`${id}-title`}>
      <header class="card-head">
        <h2 id={`${id}-title`} tabIndex={-1}>
          {title}
        </h2>
        {action}
      </header>
      {children}
    </section>
  )
}

/** Where focus goes when the thing that had it is gone. */
export function focusCard(id: string): void {
  document.getElementById(`${id}-title`)?.focus()
}

/** Where there is nothing yet: what would be here, what it is good for, and how to get it. */
import type { ComponentChildren } from 'preact'

interface EmptyStateProps {
  title: string
  /** What to know and what to do. */
  children: ComponentChildren
}

export function EmptyState({ title, children }: EmptyStateProps) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  )
}

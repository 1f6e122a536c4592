/** The start of every page: its heading, which gets the focus on arrival, and its actions. */
import type { ComponentChildren } from 'preact'
import { useArrival } from '../state/arrival.ts'

interface PageProps {
  title: string
  /** What the page is for, in a sentence. */
  lede?: ComponentChildren
  /** Stands beside the heading. */
  actions?: ComponentChildren
  /** A class of the page's own sheet. */
  class?: string
  children: ComponentChildren
}

export function Page({ title, lede, actions, class: extra = '', children }: PageProps) {
  const page = useArrival<HTMLDivElement>(title)
  return (
    <div ref={page} class={`page ${extra}`}>
      <header class="page-head">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          {lede && <p class="lede">{lede}</p>}
        </div>
        {actions && <div class="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** Where focus goes when the thing that had it is gone. */
export function focusPage(): void {
  document.querySelector<HTMLElement>('.page h1')?.focus()
}

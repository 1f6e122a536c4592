/** The page before the hub is entered: what it is on one side, what to do on the other. */
import type { ComponentChildren } from 'preact'
import { useArrival } from '../state/arrival.ts'
import { text } from '../text.ts'
import { Mark } from '../parts/mark.tsx'
import { sampleWires, Switchboard } from '../parts/switchboard.tsx'

export function Front({ title, children }: { title: string; children: ComponentChildren }) {
  const main = useArrival<HTMLElement>(title, 'input')
  return (
    <div class="front">
      <header class="front-story">
        <p class="brand">
          <Mark />
          {text.name}
        </p>
        <p class="headline">{text.welcome.headline}</p>
        <p class="lede">{text.welcome.lede}</p>
        <Switchboard wires={sampleWires} />
      </header>
      <main ref={main} class="front-form">
        <h1 tabIndex={-1}>{title}</h1>
        {children}
      </main>
    </div>
  )
}

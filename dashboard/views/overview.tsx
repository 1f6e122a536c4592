/** Can I send now? And for who is new here: what to do first. */
import { Switchboard } from '../parts/switchboard.tsx'
import type { Home } from '../state/home.ts'
import { type Readiness, readinessOf, standingOf } from '../state/standing.ts'
import { text } from '../text.ts'

export function Overview({ home, flowing }: { home: Home; flowing: boolean }) {
  const { now } = home
  const keys = home.keys.data
  const readiness = keys && readinessOf(keys, home.models.data ?? [], now)
  // Where no key is yet, the place of the first one is drawn.
  const wires = keys?.length ? keys.map((key) => standingOf(key, now).type) : (['disabled'] as const)
  return (
    <section class="overview">
      <div>
        <h1 tabIndex={-1} class={`readiness readiness-${readiness?.type ?? 'unknown'}`}>
          {readiness ? readinessWords(readiness, now) : text.readiness.loading}
        </h1>
        <FirstSteps home={home} />
      </div>
      <Switchboard wires={wires} flowing={flowing} />
    </section>
  )
}

function readinessWords(readiness: Readiness, now: number): string {
  switch (readiness.type) {
    case 'no-keys':
      return text.readiness.noKeys
    case 'shared':
      return text.readiness.shared
    case 'ready':
      return text.readiness.ready(readiness.usable, readiness.total)
    case 'resting':
      return text.readiness.resting(readiness.until - now)
    case 'blocked':
      return text.readiness.blocked
  }
}

/** Shown until all of it is done. */
function FirstSteps({ home }: { home: Home }) {
  const { keys, tokens } = home
  if (!keys.data || !tokens.data) return null
  const used =
    keys.data.some(({ state }) => state.lastUsedAt !== null) ||
    tokens.data.some(({ lastUsedAt }) => lastUsedAt !== null)
  const steps = [
    { href: '#keys-title', words: text.steps.key, done: keys.data.length > 0 },
    { href: '#tokens-title', words: text.steps.token, done: tokens.data.length > 0 },
    { href: '#try-it-title', words: text.steps.request, done: used },
  ]
  if (steps.every(({ done }) => done)) return null
  return (
    <ol class="steps" aria-label={text.steps.title}>
      {steps.map(({ href, words, done }) => (
        <li key={href} class={done ? 'step done' : 'step'}>
          <a href={href}>{words}</a>
          {done && <span class="visually-hidden"> ({text.steps.done})</span>}
        </li>
      ))}
    </ol>
  )
}

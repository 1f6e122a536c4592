/** How the providers did in the last hour, and what needs a person: pools that run low, keys that were refused. */
import type { Key, Pool } from '../../api.ts'
import { share, took } from '../../format.ts'
import { lowFrom } from '../../parts/bar.tsx'
import { Card } from '../../parts/card.tsx'
import { useResource } from '../../state/resource.ts'
import { providerHealthSource, useProviderNames } from '../../state/sources.ts'
import { text } from '../../text.ts'
import { words } from '../../text/overview.ts'

export function Warnings({ keys, pools }: { keys: readonly Key[]; pools: readonly Pool[] }) {
  const nameOf = useProviderNames()
  const quarantined = keys.filter(({ state }) => state.status === 'quarantined')
  const low = pools.flatMap(({ provider, windows }) =>
    windows
      .filter(({ limit, used, reserved }) => limit !== null && used + reserved >= limit * lowFrom)
      .map(({ unit, per }) => words.warnings.low(nameOf(provider), text.bar.window(unit, per))),
  )
  const messages = [
    ...(quarantined.length > 0 ? [words.warnings.quarantined(quarantined.length)] : []),
    ...low,
  ]
  if (messages.length === 0) return null
  return (
    <section class="warnings" aria-label={words.warnings.title}>
      <ul>
        {messages.map((message) => (
          <li key={message}>{message}</li>
        ))}
      </ul>
      <a class="button small" href="/keys">
        {words.warnings.look}
      </a>
    </section>
  )
}

/** As many as a glance takes in; the page of providers has all. */
const mostModels = 6

export function HealthCard() {
  const health = useResource(providerHealthSource).data
  const nameOf = useProviderNames()
  if (!health || health.length === 0) return null
  return (
    <Card title={words.health.title} action={<a href="/providers">{words.health.all}</a>}>
      <ul class="served">
        {health.slice(0, mostModels).map(({ provider, model, attempts, errors, medianMs }) => (
          <li key={`${provider}/${model}`}>
            <strong>{nameOf(provider)}</strong> <code>{model}</code>{' '}
            <span class={errors === 0 ? 'quiet' : 'health-bad'}>
              {words.health.good(share(1 - errors / attempts))}
              {medianMs !== null && ` · ${words.health.median(took(medianMs))}`}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** How the providers did in the last hour. */
import { share, took } from '../../format.ts'
import { Card } from '../../parts/card.tsx'
import { useResource } from '../../state/resource.ts'
import { providerHealthSource, useProviderNames } from '../../state/sources.ts'
import { words } from '../../text/overview.ts'

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

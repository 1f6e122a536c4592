/** How the providers did in the last hour. */
import { share, took } from '../../format.ts'
import { Card } from '../../parts/card.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { toneOf } from '../../state/success-rate.ts'
import { useResource } from '../../state/resource.ts'
import { providerHealthSource, useProviderNames } from '../../state/sources.ts'
import { words } from '../../text/overview.ts'

/** As many as a glance takes in; the page of providers has all. */
const mostModels = 6

export function HealthCard() {
  const health = useResource(providerHealthSource)
  const nameOf = useProviderNames()
  return (
    <Card title={words.health.title} action={<a href="/providers">{words.health.all}</a>}>
      <ResourceView resource={health}>
        {(data) =>
          data.length === 0 ? (
            <p class="quiet">{words.health.nothing}</p>
          ) : (
            <ul class="served">
              {data.slice(0, mostModels).map(({ provider, model, attempts, errors, medianMs }) => (
                <li key={`${provider}/${model}`}>
                  <strong>{nameOf(provider)}</strong> <code>{model}</code>{' '}
                  <span class={`health-${toneOf(errors, attempts)}`}>
                    {words.health.good(share(1 - errors / attempts))}
                    {medianMs !== null && ` · ${words.health.median(took(medianMs))}`}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </ResourceView>
    </Card>
  )
}

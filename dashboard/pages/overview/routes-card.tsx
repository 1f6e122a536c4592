/** Who would serve each route now. Asked of the hub without a call. */
import { useEffect, useRef } from 'preact/hooks'
import type { Pool } from '../../api.ts'
import { Card } from '../../parts/card.tsx'
import { Countdown } from '../../parts/countdown.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { refresh, useResource } from '../../state/resource.ts'
import { servedSource, useProviderNames } from '../../state/sources.ts'
import { words } from '../../text/overview.ts'

/** @param pools as they stand: who would serve changes with them. */
export function RoutesCard({ pools }: { pools: readonly Pool[] }) {
  const served = useResource(servedSource)
  const standing = pools.map(standingOf).join(' ')
  const known = useRef(standing)
  useEffect(() => {
    // Pools that were not known yet are no change.
    if (known.current !== '' && known.current !== standing) void refresh(servedSource)
    known.current = standing
  }, [standing])
  const nameOf = useProviderNames()
  return (
    <Card title={words.routes.title} action={<a href="/routes">{words.routes.all}</a>}>
      <ResourceView resource={served}>
        {(data) => (
          <ul class="served">
            {data.map(({ name, serves, retryAt }) => (
              <li key={name}>
                <a href={`/routes/${encodeURIComponent(name)}`}>{name}</a>{' '}
                {serves ? (
                  <>
                    <strong>{nameOf(serves.provider)}</strong> {serves.model && <code>{serves.model}</code>}
                  </>
                ) : retryAt === null ? (
                  <span class="quiet">{words.routes.nobody}</span>
                ) : (
                  <span class="quiet">
                    {words.routes.rests} <Countdown at={Date.parse(retryAt)} />
                  </span>
                )}
              </li>
            ))}
          </ul>
        )}
      </ResourceView>
    </Card>
  )
}

/**
 * The parts of a pool's state that decide whether it can serve. Usage is not one of them until the
 * quota is used up.
 */
function standingOf({ scope, provider, keys, nextFreeAt, restingModels }: Pool): string {
  const resting = restingModels.map(({ model }) => model).join()
  return `${scope}/${provider}:${keys.active}/${keys.cooling}/${keys.quarantined}/${nextFreeAt}/${resting}`
}

/** Who would serve each route now. Asked of the hub without a call; as many routes as a glance takes in. */
import { useEffect, useRef } from 'preact/hooks'
import { api, ask, type Explained, type Pool } from '../../api.ts'
import { Card } from '../../parts/card.tsx'
import { Countdown } from '../../parts/countdown.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { refresh, type Source, useResource } from '../../state/resource.ts'
import { useProviderNames } from '../../state/sources.ts'
import { words } from '../../text/overview.ts'

interface ServedRoute extends Pick<Explained, 'serves' | 'retryAt'> {
  name: string
}

const mostRoutes = 6

const servedSource: Source<ServedRoute[]> = {
  name: 'routes-served',
  load: async () => {
    const { data } = await ask(api.api.routes.$get())
    // A pattern is no name that somebody could ask for.
    const named = data.filter(({ name }) => !name.endsWith('*')).slice(0, mostRoutes)
    return Promise.all(
      named.map(async ({ name }) => {
        const param = { name: encodeURIComponent(name) }
        const { serves, retryAt } = await ask(api.api.routes[':name'].explain.$post({ param, json: {} }))
        return { name, serves, retryAt }
      }),
    )
  },
}

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

/** What of a pool decides whether it can serve: how much it has used is none of it, until that is all. */
function standingOf({ scope, provider, keys, nextFreeAt }: Pool): string {
  return `${scope}/${provider}:${keys.active}/${keys.cooling}/${keys.quarantined}/${nextFreeAt}`
}

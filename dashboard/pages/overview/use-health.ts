/**
 * How the hub is doing, kept up to date: what requests change is read again soon after they come
 * in.
 */
import { useCallback, useEffect, useMemo, useRef } from 'preact/hooks'
import { api, ask, type Pool } from '../../api.ts'
import { useNow } from '../../state/clock.ts'
import { countRecent, type End, type Health, healthOf, recentMs } from '../../state/health.ts'
import { useLiveLog } from '../../state/live.ts'
import { nothing, refresh, type Source, useResource } from '../../state/resource.ts'
import { providerHealthSource, servedSource } from '../../state/sources.ts'

/** Requests come in bursts: several that arrive together cause one read. */
const gatherMs = 3_000

const recentSource: Source<End[]> = {
  name: 'recent-ends',
  load: async () => {
    const from = new Date(Date.now() - recentMs).toISOString()
    return (await ask(api.api.logs.$get({ query: { from, limit: '100' } }))).data
  },
}

/**
 * @param isIdle whether the rest of the page has loaded. Until then only pools are read.
 * @param reloadUsage reads the usage again that the page shows.
 */
export function useHealth(pools: readonly Pool[], isIdle: boolean, reloadUsage: () => Promise<void>): Health {
  const ends = useResource<End[]>(isIdle ? recentSource : nothing).data
  const routes = useResource(isIdle ? servedSource : nothing).data
  const now = useNow('minute')
  useRequestsSettled(
    useCallback(() => {
      void reloadUsage()
      if (isIdle) for (const source of [recentSource, providerHealthSource]) void refresh<unknown>(source)
    }, [isIdle, reloadUsage]),
  )
  return useMemo(
    () => healthOf({ recent: countRecent(ends ?? [], now), routes: routes ?? [], pools }),
    [ends, routes, pools, now],
  )
}

/** Calls back a little after requests came in, once for many. */
function useRequestsSettled(settled: () => void): void {
  const timer = useRef<ReturnType<typeof setTimeout>>()
  const latest = useRef(settled)
  latest.current = settled
  useEffect(() => () => clearTimeout(timer.current), [])
  useLiveLog(
    useCallback(() => {
      timer.current ??= setTimeout(() => {
        timer.current = undefined
        latest.current()
      }, gatherMs)
    }, []),
  )
}

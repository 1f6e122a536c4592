/** What was used in a span: by group over the whole of it, and over time. */
import { api, ApiError, ask, type Usage } from '../../api.ts'
import { forecastMonth, type Forecast, timeToGoBy } from '../../state/forecast.ts'
import type { Source } from '../../state/resource.ts'
import type { Span } from '../../state/span.ts'
import { timeOf, type UsageGroup, type UsageSpan, type UsageTime } from '../../state/usage-view.ts'

export interface UsageChoice {
  span: Span<UsageSpan>
  by: UsageGroup
  whose: 'mine' | 'everyone'
}

export interface UsageReport {
  time: UsageTime
  groups: Usage[]
  steps: Usage[]
  /** There are too many groups for one answer over time: the steps are sums of all. */
  summed: boolean
}

export function usageSource({ span, by, whose }: UsageChoice): Source<UsageReport> {
  return {
    name: `usage?${JSON.stringify(span)}&${by}&${whose}`,
    load: async () => {
      const time = timeOf(span, Date.now())
      const query = queryOf(time, whose)
      const { interval } = time
      const [groups, steps] = await Promise.all([
        ask(api.api.usage.$get({ query: { ...query, groupBy: by } })),
        ask(api.api.usage.$get({ query: { ...query, groupBy: by, interval } })).catch((thrown: unknown) => {
          if (thrown instanceof ApiError && thrown.param === 'from') return undefined
          throw thrown
        }),
      ])
      const all = steps ?? (await ask(api.api.usage.$get({ query: { ...query, interval } })))
      return { time, groups: groups.data, steps: all.data, summed: steps === undefined }
    },
  }
}

/** What this month comes to. */
export function forecastSource(whose: UsageChoice['whose']): Source<Forecast> {
  return {
    name: `usage-forecast?${whose}`,
    load: async () => {
      const now = Date.now()
      const query = { ...queryOf(timeToGoBy(now), whose), interval: 'day' as const }
      return forecastMonth((await ask(api.api.usage.$get({ query }))).data, now)
    },
  }
}

function queryOf({ from, to }: { from: number; to: number }, whose: UsageChoice['whose']) {
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    ...(whose === 'everyone' && { owner: 'all' as const }),
  }
}

/** What was used in a span: by group over the whole of it, and over time. */
import { api, ApiError, ask, type Usage } from '../../api.ts'
import type { Source } from '../../state/resource.ts'
import { intervalOf, timeOf, type UsageGroup, type UsageSpan } from '../../state/usage-view.ts'

export interface UsageChoice {
  span: UsageSpan
  by: UsageGroup
  whose: 'mine' | 'everyone'
}

export interface UsageReport {
  time: ReturnType<typeof timeOf>
  groups: Usage[]
  steps: Usage[]
  /** There are too many groups for one answer over time: the steps are sums of all. */
  summed: boolean
}

export function usageSource({ span, by, whose }: UsageChoice): Source<UsageReport> {
  return {
    name: `usage?${span}&${by}&${whose}`,
    load: async () => {
      const time = timeOf(span, Date.now())
      const query = {
        from: new Date(time.from).toISOString(),
        to: new Date(time.to).toISOString(),
        ...(whose === 'everyone' && { owner: 'all' as const }),
      }
      const interval = intervalOf(span)
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

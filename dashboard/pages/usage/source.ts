/** What was used in a span, as the hub is asked: in all, by group, and over time. */
import { api, ApiError, ask, type Usage } from '../../api.ts'
import { forecastMonth, type Forecast, timeToGoBy } from '../../state/forecast.ts'
import type { Source } from '../../state/resource.ts'
import type { Span } from '../../state/span.ts'
import {
  linesAsked,
  rankedBy,
  timeOf,
  type UsageGroup,
  type UsageMetric,
  type UsageSpan,
  type UsageTime,
} from '../../state/usage-view.ts'

export interface UsageChoice {
  span: Span<UsageSpan>
  by: UsageGroup
  whose: 'mine' | 'everyone'
}

export interface UsageReport {
  time: UsageTime
  /** Of all groups together; undefined where nothing was used. */
  total: Usage | undefined
  groups: Usage[]
  /** What keys, tokens and people among the groups are called, by their ids. */
  names: Record<string, string>
  /**
   * There are too many groups for one answer: these are the ones with the most requests, and one of
   * all others.
   */
  cut: boolean
}

/** As many groups as the hub tells apart at most where it tells the largest apart alone. */
export const mostTop = 50

/** What was used in all, and by each group. */
export function usageSource(choice: UsageChoice): Source<UsageReport> {
  return {
    name: `usage?${JSON.stringify(choice)}`,
    load: async () => {
      const time = timeOf(choice.span, Date.now())
      const query = queryOf(time, choice.whose)
      const grouped = { ...query, groupBy: choice.by }
      const [whole, groups] = await Promise.all([
        ask(api.api.usage.$get({ query })),
        ask(api.api.usage.$get({ query: grouped })).catch((thrown: unknown) => {
          if (thrown instanceof ApiError && thrown.param === 'from') return undefined
          throw thrown
        }),
      ])
      const most = groups ?? (await ask(api.api.usage.$get({ query: { ...grouped, top: String(mostTop) } })))
      const [total] = whole.data
      return { time, total, groups: most.data, names: most.names, cut: groups === undefined }
    },
  }
}

export interface UsageCourse {
  time: UsageTime
  steps: Usage[]
  names: Record<string, string>
}

/** What the largest groups used over time, and all others together. */
export function courseSource(choice: UsageChoice, of: UsageMetric): Source<UsageCourse> {
  return {
    name: `usage-course?${JSON.stringify(choice)}&${rankedBy[of]}`,
    load: async () => {
      const time = timeOf(choice.span, Date.now())
      const { data, names } = await ask(
        api.api.usage.$get({
          query: {
            ...queryOf(time, choice.whose),
            groupBy: choice.by,
            interval: time.interval,
            top: String(linesAsked),
            by: rankedBy[of],
          },
        }),
      )
      return { time, steps: data, names }
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

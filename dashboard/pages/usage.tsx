/** What was used, over time and by what: requests, tokens, cost, errors, and what was rescued. */
import { useMemo } from 'preact/hooks'
import { Choice } from '../parts/choice.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { Segments } from '../parts/segments.tsx'
import { SpanBounds } from '../parts/span-bounds.tsx'
import { WhoseChoice } from '../parts/owner-choice.tsx'
import { choiceField, spanField, useQuery } from '../state/query.ts'
import { useResource } from '../state/resource.ts'
import { isBetween, spanOfOwn } from '../state/span.ts'
import { mostUsageDays, usageGroups, usageMetrics, usageSpans } from '../state/usage-view.ts'
import { words } from '../text/usage.ts'
import type { PageProps } from './index.ts'
import { ForecastCard } from './usage/forecast.tsx'
import { Course, Groups, TotalsCard } from './usage/report.tsx'
import { type UsageChoice, usageSource } from './usage/source.ts'
import './usage.css'

const fields = {
  span: spanField(usageSpans, '24h'),
  by: choiceField(usageGroups, 'model'),
  of: choiceField(usageMetrics, 'requests'),
  whose: choiceField(['mine', 'everyone'], 'mine'),
}

export default function UsagePage({ person }: PageProps) {
  const [{ span, by, of, whose }, setQuery] = useQuery(fields)
  const written = JSON.stringify(span)
  // The same choice stays the same object, so that effects do not restart at each render.
  const choice = useMemo<UsageChoice>(() => ({ span, by, whose }), [written, by, whose])
  const report = useResource(useMemo(() => usageSource(choice), [choice]))
  const isAdmin = person.role === 'admin'
  const groups = usageGroups.filter((group) => group !== 'user' || isAdmin)
  return (
    <Page title={words.title} lede={words.lede} class="usage">
      <search class="filters" aria-label={words.choices}>
        <Segments
          name="span"
          legend={words.span}
          options={[...usageSpans, 'custom' as const].map((value) => ({ value, label: words.spans[value] }))}
          value={isBetween(span) ? 'custom' : span}
          onChange={(next) => setQuery({ span: next === 'custom' ? spanOfOwn(span, Date.now()) : next })}
        />
        {isBetween(span) && (
          <SpanBounds value={span} mostDays={mostUsageDays} onValue={(next) => setQuery({ span: next })} />
        )}
        <Choice
          label={words.by}
          options={groups.map((value) => ({ value, label: words.groups[value] }))}
          value={by}
          onChange={(next) => setQuery({ by: next })}
        />
        <Choice
          label={words.of}
          options={usageMetrics.map((value) => ({ value, label: words.metrics[value] }))}
          value={of}
          onChange={(next) => setQuery({ of: next })}
        />
        {isAdmin && (
          <WhoseChoice legend={words.whose} value={whose} onChange={(next) => setQuery({ whose: next })} />
        )}
      </search>
      <ResourceView resource={report}>
        {(data) =>
          data.total === undefined || data.total.requests === 0 ? (
            <>
              <EmptyState title={words.emptyTitle}>
                <p>{words.empty}</p>
                <a class="button" href="/playground">
                  {words.tryIt}
                </a>
              </EmptyState>
              <ForecastCard whose={whose} />
            </>
          ) : (
            <>
              <div class="usage-sums">
                <TotalsCard total={data.total} time={data.time} />
                <ForecastCard whose={whose} />
              </div>
              <Course choice={choice} metric={of} />
              <Groups report={data} by={by} metric={of} />
            </>
          )
        }
      </ResourceView>
    </Page>
  )
}

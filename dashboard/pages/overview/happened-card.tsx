/**
 * Activity: requests, rescues, errors, tokens, latency and cost over a span that is in the address,
 * as figures and as a chart.
 */
import { useMemo } from 'preact/hooks'
import { api, ask, type Usage } from '../../api.ts'
import { money, number, shortNumber, took } from '../../format.ts'
import { Card } from '../../parts/card.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { Segments } from '../../parts/segments.tsx'
import { TimeSeries } from '../../parts/time-series.tsx'
import { choiceField, useQuery } from '../../state/query.ts'
import { overTime, type Span, spans } from '../../state/recent-usage.ts'
import { type Resource, type Source, useResource } from '../../state/resource.ts'
import { timeOf, type UsageTime } from '../../state/usage-view.ts'
import { words } from '../../text/overview.ts'

interface RecentUsage {
  time: UsageTime
  /** Undefined where nothing happened. */
  whole: Usage | undefined
  steps: Usage[]
}

function recentUsage(span: Span): Source<RecentUsage> {
  return {
    name: `recent-usage/${span}`,
    load: async () => {
      const time = timeOf(span, Date.now())
      const query = { from: new Date(time.from).toISOString() }
      // Percentiles of steps do not add up to those of the whole: it is asked for by itself.
      const [whole, steps] = await Promise.all([
        ask(api.api.usage.$get({ query })),
        ask(api.api.usage.$get({ query: { ...query, interval: time.interval } })),
      ])
      return { time, whole: whole.data[0], steps: steps.data }
    },
  }
}

interface Recent {
  span: Span
  choose: (span: Span) => void
  usage: Resource<RecentUsage>
}

/** The usage of the span that the address names. */
export function useRecentUsage(): Recent {
  const [{ span }, setQuery] = useQuery({ span: choiceField(spans, '24h') })
  const source = useMemo(() => recentUsage(span), [span])
  return { span, choose: (next) => setQuery({ span: next }), usage: useResource(source) }
}

export function HappenedCard({ span, choose, usage }: Recent) {
  return (
    <Card
      title={words.happened.title}
      action={
        <Segments
          name="span"
          legend={words.happened.span}
          options={spans.map((value) => ({ value, label: words.happened.spans[value] }))}
          value={span}
          onChange={choose}
        />
      }
    >
      <ResourceView resource={usage}>{(recent) => <Happened {...recent} span={span} />}</ResourceView>
    </Card>
  )
}

function Happened({ time, whole, steps, span }: RecentUsage & { span: Span }) {
  const { times, good, rescued, errors } = useMemo(() => overTime(steps, time), [steps, time])
  const series = useMemo(
    () => [
      { label: words.happened.good, colour: '--good' as const, values: good },
      { label: words.happened.rescued, colour: '--rest' as const, values: rescued },
      { label: words.happened.errors, colour: '--bad' as const, values: errors },
    ],
    [good, rescued, errors],
  )
  if (!whole) return <p class="quiet">{words.happened.nothing(words.happened.spans[span])}</p>
  return (
    <>
      <dl class="figures-row">
        {figuresOf(whole).map(([label, figure]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd class="figures">{figure}</dd>
          </div>
        ))}
      </dl>
      {times.length > 2 && <TimeSeries title={words.happened.requests} times={times} series={series} />}
    </>
  )
}

function figuresOf({ requests, rescued, errors, inputTokens, outputTokens, latency, cost, saved }: Usage) {
  const { happened } = words
  return [
    [happened.requests, number(requests)],
    [happened.rescued, number(rescued)],
    [happened.errors, number(errors)],
    [happened.tokens, shortNumber((inputTokens ?? 0) + (outputTokens ?? 0))],
    [happened.half, latency ? took(latency.p50Ms) : happened.unknown],
    [happened.most, latency ? took(latency.p95Ms) : happened.unknown],
    [happened.cost, money(cost ?? 0)],
    [happened.saved, money(saved ?? 0)],
  ] as const
}

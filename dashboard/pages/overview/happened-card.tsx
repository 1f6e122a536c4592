/** What happened: requests, rescues, errors, tokens and cost over a span that is in the address, in figures and drawn. */
import { useMemo } from 'preact/hooks'
import { api, ask } from '../../api.ts'
import { money, number, shortNumber, took } from '../../format.ts'
import { Card } from '../../parts/card.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { Segments } from '../../parts/segments.tsx'
import { TimeSeries } from '../../parts/time-series.tsx'
import { choiceField, useQuery } from '../../state/query.ts'
import { type Source, useResource } from '../../state/resource.ts'
import { overTime, type Span, spans, sumUp, type UsageRow } from '../../state/recent-usage.ts'
import { words } from '../../text/overview.ts'

const hourMs = 3_600_000
const hoursOf: Record<Span, number> = { '1h': 1, '24h': 24, '7d': 7 * 24, '30d': 30 * 24 }

function recentUsage(span: Span): Source<UsageRow[]> {
  const interval = hoursOf[span] > 24 ? ('day' as const) : ('hour' as const)
  return {
    name: `usage/${span}`,
    load: async () => {
      const from = new Date(Date.now() - hoursOf[span] * hourMs).toISOString()
      return (await ask(api.api.usage.$get({ query: { interval, from } }))).data
    },
  }
}

export function HappenedCard() {
  const [{ span }, setQuery] = useQuery({ span: choiceField(spans, '24h') })
  const source = useMemo(() => recentUsage(span), [span])
  const usage = useResource(source)
  return (
    <Card
      title={words.happened.title}
      action={
        <Segments
          name="span"
          legend={words.happened.span}
          options={spans.map((value) => ({ value, label: words.happened.spans[value] }))}
          value={span}
          onChange={(next) => setQuery({ span: next })}
        />
      }
    >
      <ResourceView resource={usage}>{(rows) => <Happened rows={rows} span={span} />}</ResourceView>
    </Card>
  )
}

function Happened({ rows, span }: { rows: readonly UsageRow[]; span: Span }) {
  const sum = useMemo(() => sumUp(rows), [rows])
  const { times, good, rescued, errors } = useMemo(() => overTime(rows), [rows])
  const series = useMemo(
    () => [
      { label: words.happened.good, colour: '--good' as const, values: good },
      { label: words.happened.rescued, colour: '--rest' as const, values: rescued },
      { label: words.happened.errors, colour: '--bad' as const, values: errors },
    ],
    [good, rescued, errors],
  )
  if (sum.requests === 0) return <p class="quiet">{words.happened.nothing(words.happened.spans[span])}</p>
  const figures = [
    [words.happened.requests, number(sum.requests)],
    [words.happened.rescued, number(sum.rescued)],
    [words.happened.errors, number(sum.errors)],
    [words.happened.tokens, shortNumber(sum.tokens)],
    [words.happened.cost, money(sum.cost)],
    [words.happened.average, sum.averageMs === null ? '–' : took(sum.averageMs)],
  ] as const
  return (
    <>
      <dl class="figures-row">
        {figures.map(([label, figure]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd class="figures">{figure}</dd>
          </div>
        ))}
      </dl>
      {times.length > 1 && <TimeSeries title={words.happened.requests} times={times} series={series} />}
    </>
  )
}

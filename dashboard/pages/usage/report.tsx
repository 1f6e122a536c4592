/** What was used in a span: in all, over time, and by each of its groups. */
import { useMemo } from 'preact/hooks'
import type { Person, Usage } from '../../api.ts'
import { money, moment, number, share, shortNumber, took } from '../../format.ts'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Facts } from '../../parts/facts.tsx'
import { type Series, TimeSeries } from '../../parts/time-series.tsx'
import { linesOf, rank, sumOf, type UsageGroup, type UsageMetric } from '../../state/usage-view.ts'
import { words } from '../../text/usage.ts'
import { useGroupNames } from './names.ts'
import type { UsageReport } from './source.ts'

interface ReportProps {
  report: UsageReport
  by: UsageGroup
  metric: UsageMetric
  person: Person
}

const colours = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5'] as const

export function Report({ report, by, metric, person }: ReportProps) {
  const nameOf = useGroupNames(by, person)
  const { times, lines } = useMemo(() => linesOf(report.steps, metric, report.time), [report, metric])
  const names = lines.map(({ group }) =>
    report.summed ? words.all : group === null ? words.others : nameOf(group),
  )
  const written = names.join('\n')
  const series = useMemo<Series[]>(
    () =>
      lines.map(({ values }, index) => ({
        label: names[index] ?? '',
        colour: colours[index] ?? '--series-5',
        values,
      })),
    [lines, written],
  )
  return (
    <>
      <TimeSeries
        title={words.chart(words.metrics[metric], words.groups[by])}
        times={times}
        series={series}
        write={writers[metric]}
      />
      {report.summed && <p class="hint">{words.summed}</p>}
      <DataTable
        caption={words.top(words.groups[by])}
        columns={columnsOf(words.groups[by], nameOf)}
        rows={rank(report.groups, metric)}
        keyOf={({ group }) => group ?? ''}
        step={20}
      />
      <p class="hint">{words.hint}</p>
    </>
  )
}

export function TotalsCard({ report: { groups, time } }: { report: UsageReport }) {
  const totals = sumOf(groups)
  return (
    <Card title={words.totals}>
      <Facts
        facts={[
          [words.metrics.requests, number(totals.requests)],
          [words.metrics.inputTokens, shortNumber(totals.inputTokens)],
          [words.metrics.outputTokens, shortNumber(totals.outputTokens)],
          [words.metrics.cost, money(totals.cost)],
          [words.metrics.errors, withShare(totals.errors, totals.requests)],
          [words.metrics.rescued, withShare(totals.rescued, totals.requests)],
        ]}
      />
      <p class="hint">{words.counted(moment(time.from), moment(time.to))}</p>
    </Card>
  )
}

const writers: Record<UsageMetric, (value: number) => string> = {
  requests: number,
  inputTokens: shortNumber,
  outputTokens: shortNumber,
  cost: money,
  errors: number,
  rescued: number,
}

function withShare(part: number, whole: number): string {
  return whole > 0 && part > 0 ? `${number(part)} (${share(part / whole)})` : number(part)
}

function columnsOf(head: string, nameOf: (group: string) => string): Column<Usage>[] {
  const figure = (id: UsageMetric, write: (value: number) => string): Column<Usage> => ({
    id,
    head: words.metrics[id],
    align: 'end',
    cell: ({ [id]: value }) => (value === null ? '–' : write(value)),
  })
  return [
    { id: 'group', head, isName: true, cell: ({ group }) => nameOf(group ?? '') },
    figure('requests', number),
    figure('inputTokens', number),
    figure('outputTokens', number),
    figure('cost', money),
    figure('errors', number),
    figure('rescued', number),
    {
      id: 'average',
      head: words.average,
      align: 'end',
      cell: ({ averageMs }) => (averageMs === null ? '–' : took(averageMs)),
    },
  ]
}

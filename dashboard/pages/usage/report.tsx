/** What was used in a span: in all, over time, and by each of its groups. */
import { useMemo } from 'preact/hooks'
import type { Usage } from '../../api.ts'
import { money, moment, number, share, shortNumber, took } from '../../format.ts'
import { Card } from '../../parts/card.tsx'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Facts } from '../../parts/facts.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { type Series, TimeSeries } from '../../parts/time-series.tsx'
import { useResource } from '../../state/resource.ts'
import { linesOf, rank, type UsageGroup, type UsageMetric, type UsageTime } from '../../state/usage-view.ts'
import { text } from '../../text.ts'
import { words } from '../../text/usage.ts'
import { useGroupNames } from './names.ts'
import { courseSource, mostTop, type UsageChoice, type UsageCourse, type UsageReport } from './source.ts'

export function TotalsCard({ total, time }: { total: Usage; time: UsageTime }) {
  const { latency } = total
  return (
    <Card title={words.totals}>
      <Facts
        facts={[
          [words.metrics.requests, number(total.requests)],
          [words.metrics.errors, withShare(total.errors, total.requests)],
          [words.metrics.rescued, withShare(total.rescued, total.requests)],
          [words.metrics.inputTokens, shortNumber(total.inputTokens ?? 0)],
          [words.metrics.outputTokens, shortNumber(total.outputTokens ?? 0)],
          [words.metrics.cost, money(total.cost ?? 0)],
          [words.saved, money(total.saved ?? 0)],
          [words.median, latency && took(latency.p50Ms)],
          [words.slowest, latency && took(latency.p95Ms)],
        ]}
      />
      <p class="hint">{words.counted(moment(time.from), moment(time.to))}</p>
    </Card>
  )
}

function withShare(part: number, whole: number): string {
  return whole > 0 && part > 0 ? `${number(part)} (${share(part / whole)})` : number(part)
}

interface CourseProps {
  choice: UsageChoice
  metric: UsageMetric
}

/** The largest groups over time. @param choice must stay the same object while it says the same. */
export function Course({ choice, metric }: CourseProps) {
  const course = useResource(useMemo(() => courseSource(choice, metric), [choice, metric]))
  return (
    <div class="usage-course">
      <ResourceView resource={course}>
        {(data) => <Drawn course={data} by={choice.by} metric={metric} />}
      </ResourceView>
    </div>
  )
}

const colours = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5'] as const

function Drawn({ course, by, metric }: { course: UsageCourse; by: UsageGroup; metric: UsageMetric }) {
  const nameOf = useGroupNames(by, course.names)
  const { times, lines } = useMemo(() => linesOf(course.steps, metric, course.time), [course, metric])
  const names = lines.map(({ group }) => nameOf(group))
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
    <TimeSeries
      title={words.chart(words.metrics[metric], words.groups[by])}
      times={times}
      series={series}
      write={writers[metric]}
    />
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

interface GroupsProps {
  report: UsageReport
  by: UsageGroup
  metric: UsageMetric
}

/** Every group, those with the most of what is drawn first. */
export function Groups({ report: { groups, names, cut }, by, metric }: GroupsProps) {
  const nameOf = useGroupNames(by, names)
  const caption = words.top(words.groups[by])
  return (
    <>
      <div class="usage-groups" tabIndex={0} role="region" aria-label={text.table.scroll(caption)}>
        <DataTable
          caption={caption}
          columns={columnsOf(by, nameOf)}
          rows={rank(groups, metric)}
          keyOf={({ group }) => group ?? 'others'}
          step={20}
        />
      </div>
      {cut && <p class="hint">{words.cut(mostTop)}</p>}
      <p class="hint">{words.hint}</p>
    </>
  )
}

function columnsOf(by: UsageGroup, nameOf: (group: string | null) => string): Column<Usage>[] {
  return [
    { id: 'group', head: words.groups[by], isName: true, cell: ({ group }) => nameOf(group) },
    figure(words.metrics.requests, number, (row) => row.requests),
    figure(words.metrics.inputTokens, shortNumber, (row) => row.inputTokens),
    figure(words.metrics.outputTokens, shortNumber, (row) => row.outputTokens),
    figure(words.metrics.cost, money, (row) => row.cost),
    figure(words.saved, money, (row) => row.saved),
    figure(words.metrics.errors, number, (row) => row.errors),
    figure(words.metrics.rescued, number, (row) => row.rescued),
    // The hub knows of people alone how the times of their requests are spread.
    ...(by === 'user'
      ? [
          figure(words.median, took, (row) => row.latency?.p50Ms),
          figure(words.slowest, took, (row) => row.latency?.p95Ms),
        ]
      : [figure(words.average, took, (row) => row.averageMs)]),
  ]
}

/** A column of figures; what is not known is a dash. */
function figure(
  head: string,
  write: (value: number) => string,
  read: (row: Usage) => number | null | undefined,
): Column<Usage> {
  return {
    id: head,
    head,
    align: 'end',
    cell: (row) => {
      const value = read(row)
      return typeof value === 'number' ? write(value) : words.unknown
    },
  }
}

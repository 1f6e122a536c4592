/** What was used, over time and by what: requests, tokens, cost, errors, and what was rescued. */
import { useMemo } from 'preact/hooks'
import type { Person, Usage } from '../api.ts'
import { money, number, share, shortNumber, took } from '../format.ts'
import { Card } from '../parts/card.tsx'
import { Choice } from '../parts/choice.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Facts } from '../parts/facts.tsx'
import { Page } from '../parts/page.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { Segments } from '../parts/segments.tsx'
import { type Series, TimeSeries } from '../parts/time-series.tsx'
import { nameOfPerson } from '../state/people.ts'
import { choiceField, useQuery } from '../state/query.ts'
import { useResource } from '../state/resource.ts'
import { peopleSource, useKeyNames, useProviderNames, useTokenNames } from '../state/sources.ts'
import {
  linesOf,
  rank,
  sumOf,
  type UsageGroup,
  usageGroups,
  type UsageMetric,
  usageMetrics,
  usageSpans,
} from '../state/usage-view.ts'
import { words } from '../text/usage.ts'
import type { PageProps } from './index.ts'
import { type UsageReport, usageSource } from './usage/source.ts'

const fields = {
  span: choiceField(usageSpans, '24h'),
  by: choiceField(usageGroups, 'model'),
  of: choiceField(usageMetrics, 'requests'),
  whose: choiceField(['mine', 'everyone'], 'mine'),
}

export default function UsagePage({ person }: PageProps) {
  const [{ span, by, of, whose }, setQuery] = useQuery(fields)
  const report = useResource(useMemo(() => usageSource({ span, by, whose }), [span, by, whose]))
  const isAdmin = person.role === 'admin'
  const groups = usageGroups.filter((group) => group !== 'user' || isAdmin)
  return (
    <Page title={words.title} lede={words.lede} class="usage">
      <search class="filters" aria-label={words.choices}>
        <Segments
          name="span"
          legend={words.span}
          options={usageSpans.map((value) => ({ value, label: words.spans[value] }))}
          value={span}
          onChange={(next) => setQuery({ span: next })}
        />
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
          <Segments
            name="whose"
            legend={words.whose}
            options={[
              { value: 'mine', label: words.mine },
              { value: 'everyone', label: words.everyone },
            ]}
            value={whose}
            onChange={(next) => setQuery({ whose: next })}
          />
        )}
      </search>
      <ResourceView resource={report}>
        {(data) =>
          data.groups.length === 0 ? (
            <EmptyState title={words.emptyTitle}>
              <p>{words.empty}</p>
              <a class="button" href="/playground">
                {words.tryIt}
              </a>
            </EmptyState>
          ) : (
            <Report report={data} by={by} metric={of} person={person} />
          )
        }
      </ResourceView>
    </Page>
  )
}

interface ReportProps {
  report: UsageReport
  by: UsageGroup
  metric: UsageMetric
  person: Person
}

const colours = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5'] as const

function Report({ report, by, metric, person }: ReportProps) {
  const nameOf = useGroupNames(by, person)
  const totals = sumOf(report.groups)
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
      </Card>
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

/** What the groups of a kind are called. Without a value there was none of the kind: nobody served it, or no token was sent. */
function useGroupNames(by: UsageGroup, person: Person): (group: string) => string {
  const keyName = useKeyNames()
  const tokenName = useTokenNames()
  const providerName = useProviderNames()
  const names: Record<UsageGroup, (id: string) => string> = {
    model: (id) => id,
    provider: providerName,
    key: keyName,
    token: tokenName,
    user: usePersonNames(person),
  }
  return (group) => (group === '' ? words.none[by] : names[by](group))
}

function usePersonNames(person: Person): (id: string) => string {
  // Only administrators may read who is here; anybody knows themselves.
  const mine = useMemo(() => ({ name: 'users?self', load: async () => [person] }), [person])
  const people = useResource<Pick<Person, 'id' | 'username' | 'email'>[]>(
    person.role === 'admin' ? peopleSource : mine,
  )
  return (id) => {
    const found = people.data?.find((one) => one.id === id)
    return found ? nameOfPerson(found) : id
  }
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

/** The request log: what was asked, who served it, and how it went. What comes in while somebody looks is put on top. */
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import { api, ask, type Log } from '../api.ts'
import { clock, day, number, took } from '../format.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { Page } from '../parts/page.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { Segments } from '../parts/segments.tsx'
import { TimeSeries } from '../parts/time-series.tsx'
import { useLiveLog } from '../state/live.ts'
import { choiceField, textField, useQuery } from '../state/query.ts'
import { change, type Source, useResource } from '../state/resource.ts'
import { countOverTime, isGood, type Outcome, outcomes } from '../state/log-view.ts'
import { words } from '../text/logs.ts'
import './logs.css'

interface LogPage {
  rows: Log[]
  nextCursor: string | null
}

function logSource(text: string): Source<LogPage> {
  return {
    name: `logs?${text}`,
    load: async () => {
      const { data, nextCursor } = await ask(
        api.api.logs.$get({ query: { limit: '100', ...(text && { text }) } }),
      )
      return { rows: data, nextCursor }
    },
  }
}

export default function LogsPage() {
  const [{ text, outcome }, setQuery] = useQuery({ text: textField(), outcome: choiceField(outcomes, 'all') })
  const source = useMemo(() => logSource(text), [text])
  const logs = useResource(source)
  useLiveLog(
    useCallback(
      (rows) => {
        // What a search would find among them only the hub can tell.
        if (text === '') change(source, (page) => ({ ...page, rows: mergeRows(rows, page.rows) }))
      },
      [source, text],
    ),
  )
  return (
    <Page title={words.title} class="logs">
      <search class="filters" aria-label={words.filters}>
        <SearchField text={text} onText={(next) => setQuery({ text: next })} />
        <Segments
          name="outcome"
          legend={words.status}
          options={outcomes.map((value) => ({ value, label: words.statuses[value] }))}
          value={outcome}
          onChange={(next) => setQuery({ outcome: next })}
        />
      </search>
      <ResourceView resource={logs}>
        {(page) =>
          page.rows.length === 0 && text === '' ? (
            <EmptyState title={words.emptyTitle}>
              <p>{words.empty}</p>
              <a class="button" href="/playground">
                {words.tryIt}
              </a>
            </EmptyState>
          ) : (
            <Rows page={page} outcome={outcome} source={source} text={text} />
          )
        }
      </ResourceView>
    </Page>
  )
}

/** Searches when a person has stopped typing, not at every letter. */
function SearchField({ text, onText }: { text: string; onText: (text: string) => void }) {
  const [typed, setTyped] = useState(text)
  useEffect(() => {
    if (typed === text) return
    const timer = setTimeout(() => onText(typed), 300)
    return () => clearTimeout(timer)
    // Only typing sets it going.
  }, [typed])
  return (
    <label class="search-field">
      <span class="visually-hidden">{words.text}</span>
      <input
        type="search"
        placeholder={words.textHint}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
    </label>
  )
}

interface RowsProps {
  page: LogPage
  outcome: Outcome
  source: Source<LogPage>
  text: string
}

function Rows({ page, outcome, source, text }: RowsProps) {
  const rows = useMemo(
    () => page.rows.filter((row) => outcome === 'all' || isGood(row) === (outcome === 'good')),
    [page, outcome],
  )
  const { times, good, bad } = useMemo(() => countOverTime(rows), [rows])
  const series = useMemo(
    () => [
      { label: words.statuses.good, colour: '--good' as const, values: good },
      { label: words.statuses.bad, colour: '--bad' as const, values: bad },
    ],
    [good, bad],
  )
  return (
    <>
      {times.length > 1 && <TimeSeries title={words.chart} times={times} series={series} />}
      {rows.length > 0 ? (
        <DataTable
          caption={words.caption}
          columns={columns}
          rows={rows}
          keyOf={({ id }) => id}
          classOf={(row) => (isGood(row) ? '' : 'row-bad')}
        />
      ) : (
        <p class="quiet">{words.nothing}</p>
      )}
      {page.nextCursor !== null && <OlderButton cursor={page.nextCursor} text={text} source={source} />}
    </>
  )
}

function OlderButton({ cursor, text, source }: { cursor: string; text: string; source: Source<LogPage> }) {
  const [busy, setBusy] = useState(false)
  const look = async (): Promise<void> => {
    setBusy(true)
    const query = { limit: '100', cursor, ...(text && { text }) }
    try {
      const { data, nextCursor } = await ask(api.api.logs.$get({ query }))
      change(source, ({ rows }) => ({ rows: mergeRows(rows, data), nextCursor }))
    } finally {
      setBusy(false)
    }
  }
  return (
    <p class="table-more">
      <button type="button" class="button" aria-disabled={busy} onClick={() => void look()}>
        {words.older}
      </button>
    </p>
  )
}

const columns: readonly Column<Log>[] = [
  {
    id: 'time',
    head: words.time,
    isName: true,
    cell: ({ startedAt }) => (
      <time class="figures" dateTime={startedAt} title={day(Date.parse(startedAt))}>
        {clock(Date.parse(startedAt))}
      </time>
    ),
  },
  { id: 'asked', head: words.asked, cell: ({ asked }) => <code>{asked}</code> },
  {
    id: 'served',
    head: words.served,
    cell: ({ provider, model }) =>
      provider ? (
        <code>{model ? `${provider}/${model}` : provider}</code>
      ) : (
        <span class="quiet">{words.nobody}</span>
      ),
  },
  {
    id: 'outcome',
    head: words.outcome,
    cell: (row) => (
      <span class={isGood(row) ? 'outcome-good' : 'outcome-bad'}>
        {isGood(row)
          ? row.attempts > 1
            ? words.rescued(row.attempts)
            : words.good
          : `${row.status} ${row.code ?? ''}`}
      </span>
    ),
  },
  { id: 'took', head: words.took, align: 'end', cell: ({ durationMs }) => took(durationMs) },
  {
    id: 'tokens',
    head: words.tokens,
    align: 'end',
    cell: ({ usage }) => (usage ? number(usage.inputTokens + usage.outputTokens) : '–'),
  },
]

/** Rows of both, newest first, each once; those of the first stand for those of the second. */
function mergeRows(first: readonly Log[], second: readonly Log[]): Log[] {
  const rows = new Map([...second, ...first].map((row) => [row.id, row]))
  return [...rows.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1))
}

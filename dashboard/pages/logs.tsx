/**
 * The request log: each request with its model, provider and outcome. New requests appear on top.
 */
import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { DataTable } from '../parts/data-table.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Page } from '../parts/page.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { TimeSeries } from '../parts/time-series.tsx'
import { useAction } from '../state/action.ts'
import type { LogPage } from '../state/log-pages.ts'
import { logFields, type LogFilter, narrows } from '../state/log-query.ts'
import { countOverTime, outcomeOf } from '../state/log-view.ts'
import { flagField, useQuery } from '../state/query.ts'
import { type Source, useResource } from '../state/resource.ts'
import { words } from '../text/logs.ts'
import type { PageProps } from './index.ts'
import { columnsOf } from './logs/columns.tsx'
import { ExportDialog } from './logs/export.tsx'
import { Filters } from './logs/filters.tsx'
import { ownerName } from './logs/names.ts'
import { addOlder, logSource } from './logs/source.ts'
import { useTail } from './logs/tail.ts'
import './logs.css'

const fields = { ...logFields, export: flagField() }

export default function LogsPage({ person }: PageProps) {
  const [{ export: exporting, ...query }, setQuery] = useQuery<LogFilter & { export: boolean }>(fields)
  const written = JSON.stringify(query)
  // The same filter stays the same object, so that effects do not restart at each render.
  const filter = useMemo<LogFilter>(() => query, [written])
  const source = useMemo(() => logSource(filter), [filter])
  const logs = useResource(source)
  const tail = useTail(source, filter)
  return (
    <Page
      title={words.title}
      lede={words.lede}
      class="logs"
      actions={
        <>
          {filter.text === '' && (
            <button type="button" class="button" aria-pressed={!tail.paused} onClick={tail.toggle}>
              {tail.paused ? words.follow : words.pause}
              {tail.held > 0 && ` · ${words.fresh(tail.held)}`}
            </button>
          )}
          <button type="button" class="button" onClick={() => setQuery({ export: true })}>
            {words.export}
          </button>
        </>
      }
    >
      <Filters
        person={person}
        filter={filter}
        rows={logs.data?.rows ?? []}
        names={logs.data?.names}
        onChange={setQuery}
      />
      <ResourceView resource={logs}>
        {(page) =>
          page.rows.length === 0 && page.nextCursor === null && !narrows(filter) ? (
            <EmptyState title={words.emptyTitle}>
              <p>{words.empty}</p>
              <a class="button" href="/playground">
                {words.tryIt}
              </a>
            </EmptyState>
          ) : (
            <Rows page={page} filter={filter} source={source} />
          )
        }
      </ResourceView>
      {exporting && <ExportDialog filter={filter} onClosed={() => setQuery({ export: false })} />}
    </Page>
  )
}

interface RowsProps {
  page: LogPage
  filter: LogFilter
  source: Source<LogPage>
}

function Rows({ page: { rows, nextCursor, names, searchedTo }, filter, source }: RowsProps) {
  const { times, good, rescued, bad } = useMemo(() => countOverTime(rows), [rows])
  const series = useMemo(
    () => [
      { label: words.outcomes.good, colour: '--good' as const, values: good },
      { label: words.outcomes.rescued, colour: '--rest' as const, values: rescued },
      { label: words.outcomes.bad, colour: '--bad' as const, values: bad },
    ],
    [good, rescued, bad],
  )
  const everyones = filter.whose === 'everyone'
  const seen = everyones ? '?whose=everyone' : ''
  return (
    <>
      {times.length > 1 && <TimeSeries title={words.chart} times={times} series={series} />}
      {rows.length > 0 ? (
        <div class="log-rows">
          <DataTable
            caption={words.caption}
            columns={columnsOf(everyones ? (id) => ownerName(id, names) : undefined)}
            rows={rows}
            // What was asked for is shown: one button leads further back.
            step={Math.max(rows.length, 1)}
            keyOf={({ id }) => id}
            hrefOf={({ id }) => `/logs/${id}${seen}`}
            classOf={(row) => (outcomeOf(row) === 'bad' ? 'row-bad' : '')}
          />
        </div>
      ) : (
        nextCursor === null && <p class="quiet">{words.nothing}</p>
      )}
      {nextCursor !== null && (
        <OlderButton cursor={nextCursor} filter={filter} source={source}>
          {narrows(filter) && searchedTo !== null && (
            <span class="quiet" role="status">
              {words.searchedTo(rows.length, Date.parse(searchedTo))}
            </span>
          )}
        </OlderButton>
      )}
    </>
  )
}

interface OlderButtonProps extends Omit<RowsProps, 'page'> {
  cursor: string
  children: ComponentChildren
}

function OlderButton({ cursor, filter, source, children }: OlderButtonProps) {
  const look = useAction(() => addOlder(source, filter, cursor))
  return (
    <>
      <p class="table-more">
        <button type="button" class="button" aria-disabled={look.busy} onClick={() => look.run()}>
          {words.older}
        </button>
        {children}
      </p>
      <ErrorNotice error={look.error} />
    </>
  )
}

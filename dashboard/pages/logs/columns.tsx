/** What a line of the log says. */
import type { Log } from '../../api.ts'
import { moment, number, recent, took } from '../../format.ts'
import type { Column } from '../../parts/data-table.tsx'
import { outcomeOf } from '../../state/log-view.ts'
import { words } from '../../text/logs.ts'

/** @param ownerOf names whose request it is, where everyone's are shown. */
export function columnsOf(ownerOf?: (id: string) => string): Column<Log>[] {
  return ownerOf
    ? columns.toSpliced(1, 0, {
        id: 'owner',
        head: words.owner,
        cell: ({ owner }) => (
          <span class="log-owner" title={ownerOf(owner)}>
            {ownerOf(owner)}
          </span>
        ),
      })
    : columns
}

const columns: Column<Log>[] = [
  {
    id: 'time',
    head: words.time,
    isName: true,
    cell: ({ startedAt }) => (
      <time class="figures" dateTime={startedAt} title={moment(Date.parse(startedAt))}>
        {recent(Date.parse(startedAt), Date.now())}
      </time>
    ),
  },
  { id: 'asked', head: words.asked, cell: ({ asked }) => <code>{asked}</code> },
  { id: 'served', head: words.served, cell: (row) => <ServedBy row={row} /> },
  { id: 'outcome', head: words.outcome, cell: (row) => <Outcome row={row} /> },
  { id: 'took', head: words.took, align: 'end', cell: ({ durationMs }) => took(durationMs) },
  {
    id: 'tokens',
    head: words.tokens,
    align: 'end',
    cell: ({ usage }) => (usage ? number(usage.inputTokens + usage.outputTokens) : '–'),
  },
]

export function ServedBy({ row: { provider, model } }: { row: Log }) {
  if (!provider) return <span class="quiet">{words.nobody}</span>
  return <code>{model ? `${provider}/${model}` : provider}</code>
}

export function Outcome({ row }: { row: Log }) {
  const { status, code, attempts } = row
  switch (outcomeOf(row)) {
    case 'bad':
      return <span class="outcome-bad">{code ? `${status} ${code}` : status}</span>
    case 'rescued':
      return <span class="outcome-rescued">{words.rescued(attempts)}</span>
    case 'good':
      return <span>{words.good}</span>
  }
}

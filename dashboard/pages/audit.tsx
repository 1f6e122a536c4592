/** The audit log, for administrators: all changes, and the proof that no entry is missing. */
import { useMemo, useState } from 'preact/hooks'
import type { AuditEntry } from '../api.ts'
import { Choice } from '../parts/choice.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Facts } from '../parts/facts.tsx'
import { Page } from '../parts/page.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { TypedField } from '../parts/typed-field.tsx'
import { useAction } from '../state/action.ts'
import { nameAmong } from '../state/people.ts'
import { choiceField, textField, useQuery } from '../state/query.ts'
import { useResource } from '../state/resource.ts'
import { peopleSource } from '../state/sources.ts'
import { words } from '../text/audit.ts'
import { addOlder, type AuditFilter, auditSource, auditSpans } from './audit/source.ts'
import { Verify } from './audit/verify.tsx'
import './audit.css'

const fields = {
  action: textField(),
  actor: textField(),
  subject: textField(),
  span: choiceField(auditSpans, 'all'),
}
const noFilter: AuditFilter = { action: '', actor: '', subject: '', span: 'all' }

export default function AuditPage() {
  const [filter, setQuery] = useQuery<AuditFilter>(fields)
  const written = JSON.stringify(filter)
  const entries = useResource(useMemo(() => auditSource(filter), [written]))
  const nameOf = usePeople()
  const [shown, setShown] = useState<AuditEntry>()
  const older = useAction((cursor: string) => addOlder(filter, cursor))
  const narrowed = written !== JSON.stringify(noFilter)
  return (
    <Page title={words.title} lede={words.lede} class="audit">
      <Verify />
      <Filters filter={filter} nameOf={nameOf} narrowed={narrowed} onChange={setQuery} />
      <ResourceView resource={entries}>
        {({ entries: rows, nextCursor }) => (
          <>
            {rows.length > 0 && (
              <DataTable
                caption={words.caption}
                columns={columnsOf(nameOf, setShown)}
                rows={rows}
                keyOf={({ sequence }) => String(sequence)}
              />
            )}
            {rows.length === 0 && narrowed && <p class="quiet">{words.nothing}</p>}
            {rows.length === 0 && !narrowed && (
              <EmptyState title={words.emptyTitle}>
                <p>{words.empty}</p>
              </EmptyState>
            )}
            {nextCursor !== null && (
              <p class="table-more">
                <button
                  type="button"
                  class="button"
                  aria-disabled={older.busy}
                  onClick={() => older.run(nextCursor)}
                >
                  {words.older}
                </button>
              </p>
            )}
          </>
        )}
      </ResourceView>
      <ErrorNotice error={older.error} />
      {shown && <DetailDialog entry={shown} nameOf={nameOf} onClosed={() => setShown(undefined)} />}
    </Page>
  )
}

/** Names of users: the id if the user is deleted, and `nobody` without a user. */
function usePeople(): (id: string) => string {
  const people = useResource(peopleSource).data ?? []
  return (id) => nameAmong(people, id) ?? id
}

interface FiltersProps {
  filter: AuditFilter
  nameOf: (id: string) => string
  narrowed: boolean
  onChange: (change: Partial<AuditFilter>) => void
}

function Filters({ filter, nameOf, narrowed, onChange }: FiltersProps) {
  const people = useResource(peopleSource).data ?? []
  const actors = new Set(['', filter.actor, 'nobody', ...people.map(({ id }) => id)])
  return (
    <search class="filters" aria-label={words.filters}>
      <TypedField
        label={words.action}
        hint={words.actionHint}
        value={filter.action}
        onValue={(action) => onChange({ action: action.trim() })}
      />
      <Choice
        label={words.actor}
        options={[...actors].map((value) => ({ value, label: value === '' ? words.any : nameOf(value) }))}
        value={filter.actor}
        onChange={(actor) => onChange({ actor })}
      />
      <TypedField
        label={words.subject}
        hint={words.subjectHint}
        value={filter.subject}
        onValue={(subject) => onChange({ subject: subject.trim() })}
      />
      <Choice
        label={words.span}
        options={auditSpans.map((value) => ({ value, label: words.spans[value] }))}
        value={filter.span}
        onChange={(span) => onChange({ span })}
      />
      {narrowed && (
        <button type="button" class="button small" onClick={() => onChange(noFilter)}>
          {words.clear}
        </button>
      )}
    </search>
  )
}

function columnsOf(
  nameOf: (id: string) => string,
  onShow: (entry: AuditEntry) => void,
): Column<AuditEntry>[] {
  return [
    {
      id: 'time',
      head: words.time,
      isName: true,
      cell: ({ at }) => (
        <time class="figures" dateTime={at}>
          {words.moment(at)}
        </time>
      ),
    },
    { id: 'action', head: words.action, cell: ({ action }) => <code>{action}</code> },
    { id: 'actor', head: words.actor, cell: ({ actor }) => nameOf(actor) },
    { id: 'subject', head: words.subject, cell: ({ subject }) => <code>{subject}</code> },
    { id: 'address', head: words.address, cell: ({ address }) => address ?? '–' },
    {
      id: 'show',
      head: words.show,
      cell: (entry) => (
        <button
          type="button"
          class="button small"
          aria-label={words.showOne(entry.sequence)}
          onClick={() => onShow(entry)}
        >
          {words.show}
        </button>
      ),
    },
  ]
}

interface DetailDialogProps {
  entry: AuditEntry
  nameOf: (id: string) => string
  onClosed: () => void
}

function DetailDialog({ entry, nameOf, onClosed }: DetailDialogProps) {
  return (
    <Dialog title={words.detailTitle(entry.sequence)} onClosed={onClosed}>
      {(close) => (
        <>
          <Facts
            facts={[
              [words.time, words.moment(entry.at)],
              [words.action, <code>{entry.action}</code>],
              [words.actor, nameOf(entry.actor)],
              [words.subject, <code>{entry.subject}</code>],
              [words.address, entry.address],
              [words.previous, entry.previous && <code>{entry.previous}</code>],
              [words.hash, entry.hash ? <code>{entry.hash}</code> : words.unchained],
            ]}
          />
          <h3 class="detail-head">{words.detail}</h3>
          <pre class="detail" tabIndex={0} role="region" aria-label={words.detail}>
            <code>{JSON.stringify(entry.detail, null, 2)}</code>
          </pre>
          <div class="actions">
            <button type="button" class="button" onClick={close} autofocus>
              {words.close}
            </button>
          </div>
        </>
      )}
    </Dialog>
  )
}

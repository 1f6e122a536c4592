/**
 * What the log is filtered by. On a phone most of it stays away until it is asked for: the rows are
 * what one came for.
 */
import { useId, useState } from 'preact/hooks'
import type { Log, Person } from '../../api.ts'
import { Choice } from '../../parts/choice.tsx'
import { Segments } from '../../parts/segments.tsx'
import { SpanBounds } from '../../parts/span-bounds.tsx'
import { WhoseChoice } from '../../parts/owner-choice.tsx'
import { TypedField } from '../../parts/typed-field.tsx'
import { type Choices, choicesOf } from '../../state/log-choices.ts'
import {
  countSet,
  type LogFilter,
  logSpans,
  narrows,
  statusPattern,
  wideFilter,
} from '../../state/log-query.ts'
import { outcomes } from '../../state/log-view.ts'
import { useIsNarrow } from '../../state/media.ts'
import { nameAmong } from '../../state/people.ts'
import { nothing, useResource } from '../../state/resource.ts'
import {
  keysSource,
  modelsSource,
  peopleSource,
  poolsSource,
  providersSource,
  tokensSource,
  useProviderNames,
} from '../../state/sources.ts'
import { isBetween, spanOfOwn } from '../../state/span.ts'
import { text } from '../../text.ts'
import { words } from '../../text/logs.ts'
import { ownerName, useLogNames } from './names.ts'

interface FiltersProps {
  person: Person
  filter: LogFilter
  /** What is shown: what occurs in it can be chosen. */
  rows: readonly Log[]
  /** What the hub calls the keys and tokens of the rows. */
  names: Record<string, string> | undefined
  onChange: (change: Partial<LogFilter>) => void
}

export function Filters({ person, filter, rows, names, onChange }: FiltersProps) {
  const id = useId()
  const [open, setOpen] = useState(false)
  // The choices load when the filters become visible.
  const folded = useIsNarrow() && !open
  const set = countSet(filter)
  return (
    <search class="filters log-filters" aria-label={words.filters}>
      <TypedField
        label={words.text}
        hint={words.textHint}
        value={filter.text}
        onValue={(value) => onChange({ text: value })}
      />
      <Segments
        name="outcome"
        legend={words.outcome}
        options={(['all', ...outcomes] as const).map((value) => ({ value, label: words.outcomes[value] }))}
        value={filter.outcome}
        onChange={(outcome) => onChange({ outcome })}
      />
      <button
        type="button"
        class="button small filters-toggle"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {words.more(set)}
      </button>
      <div id={id} class={open ? 'filters-more open' : 'filters-more'}>
        <SpanChoice filter={filter} onChange={onChange} />
        {!folded && <Choosers filter={filter} rows={rows} names={names} onChange={onChange} />}
        <TypedField
          label={words.statusCode}
          hint={words.statusHint}
          value={filter.status}
          onValue={(status) => onChange({ status })}
          problemOf={(typed) => (typed === '' || statusPattern.test(typed) ? undefined : words.noStatus)}
        />
        {person.role === 'admin' && (
          <WhoseChoice
            legend={words.whose}
            value={filter.whose}
            onChange={(whose) => onChange({ whose, person: '' })}
          />
        )}
      </div>
      {narrows(filter) && (
        <button
          type="button"
          class="button small"
          onClick={({ currentTarget }) => {
            // The button goes with what it clears.
            currentTarget.closest('search')?.querySelector('input')?.focus()
            onChange(wideFilter)
          }}
        >
          {words.clear}
        </button>
      )}
    </search>
  )
}

type ChooserProps = Pick<FiltersProps, 'filter' | 'onChange'>

function SpanChoice({ filter: { span }, onChange }: ChooserProps) {
  return (
    <>
      <Choice
        label={words.span}
        options={[
          ...logSpans.map((value) => ({ value, label: words.spans[value] })),
          { value: 'custom' as const, label: text.span.custom },
        ]}
        value={isBetween(span) ? 'custom' : span}
        onChange={(chosen) => onChange({ span: chosen === 'custom' ? spanOfOwn(span, Date.now()) : chosen })}
      />
      {isBetween(span) && <SpanBounds value={span} onValue={(next) => onChange({ span: next })} />}
    </>
  )
}

const choosers = ['provider', 'model', 'key', 'token'] as const satisfies readonly (keyof Choices)[]
const everyonesChoosers = [...choosers, 'person'] as const

function Choosers({ filter, rows, names, onChange }: ChooserProps & Pick<FiltersProps, 'rows' | 'names'>) {
  const providerName = useProviderNames()
  const nameOfRows = useLogNames(names)
  const everyones = filter.whose === 'everyone'
  // Only administrators may ask who there is.
  const people = useResource(everyones ? peopleSource : nothing).data ?? []
  const known = {
    rows,
    keys: useResource(keysSource).data ?? [],
    tokens: useResource(tokensSource).data ?? [],
    pools: useResource(poolsSource).data ?? [],
    models: useResource(modelsSource).data ?? [],
    providers: useResource(providersSource).data ?? [],
    people,
  }
  const choices = choicesOf(known, filter)
  const nameOf: Record<keyof Choices, (id: string) => string> = {
    provider: providerName,
    model: (id) => id,
    key: nameOfRows.key,
    token: nameOfRows.token,
    person: (id) => nameAmong(people, id) ?? ownerName(id, names ?? {}),
  }
  return (
    <>
      {(everyones ? everyonesChoosers : choosers).map((field) => (
        <Choice
          key={field}
          label={words[field]}
          options={[{ value: '', label: words.any }, ...named(choices[field], nameOf[field])]}
          value={filter[field]}
          onChange={(id) => onChange({ [field]: id })}
        />
      ))}
    </>
  )
}

function named(ids: readonly string[], nameOf: (id: string) => string): { value: string; label: string }[] {
  const inOrder = (label: string): string => label.toLowerCase()
  return ids
    .map((id) => ({ value: id, label: nameOf(id) }))
    .toSorted((a, b) => (inOrder(a.label) < inOrder(b.label) ? -1 : 1))
}

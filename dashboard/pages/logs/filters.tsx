/** What the log is filtered by. */
import type { Log, Person } from '../../api.ts'
import { Choice } from '../../parts/choice.tsx'
import { Segments } from '../../parts/segments.tsx'
import { TypedField } from '../../parts/typed-field.tsx'
import { type LogFilter, logSpans, narrows, wideFilter } from '../../state/log-query.ts'
import { outcomes } from '../../state/log-view.ts'
import { useResource } from '../../state/resource.ts'
import { keysSource, tokensSource, useKeyNames, useProviderNames } from '../../state/sources.ts'
import { words } from '../../text/logs.ts'

interface FiltersProps {
  person: Person
  filter: LogFilter
  /** What is shown: the providers and models among them can be chosen. */
  rows: readonly Log[]
  onChange: (change: Partial<LogFilter>) => void
}

export function Filters({ person, filter, rows, onChange }: FiltersProps) {
  const keyName = useKeyNames()
  const providerName = useProviderNames()
  const keys = useResource(keysSource).data ?? []
  const tokens = useResource(tokensSource).data ?? []
  const providers = [...keys.map(({ provider }) => provider), ...rows.map(({ provider }) => provider)]
  const models = rows.map(({ model }) => model)
  return (
    <search class="filters" aria-label={words.filters}>
      <TypedField
        label={words.text}
        hint={words.textHint}
        value={filter.text}
        onValue={(text) => onChange({ text })}
      />
      <Choice
        label={words.span}
        options={logSpans.map((value) => ({ value, label: words.spans[value] }))}
        value={filter.span}
        onChange={(span) => onChange({ span })}
      />
      <AnyOf
        label={words.provider}
        ids={providers}
        nameOf={providerName}
        value={filter.provider}
        onChange={(provider) => onChange({ provider })}
      />
      <AnyOf
        label={words.model}
        ids={models}
        nameOf={(id) => id}
        value={filter.model}
        onChange={(model) => onChange({ model })}
      />
      <AnyOf
        label={words.key}
        ids={keys.map(({ id }) => id)}
        nameOf={keyName}
        value={filter.key}
        onChange={(key) => onChange({ key })}
      />
      <AnyOf
        label={words.token}
        ids={tokens.map(({ id }) => id)}
        nameOf={(id) => tokens.find((token) => token.id === id)?.name ?? id}
        value={filter.token}
        onChange={(token) => onChange({ token })}
      />
      <TypedField
        label={words.statusCode}
        hint={words.statusHint}
        value={filter.status}
        onValue={(status) => onChange({ status: status.trim() })}
      />
      <Segments
        name="outcome"
        legend={words.status}
        options={outcomes.map((value) => ({ value, label: words.statuses[value] }))}
        value={filter.outcome}
        onChange={(outcome) => onChange({ outcome })}
      />
      {person.role === 'admin' && (
        <Segments
          name="whose"
          legend={words.whose}
          options={[
            { value: 'mine', label: words.mine },
            { value: 'everyone', label: words.everyone },
          ]}
          value={filter.whose}
          onChange={(whose) => onChange({ whose })}
        />
      )}
      {narrows(filter) && (
        <button type="button" class="button small" onClick={() => onChange(wideFilter)}>
          {words.clear}
        </button>
      )}
    </search>
  )
}

interface AnyOfProps {
  label: string
  /** In any order, some more than once, some absent. */
  ids: readonly (string | null)[]
  nameOf: (id: string) => string
  value: string
  onChange: (id: string) => void
}

/** Any of what there is, or one; what the address names is among it, whether or not it is there. */
function AnyOf({ label, ids, nameOf, value, onChange }: AnyOfProps) {
  const known = new Set([value, ...ids].filter((id): id is string => Boolean(id)))
  const options = [...known]
    .map((id) => ({ value: id, label: nameOf(id) }))
    .toSorted((a, b) => a.label.localeCompare(b.label))
  return (
    <Choice
      label={label}
      options={[{ value: '', label: words.any }, ...options]}
      value={value}
      onChange={onChange}
    />
  )
}

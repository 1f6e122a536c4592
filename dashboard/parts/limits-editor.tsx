/**
 * Enters limits, each a row: so many of what, in which time. Its finer points are said in a line,
 * and opened to be changed.
 */
import {
  limitScopes,
  periods,
  type Reset,
  tokenUnits,
  type Unit,
  units,
  usualResets,
} from '../../src/domain/limits.ts'
import type { ComponentChildren } from 'preact'
import { amountBounds, type LimitEntry, resetChoices, withPeriod } from '../state/limit-form.ts'
import { words } from '../text/limits.ts'

/**
 * Whose limits they are: those of a key may be of one model, and be counted for its account or for
 * itself.
 */
type Whose = 'key' | 'token'

interface LimitsEditorProps {
  whose: Whose
  limits: readonly LimitEntry[]
  hint: string
  onChange: (limits: LimitEntry[]) => void
  /** Further ways to enter some, beside the button that adds one. */
  actions?: ComponentChildren
}

export function LimitsEditor({ whose, limits, hint, onChange, actions }: LimitsEditorProps) {
  return (
    <fieldset class="limits">
      <legend>{words.title}</legend>
      <p class="hint">{hint}</p>
      {limits.length > 0 && (
        <ul>
          {limits.map((limit, index) => (
            // Limits have no identity of their own but their place.
            <li key={index} class="limit">
              <LimitRow
                whose={whose}
                limit={limit}
                place={index + 1}
                onChange={(next) => onChange(limits.map((before, at) => (at === index ? next : before)))}
                onRemove={() => onChange(limits.filter((_, at) => at !== index))}
              />
            </li>
          ))}
        </ul>
      )}
      <div class="limits-actions">
        <button
          type="button"
          class="button small"
          onClick={() => onChange([...limits, { unit: 'requests', per: 'day', limit: '' }])}
        >
          {words.add}
        </button>
        {actions}
      </div>
    </fieldset>
  )
}

interface LimitRowProps {
  whose: Whose
  limit: LimitEntry
  place: number
  onChange: (limit: LimitEntry) => void
  onRemove: () => void
}

function LimitRow({ whose, limit, place, onChange, onRemove }: LimitRowProps) {
  return (
    <>
      <input
        type="number"
        {...amountBounds(limit.unit)}
        required
        aria-label={words.amountOf(place)}
        value={limit.limit}
        onInput={(event) => onChange({ ...limit, limit: event.currentTarget.value })}
      />
      <Select<Unit>
        label={words.unitOf(place)}
        options={whose === 'key' ? units : tokenUnits}
        write={(unit) => words.units[unit]}
        value={limit.unit}
        onChange={(unit) => onChange({ ...limit, unit })}
      />
      <Select
        label={words.periodOf(place)}
        options={periods}
        write={(per) => words.periods[per]}
        value={limit.per}
        onChange={(per) => onChange(withPeriod(limit, per))}
      />
      <button
        type="button"
        class="button small icon-button"
        aria-label={words.remove(place)}
        onClick={onRemove}
      >
        ×
      </button>
      {whose === 'key' && (
        <input
          class="limit-model"
          aria-label={words.modelOf(place)}
          placeholder={words.anyModel}
          value={limit.model ?? ''}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => {
            const { model: _model, ...forAll } = limit
            const model = event.currentTarget.value.trim()
            onChange(model ? { ...forAll, model } : forAll)
          }}
        />
      )}
      <FinerPoints whose={whose} limit={limit} place={place} onChange={onChange} />
    </>
  )
}

function FinerPoints({ whose, limit, place, onChange }: Omit<LimitRowProps, 'onRemove'>) {
  const { per, resets, scope = 'account' } = limit
  // What is usual for a token can be said; for a key its provider decides.
  const usual = whose === 'token' ? usualResets[per] : undefined
  const write = (reset: Reset | ''): string => {
    const named = reset === '' ? usual : reset
    return named === undefined ? words.asProvider : words.reset(named, per)
  }
  const said = [
    words.refills(write(resets ?? '')),
    ...(whose === 'key' ? [words.counts(words.scopes[scope])] : []),
  ]
  return (
    <details class="limit-more">
      <summary>
        <span class="visually-hidden">{words.moreOf(place)} </span>
        {said.join(', ')}
      </summary>
      <label>
        <span>{words.resets}</span>
        <Select
          options={['', ...resetChoices(limit).filter((reset) => reset !== usual)]}
          write={write}
          value={resets === undefined || resets === usual ? '' : resets}
          onChange={(reset) => {
            const { resets: _resets, ...asUsual } = limit
            onChange(reset === '' ? asUsual : { ...asUsual, resets: reset })
          }}
        />
      </label>
      {whose === 'key' && (
        <label>
          <span>{words.scope}</span>
          <Select
            options={limitScopes}
            write={(one) => words.scopes[one]}
            value={scope}
            onChange={(chosen) => onChange({ ...limit, scope: chosen })}
          />
        </label>
      )}
    </details>
  )
}

interface SelectProps<Value extends string> {
  /** Absent where a label stands around it. */
  label?: string
  options: readonly Value[]
  write: (option: Value) => string
  value: Value
  onChange: (value: Value) => void
}

function Select<Value extends string>({ label, options, write, value, onChange }: SelectProps<Value>) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => {
        const chosen = options.find((option) => option === event.currentTarget.value)
        if (chosen !== undefined) onChange(chosen)
      }}
    >
      {options.map((option) => (
        <option key={option} value={option}>
          {write(option)}
        </option>
      ))}
    </select>
  )
}

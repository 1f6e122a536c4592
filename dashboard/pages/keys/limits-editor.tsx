/** Enters the limits of a key, one by one or taken over from what is known of the provider's free tier. */
import type { Key, Provider } from '../../api.ts'
import { words } from '../../text/keys.ts'

export type Limit = NonNullable<Key['limits']>[number]
type Preset = Provider['presets'][number]

interface LimitsEditorProps {
  limits: readonly Limit[]
  presets: readonly Preset[]
  onChange: (limits: Limit[]) => void
}

export function LimitsEditor({ limits, presets, onChange }: LimitsEditorProps) {
  const put = (index: number, limit: Limit): void =>
    onChange(limits.map((before, at) => (at === index ? limit : before)))
  return (
    <fieldset class="limits">
      <legend>{words.limits}</legend>
      <p class="hint">{words.limitsHint}</p>
      <ul>
        {limits.map((limit, index) => (
          // Limits have no identity of their own but their place.
          <li key={index}>
            <LimitRow
              limit={limit}
              place={index + 1}
              onChange={(next) => put(index, next)}
              onRemove={() => onChange(limits.filter((_, at) => at !== index))}
            />
          </li>
        ))}
      </ul>
      <div class="limits-actions">
        <button
          type="button"
          class="button small"
          onClick={() => onChange([...limits, { unit: 'requests', per: 'day', limit: 100 }])}
        >
          {words.addLimit}
        </button>
        {presets.map((preset) => (
          <button
            key={preset.id}
            type="button"
            class="button small"
            onClick={() => onChange([...preset.limits])}
          >
            {words.preset(preset.name)}
          </button>
        ))}
      </div>
      {presets.map((preset) => (
        <PresetTerms key={preset.id} preset={preset} />
      ))}
    </fieldset>
  )
}

/** What a free tier is said to be, when and where, and what its provider asks for it. */
export function PresetTerms({ preset: { limits, asOf, source, terms } }: { preset: Preset }) {
  return (
    <p class="hint">
      {words.presetSays(limits.length, asOf)} {terms}{' '}
      <a href={source} target="_blank" rel="noreferrer">
        {words.presetSource}
        <span class="visually-hidden"> {words.newTab}</span>
      </a>
    </p>
  )
}

interface LimitRowProps {
  limit: Limit
  place: number
  onChange: (limit: Limit) => void
  onRemove: () => void
}

const units = ['requests', 'tokens'] as const
const spans = ['minute', 'hour', 'day', 'month'] as const

function LimitRow({ limit, place, onChange, onRemove }: LimitRowProps) {
  const named = (what: string): string => `${words.limitRow(place)}: ${what}`
  const { model: _model, ...forAll } = limit
  return (
    <div class="limit">
      <input
        type="number"
        min={1}
        required
        aria-label={named(words.limitAmount)}
        // An empty field is no number; the form asks for one before it is sent.
        value={Number.isNaN(limit.limit) ? '' : limit.limit}
        onInput={(event) => onChange({ ...limit, limit: event.currentTarget.valueAsNumber })}
      />
      <select
        aria-label={named(words.limitUnit)}
        value={limit.unit}
        onChange={(event) => onChange({ ...limit, unit: chosen(units, event.currentTarget.value) })}
      >
        {units.map((unit) => (
          <option key={unit} value={unit}>
            {words.units[unit]}
          </option>
        ))}
      </select>
      <select
        aria-label={named(words.limitPer)}
        value={limit.per}
        onChange={(event) => onChange({ ...limit, per: chosen(spans, event.currentTarget.value) })}
      >
        {spans.map((per) => (
          <option key={per} value={per}>
            {`${words.limitPer} ${words.spans[per]}`}
          </option>
        ))}
      </select>
      <input
        aria-label={named(words.limitModel)}
        placeholder={words.anyModel}
        value={limit.model ?? ''}
        spellcheck={false}
        onInput={(event) => {
          const model = event.currentTarget.value.trim()
          onChange(model ? { ...forAll, model } : forAll)
        }}
      />
      <button
        type="button"
        class="button small icon-button"
        aria-label={words.removeLimit(place)}
        onClick={onRemove}
      >
        ×
      </button>
    </div>
  )
}

function chosen<Choice extends string>(choices: readonly [Choice, ...Choice[]], value: string): Choice {
  return choices.find((choice) => choice === value) ?? choices[0]
}

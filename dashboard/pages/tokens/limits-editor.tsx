/** The limits of a token, each a row: so many of what, in which time. */
import { limitPeriods, limitUnits, type LimitEntry } from '../../state/token-form.ts'
import { words } from '../../text/tokens.ts'

interface LimitsEditorProps {
  limits: readonly LimitEntry[]
  onChange: (limits: LimitEntry[]) => void
}

export function LimitsEditor({ limits, onChange }: LimitsEditorProps) {
  const put = (index: number, change: Partial<LimitEntry>): void =>
    onChange(limits.map((limit, at) => (at === index ? { ...limit, ...change } : limit)))
  return (
    <fieldset class="limits">
      <legend>{words.limits}</legend>
      {limits.map((limit, index) => (
        <div key={index} class="limit">
          <input
            type="number"
            min={1}
            step={1}
            required
            aria-label={words.limitOf(index + 1)}
            value={limit.limit}
            onInput={(event) => put(index, { limit: event.currentTarget.value })}
          />
          <select
            aria-label={words.unitOf(index + 1)}
            value={limit.unit}
            onChange={(event) =>
              put(index, { unit: event.currentTarget.value === 'tokens' ? 'tokens' : 'requests' })
            }
          >
            {limitUnits.map((unit) => (
              <option key={unit} value={unit}>
                {words.units[unit]}
              </option>
            ))}
          </select>
          <select
            aria-label={words.periodOf(index + 1)}
            value={limit.per}
            onChange={(event) => {
              const per = limitPeriods.find((period) => period === event.currentTarget.value)
              if (per) onChange(limits.map((one, at) => (at === index ? withPeriod(one, per) : one)))
            }}
          >
            {limitPeriods.map((per) => (
              <option key={per} value={per}>
                {words.periods[per]}
              </option>
            ))}
          </select>
          <button
            type="button"
            class="button small"
            aria-label={words.removeLimit(index + 1)}
            onClick={() => onChange(limits.filter((_, at) => at !== index))}
          >
            {words.remove}
          </button>
        </div>
      ))}
      <button
        type="button"
        class="button small"
        onClick={() => onChange([...limits, { unit: 'requests', per: 'day', limit: '' }])}
      >
        {words.addLimit}
      </button>
      <p class="hint">{words.limitsHint}</p>
    </fieldset>
  )
}

/** How it resets belongs to its period: with another one the rule of that one holds. */
function withPeriod({ unit, limit }: LimitEntry, per: LimitEntry['per']): LimitEntry {
  return { unit, limit, per }
}

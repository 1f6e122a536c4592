/** Chooses a route or a model to ask. */
import type { ApiError, Model } from '../../api.ts'
import { Field } from '../../parts/field.tsx'
import { useProviderNames } from '../../state/sources.ts'
import { words } from '../../text/playground.ts'

interface ModelFieldProps {
  label: string
  models: readonly Model[]
  model: string
  error: ApiError | undefined
  hint: string | undefined
  onChange: (model: string) => void
  /** Absent for the one that always is. */
  onRemove?: () => void
}

export function ModelField({ label, models, model, error, hint, onChange, onRemove }: ModelFieldProps) {
  const nameOf = useProviderNames()
  const groups = Map.groupBy(models, ({ owned_by: owner }) => owner)
  return (
    <div class="model">
      <Field label={label} name="model" error={error} hint={hint}>
        {(control) => (
          <select {...control} value={model} onChange={(event) => onChange(event.currentTarget.value)}>
            {[...groups].map(([owner, group]) => (
              <optgroup key={owner} label={owner === 'hub' ? words.routes : words.modelsOf(nameOf(owner))}>
                {group.map(({ id }) => (
                  <option key={id} value={id}>
                    {id}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        )}
      </Field>
      {onRemove && (
        <button type="button" class="button small" aria-label={words.removeModel(model)} onClick={onRemove}>
          {words.remove}
        </button>
      )}
    </div>
  )
}

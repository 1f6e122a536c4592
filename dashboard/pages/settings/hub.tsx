/** The settings of the whole hub. */
import { strategies, strategyNames } from '../../../src/domain/strategies.ts'
import { useState } from 'preact/hooks'
import { api, ApiError, ask, type Settings } from '../../api.ts'
import { Card } from '../../parts/card.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../../parts/field.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { useResource } from '../../state/resource.ts'
import { settingsSource } from '../../state/sources.ts'
import { words } from '../../text/settings.ts'

export function HubCard() {
  const settings = useResource(settingsSource)
  return (
    <Card title={words.hub}>
      <ResourceView resource={settings}>
        {(data) => <HubForm settings={data} onSaved={settings.reload} />}
      </ResourceView>
    </Card>
  )
}

const fields = ['registration', 'openAccessPerMinute', 'logRetentionDays', 'corsOrigins', 'defaultStrategy']

function HubForm({ settings, onSaved }: { settings: Settings; onSaved: () => Promise<void> }) {
  const announce = useAnnounce()
  const [open, setOpen] = useState(settings.openAccess)
  const save = useAction(async (form: HTMLFormElement) => {
    await ask(api.api.settings.$patch({ json: readSettings(form) }))
    announce(words.hubSaved)
    await onSaved()
  })
  const { error } = save
  const originError = ofOrigins(error)
  return (
    <form class="narrow" onSubmit={onSubmit(save.run)}>
      <Field label={words.registration} name="registration" error={error}>
        {(control) => (
          <select {...control}>
            {(['closed', 'open'] as const).map((value) => (
              <option key={value} value={value} selected={settings.registration === value}>
                {words.registrations[value]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Check
        name="openAccess"
        label={words.openAccess}
        hint={words.openAccessHint}
        checked={settings.openAccess}
        onChange={setOpen}
      />
      {open && (
        <NumberField
          label={words.openAccessPerMinute}
          name="openAccessPerMinute"
          max={1_000}
          value={settings.openAccessPerMinute}
          error={error}
        />
      )}
      <NumberField
        label={words.retention}
        name="logRetentionDays"
        hint={words.retentionHint}
        max={3_650}
        value={settings.logRetentionDays}
        error={error}
      />
      <Check
        name="exposeServedBy"
        label={words.expose}
        hint={words.exposeHint}
        checked={settings.exposeServedBy}
      />
      <Field label={words.cors} name="corsOrigins" hint={words.corsHint} error={originError}>
        {(control) => (
          <textarea {...control} rows={2} spellcheck={false} defaultValue={settings.corsOrigins.join('\n')} />
        )}
      </Field>
      <Field label={words.strategy} name="defaultStrategy" hint={words.strategyHint} error={error}>
        {(control) => (
          <select {...control}>
            <option value="" selected={settings.defaultStrategy === null}>
              {words.noStrategy}
            </option>
            {Object.entries(strategies).map(([value, { label, sentence }]) => (
              <option
                key={value}
                value={value}
                title={sentence}
                selected={settings.defaultStrategy === value}
              >
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <ErrorNotice error={originError ? undefined : error} fields={fields} />
      <button class="button primary" aria-disabled={save.busy}>
        {words.save}
      </button>
    </form>
  )
}

/**
 * The hub names the one origin that is wrong, `corsOrigins[1]`; they are all entered into one
 * field.
 */
function ofOrigins(error: ApiError | undefined): ApiError | undefined {
  if (!error?.param?.startsWith('corsOrigins')) return undefined
  return new ApiError(error.code, error.message, { param: 'corsOrigins' })
}

function readSettings(form: HTMLFormElement) {
  const perMinute = valueOf(form, 'openAccessPerMinute')
  const chosenStrategy = valueOf(form, 'defaultStrategy')
  return {
    registration: valueOf(form, 'registration') === 'open' ? ('open' as const) : ('closed' as const),
    openAccess: valueOf(form, 'openAccess') === 'on',
    ...(perMinute && { openAccessPerMinute: Number(perMinute) }),
    logRetentionDays: Number(valueOf(form, 'logRetentionDays')),
    exposeServedBy: valueOf(form, 'exposeServedBy') === 'on',
    corsOrigins: valueOf(form, 'corsOrigins')
      .split(/[\s,]+/)
      .filter((origin) => origin !== ''),
    defaultStrategy: strategyNames.find((name) => name === chosenStrategy) ?? null,
  }
}

interface NumberFieldProps {
  label: string
  name: string
  hint?: string
  max: number
  value: number
  error: ApiError | undefined
}

function NumberField({ label, name, hint, max, value, error }: NumberFieldProps) {
  return (
    <Field label={label} name={name} hint={hint} error={error}>
      {(control) => <input {...control} type="number" required min={1} max={max} defaultValue={value} />}
    </Field>
  )
}

interface CheckProps {
  name: string
  label: string
  hint: string
  checked: boolean
  onChange?: (checked: boolean) => void
}

function Check({ name, label, hint, checked, onChange }: CheckProps) {
  return (
    <div class="field">
      <label class="check">
        <input
          type="checkbox"
          name={name}
          defaultChecked={checked}
          onChange={(event) => onChange?.(event.currentTarget.checked)}
        />
        {label}
      </label>
      <p class="hint">{hint}</p>
    </div>
  )
}

/**
 * Changes a key: its name, priority, limits and secret. Sends only the changed fields.
 */
import { useState } from 'preact/hooks'
import { api, ask, type Key } from '../../api.ts'
import { Field } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { LimitsEditor } from '../../parts/limits-editor.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { type KeyChange, readKeyChange } from '../../state/key-form.ts'
import { limitEntriesOf } from '../../state/limit-form.ts'
import { refresh, useResource } from '../../state/resource.ts'
import { accountsSource, keysChanged, providersSource } from '../../state/sources.ts'
import { words } from '../../text/keys.ts'
import { words as shareWords } from '../../text/shares.ts'
import { PresetTerms } from './preset-terms.tsx'

interface EditKeyProps {
  item: Key
  /** Only an administrator shares keys with everyone. */
  mayShare: boolean
  /** Makes an account for this key and others. */
  onGroup: () => void
  onClosed: () => void
}

const fields = [
  'name',
  'note',
  'priority',
  'weight',
  'maxConcurrent',
  'account',
  'defaultModel',
  'allowedModels',
  'apiKey',
  'reserve',
]

export function EditKeyDialog({ item, mayShare, onGroup, onClosed }: EditKeyProps) {
  const [limits, setLimits] = useState(() => limitEntriesOf(item.limits))
  const provider = useResource(providersSource).data?.find(({ id }) => id === item.provider)
  const accounts = useResource(accountsSource).data?.filter((account) => account.provider === item.provider)
  const announce = useAnnounce()
  // Other users cannot use a provider that is not the hub's.
  const isOwnProvider = provider?.kind === 'custom' && provider.scope === 'user'
  const store = async (json: KeyChange): Promise<void> => {
    if (Object.keys(json).length === 0) return
    const key = await ask(api.api.keys[':id'].$patch({ param: { id: item.id }, json }))
    announce(words.saved(key.masked))
    await Promise.all([keysChanged(), refresh(accountsSource)])
  }
  const save = useAction(async (form: HTMLFormElement, close: () => void) => {
    const data = new FormData(form)
    const { shared, ...others } = readKeyChange(item, data, { limits, mayShare })
    const sharing = shared === undefined ? {} : { shared }
    if (data.has('hub')) {
      // The hub refuses to share the key before its provider. Sharing the provider can’t be undone,
      // so the hub checks all other fields first.
      await store(others)
      await ask(api.api.providers[':id'].$patch({ param: { id: item.provider }, json: { scope: 'hub' } }))
      await refresh(providersSource)
      await store(sharing)
    } else await store({ ...others, ...sharing })
    close()
  })
  const { error } = save
  return (
    <FormDialog
      title={words.editTitle(item.masked)}
      submit={words.save}
      action={save}
      fields={fields}
      onClosed={onClosed}
    >
      {(close) => (
        <>
          <Field label={words.name} name="name" optional error={error}>
            {(control) => <input {...control} defaultValue={item.name ?? ''} autocomplete="off" />}
          </Field>
          <Field label={words.note} name="note" optional error={error}>
            {(control) => <textarea {...control} rows={2} defaultValue={item.note ?? ''} />}
          </Field>
          <div class="field-row">
            <Field label={words.priority} name="priority" hint={words.priorityHint} error={error}>
              {(control) => (
                <input {...control} type="number" min={1} required defaultValue={String(item.priority)} />
              )}
            </Field>
            <Field label={words.weight} name="weight" hint={words.weightHint} error={error}>
              {(control) => (
                <input {...control} type="number" min={1} required defaultValue={String(item.weight)} />
              )}
            </Field>
            <Field
              label={words.maxConcurrent}
              name="maxConcurrent"
              hint={words.maxConcurrentHint}
              error={error}
            >
              {(control) => (
                <input {...control} type="number" min={1} defaultValue={String(item.maxConcurrent ?? '')} />
              )}
            </Field>
          </div>
          <Field
            label={words.defaultModel}
            name="defaultModel"
            optional
            hint={words.defaultModelHint}
            error={error}
          >
            {(control) => (
              <input
                {...control}
                defaultValue={item.defaultModel ?? ''}
                placeholder={provider?.defaultModel}
                spellcheck={false}
              />
            )}
          </Field>
          <Field
            label={words.allowedModels}
            name="allowedModels"
            optional
            hint={words.allowedModelsHint}
            error={error}
          >
            {(control) => (
              <textarea
                {...control}
                rows={2}
                spellcheck={false}
                defaultValue={item.allowedModels?.join('\n') ?? ''}
              />
            )}
          </Field>
          {accounts && (
            <Field
              label={words.account}
              name="account"
              hint={
                <>
                  {words.accountHint}{' '}
                  <button
                    type="button"
                    class="linkish"
                    onClick={() => {
                      close()
                      onGroup()
                    }}
                  >
                    {words.groupInto}
                  </button>
                </>
              }
              error={error}
            >
              {(control) => (
                <select {...control}>
                  {!accounts.some(({ id }) => id === item.account) && (
                    <option value={item.account} selected>
                      {words.ownAccount}
                    </option>
                  )}
                  {accounts.some(({ id }) => id === item.account) && (
                    <option value="">{words.ownAccount}</option>
                  )}
                  {accounts.map(({ id, name }) => (
                    <option key={id} value={id} selected={id === item.account}>
                      {name}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
          <LimitsEditor
            whose="key"
            limits={limits}
            hint={words.limitsHint}
            onChange={setLimits}
            actions={provider?.presets.map((preset) => (
              <button
                key={preset.id}
                type="button"
                class="button small"
                onClick={() => setLimits(limitEntriesOf(preset.limits))}
              >
                {words.preset(preset.name)}
              </button>
            ))}
          />
          {provider?.presets.map((preset) => (
            <div key={preset.id} class="offer">
              <PresetTerms preset={preset} />
            </div>
          ))}
          <Field label={words.secret} name="apiKey" optional hint={words.secretHint} error={error}>
            {(control) => <input {...control} type="password" autocomplete="off" spellcheck={false} />}
          </Field>
          <label class="check">
            <input type="checkbox" name="enabled" defaultChecked={item.enabled} /> {words.isEnabled}
          </label>
          <label class="check">
            <input type="checkbox" name="free" defaultChecked={item.free} /> {words.isFree}
          </label>
          {mayShare && (
            <label class="check">
              <input
                type="checkbox"
                name="shared"
                defaultChecked={item.shared}
                onChange={({ currentTarget: { form, checked } }) => {
                  const hub = form?.elements.namedItem('hub')
                  if (hub instanceof HTMLInputElement) hub.checked = checked
                }}
              />{' '}
              {words.isShared}
            </label>
          )}
          {mayShare && isOwnProvider && (
            <label class="check">
              <input type="checkbox" name="hub" /> {words.sharesProvider(provider.name)}
            </label>
          )}
          {mayShare && (
            <Field
              label={shareWords.reserve}
              name="reserve"
              optional
              hint={shareWords.reserveHint}
              error={error}
            >
              {(control) => (
                <input {...control} defaultValue={String(item.reserve ?? '')} autocomplete="off" />
              )}
            </Field>
          )}
        </>
      )}
    </FormDialog>
  )
}

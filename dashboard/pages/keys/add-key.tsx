/**
 * Enters a provider key. Whose it is shows by its shape; its provider's free tier is offered as
 * limits, and never entered unasked.
 */
import { useState } from 'preact/hooks'
import { recogniseKey } from '../../../src/providers/recognise.ts'
import { api, ask, type Key } from '../../api.ts'
import { Field, valueOf } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { ProviderOptions } from '../../parts/provider-options.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { useResource } from '../../state/resource.ts'
import { keysChanged, providersSource } from '../../state/sources.ts'
import { words } from '../../text/keys.ts'
import { PresetTerms } from './preset-terms.tsx'

interface AddKeyProps {
  /** Called when it is there: it is then tested. */
  onAdded: (key: Key) => void
  onClosed: () => void
}

export function AddKeyDialog({ onAdded, onClosed }: AddKeyProps) {
  const known = useResource(providersSource)
  const providers = known.data ?? []
  const [chosen, setChosen] = useState<string>()
  const [byHand, setByHand] = useState(false)
  const [typed, setTyped] = useState('')
  const [taken, setTaken] = useState<string>()
  const provider = providers.find(({ id }) => id === chosen) ?? providers[0]
  const announce = useAnnounce()
  const add = useAction(async (form: HTMLFormElement, close: () => void) => {
    const preset = provider?.presets.find(({ id }) => id === taken)
    const name = valueOf(form, 'name').trim()
    const json = {
      provider: provider?.id ?? '',
      apiKey: valueOf(form, 'apiKey').trim(),
      ...(name && { name }),
      // A key with the limits of a free tier is free.
      ...(preset && { limits: preset.limits, free: true }),
    }
    const key = await ask(api.api.keys.$post({ json }))
    close()
    announce(words.added(key.masked))
    await keysChanged()
    onAdded(key)
  })
  /** Detects the provider by the key, until the user chooses one. */
  const recognise = (entered: string): void => {
    setTyped(entered)
    const shape = recogniseKey(entered)
    if (byHand) return
    if (shape.type === 'known') setChosen(shape.provider)
    if (shape.type === 'ambiguous') setChosen(shape.providers[0])
  }
  const { error } = add

  return (
    <FormDialog
      title={words.add}
      submit={words.submit}
      action={add}
      fields={['provider', 'apiKey', 'name']}
      onClosed={onClosed}
    >
      <Field
        label={words.provider}
        name="provider"
        error={error ?? known.error}
        hint={
          provider?.keysUrl && (
            <a href={provider.keysUrl} target="_blank" rel="noreferrer">
              {words.keysUrl(provider.name)}
              <span class="visually-hidden"> {words.newTab}</span>
            </a>
          )
        }
      >
        {(control) => (
          <select
            {...control}
            value={provider?.id}
            onChange={(event) => {
              setByHand(true)
              setChosen(event.currentTarget.value)
            }}
          >
            <ProviderOptions providers={providers} />
          </select>
        )}
      </Field>
      <Field
        label={words.apiKey}
        name="apiKey"
        error={error}
        hint={provider?.id === 'sandbox' ? words.sandboxKeyHint : (shapeWords(typed) ?? words.apiKeyHint)}
      >
        {(control) => (
          <input
            {...control}
            type="password"
            required
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => recognise(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={words.name} name="name" optional error={error} hint={words.nameHint}>
        {(control) => <input {...control} autocomplete="off" />}
      </Field>
      {provider?.presets.map((preset) => (
        <div key={preset.id} class="offer">
          <label class="check">
            <input
              type="checkbox"
              checked={taken === preset.id}
              onChange={(event) => setTaken(event.currentTarget.checked ? preset.id : undefined)}
            />{' '}
            {words.presetOffer(preset.name, preset.limits.length)}
          </label>
          <PresetTerms preset={preset} />
        </div>
      ))}
    </FormDialog>
  )
}

/** What the shape of a key tells, where it tells anything. */
function shapeWords(typed: string): string | undefined {
  const shape = recogniseKey(typed)
  switch (shape.type) {
    case 'known':
      return words.recognised(shape.because)
    case 'ambiguous':
      return words.ambiguous(shape.because)
    case 'unusable':
      return words.unusable(shape.because)
    case 'unknown':
      return undefined
  }
}

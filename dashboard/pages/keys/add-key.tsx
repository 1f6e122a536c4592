/** Enters a provider key. */
import { useState } from 'preact/hooks'
import { api, ask } from '../../api.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../../parts/field.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { useResource } from '../../state/resource.ts'
import { keysChanged, providersSource } from '../../state/sources.ts'
import { text } from '../../text.ts'
import { words } from '../../text/keys.ts'

export function AddKeyDialog({ onClosed }: { onClosed: () => void }) {
  const known = useResource(providersSource)
  const providers = known.data ?? []
  const [chosen, setChosen] = useState<string>()
  const provider = providers.find(({ id }) => id === chosen) ?? providers[0]
  const announce = useAnnounce()
  const add = useAction(async (form: HTMLFormElement, close: () => void) => {
    const name = valueOf(form, 'name').trim()
    const json = {
      provider: provider?.id ?? '',
      apiKey: valueOf(form, 'apiKey').trim(),
      ...(name && { name }),
    }
    const key = await ask(api.api.keys.$post({ json }))
    close()
    announce(words.added(key.masked))
    await keysChanged()
  })
  const { error } = add

  return (
    <Dialog title={words.add} onClosed={onClosed}>
      {(close) => (
        <form onSubmit={onSubmit((form) => add.run(form, close))}>
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
                onChange={(event) => setChosen(event.currentTarget.value)}
              >
                {providers.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field
            label={words.apiKey}
            name="apiKey"
            error={error}
            hint={provider?.id === 'sandbox' ? words.sandboxKeyHint : words.apiKeyHint}
          >
            {(control) => (
              <input {...control} type="password" required autocomplete="off" spellcheck={false} />
            )}
          </Field>
          <Field label={words.name} name="name" optional error={error} hint={words.nameHint}>
            {(control) => <input {...control} autocomplete="off" />}
          </Field>
          <ErrorNotice error={error} fields={['provider', 'apiKey', 'name']} />
          <div class="actions">
            <button type="button" class="button" onClick={close}>
              {text.cancel}
            </button>
            <button class="button primary" aria-disabled={add.busy}>
              {words.submit}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  )
}

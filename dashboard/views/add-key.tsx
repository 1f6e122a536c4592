/** Enters a provider key. */
import { useState } from 'preact/hooks'
import { api, ask } from '../api.ts'
import { Dialog } from '../parts/dialog.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../parts/field.tsx'
import { useAction } from '../state/action.ts'
import { useAnnounce } from '../state/announce.ts'
import type { Home } from '../state/home.ts'
import { text } from '../text.ts'

export function AddKeyDialog({ home, onClosed }: { home: Home; onClosed: () => void }) {
  const providers = home.providers.data ?? []
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
    announce(text.keys.added(key.masked))
    await home.keysChanged()
  })
  const { error } = add

  return (
    <Dialog title={text.keys.add} onClosed={onClosed}>
      {(close) => (
        <form onSubmit={onSubmit((form) => add.run(form, close))}>
          <Field
            label={text.keys.provider}
            name="provider"
            error={error ?? home.providers.error}
            hint={
              provider?.keysUrl && (
                <a href={provider.keysUrl} target="_blank" rel="noreferrer">
                  {text.keys.keysUrl(provider.name)}
                  <span class="visually-hidden"> {text.keys.newTab}</span>
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
            label={text.keys.apiKey}
            name="apiKey"
            error={error}
            hint={provider?.id === 'sandbox' ? text.keys.sandboxKeyHint : text.keys.apiKeyHint}
          >
            {(control) => (
              <input {...control} type="password" required autocomplete="off" spellcheck={false} />
            )}
          </Field>
          <Field label={text.keys.name} name="name" optional error={error} hint={text.keys.nameHint}>
            {(control) => <input {...control} autocomplete="off" />}
          </Field>
          <ErrorNotice error={error} fields={['provider', 'apiKey', 'name']} />
          <div class="actions">
            <button type="button" class="button" onClick={close}>
              {text.cancel}
            </button>
            <button class="button primary" aria-disabled={add.busy}>
              {text.keys.submit}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  )
}

/** Adds a provider with an address of its own, or changes one. */
import { api, ApiError, ask, type Provider } from '../../api.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../../parts/field.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { LineError, type ListedModels, readModels, writeModels } from '../../state/provider-form.ts'
import { refresh } from '../../state/resource.ts'
import { modelsSource, providersSource } from '../../state/sources.ts'
import { text } from '../../text.ts'
import { words } from '../../text/providers.ts'

interface ProviderDialogProps {
  /** Absent where one is added. */
  provider?: Provider
  mayShare: boolean
  onClosed: () => void
}

const dialects = ['openai-chat', 'openai-responses', 'anthropic', 'gemini'] as const
const fields = ['id', 'name', 'baseUrl', 'dialect', 'models']

export function ProviderDialog({ provider, mayShare, onClosed }: ProviderDialogProps) {
  const announce = useAnnounce()
  const save = useAction(async (form: HTMLFormElement, close: () => void) => {
    const name = valueOf(form, 'name').trim()
    const baseUrl = valueOf(form, 'baseUrl').trim()
    const listed = readListed(valueOf(form, 'models'), provider)
    if (provider) {
      // An address that is sent counts as a new one, also where it is the same.
      const moved = baseUrl !== addressOf(provider) && { baseUrl }
      const json = { name, ...moved, ...listed }
      await ask(api.api.providers[':id'].$patch({ param: { id: provider.id }, json }))
    } else {
      const dialect = dialects.find((one) => one === valueOf(form, 'dialect')) ?? 'openai-chat'
      const query = new FormData(form).has('hub') ? { scope: 'hub' as const } : {}
      const json = { id: valueOf(form, 'id').trim(), name, baseUrl, dialect, ...listed }
      await ask(api.api.providers.$post({ query, json }))
    }
    close()
    announce(words.saved(name))
    await Promise.all([refresh(providersSource), refresh(modelsSource)])
  })
  const { error } = save
  return (
    <Dialog title={provider ? words.editTitle(provider.name) : words.add} onClosed={onClosed}>
      {(close) => (
        <form onSubmit={onSubmit((form) => save.run(form, close))}>
          {!provider && (
            <Field label={words.id} name="id" hint={words.idHint} error={error}>
              {(control) => <input {...control} required autofocus autocomplete="off" spellcheck={false} />}
            </Field>
          )}
          <Field label={words.name} name="name" error={error}>
            {(control) => (
              <input {...control} required autocomplete="off" defaultValue={provider?.name ?? ''} />
            )}
          </Field>
          <Field
            label={words.baseUrl}
            name="baseUrl"
            hint={provider ? words.otherHost : words.baseUrlHint}
            error={error}
          >
            {(control) => (
              <input
                {...control}
                type="url"
                required
                spellcheck={false}
                defaultValue={provider ? addressOf(provider) : ''}
              />
            )}
          </Field>
          {!provider && (
            <Field label={words.dialect} name="dialect" error={error}>
              {(control) => (
                <select {...control}>
                  {dialects.map((dialect) => (
                    <option key={dialect} value={dialect}>
                      {words.dialects[dialect]}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
          <Field label={words.modelList} name="models" optional hint={words.modelListHint} error={error}>
            {(control) => (
              <textarea
                {...control}
                rows={4}
                spellcheck={false}
                defaultValue={provider ? writeModels(provider.models, provider.prices) : ''}
              />
            )}
          </Field>
          {!provider && mayShare && (
            <label class="check">
              <input type="checkbox" name="hub" /> {words.forHub}
            </label>
          )}
          <ErrorNotice error={error} fields={fields} />
          <div class="actions">
            <button type="button" class="button" onClick={close}>
              {text.cancel}
            </button>
            <button class="button primary" aria-disabled={save.busy}>
              {words.save}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  )
}

function addressOf({ dialects: spoken }: Provider): string {
  return Object.values(spoken)[0] ?? ''
}

/** @throws {ApiError} for the field, as the hub would. */
function readListed(written: string, provider: Provider | undefined): ListedModels {
  try {
    return readModels(written, provider?.prices ?? null)
  } catch (thrown) {
    if (thrown instanceof LineError)
      throw new ApiError('VALIDATION_ERROR', words.badPrice(thrown.line), { param: 'models' })
    throw thrown
  }
}

/** Adds a provider with an address of its own, or changes one. */
import { providerChatDialects, providerDialects } from '../../../src/domain/dialects.ts'
import { api, ApiError, ask, type Provider } from '../../api.ts'
import { Field, valueOf } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import {
  LineError,
  readDetails,
  readDialects,
  readHeaders,
  readModels,
  writeDetails,
  writeDialects,
  writeModels,
} from '../../state/provider-form.ts'
import { refresh } from '../../state/resource.ts'
import { modelsSource, providersSource } from '../../state/sources.ts'
import { words } from '../../text/providers.ts'
import { LocalServerField } from './local-server-field.tsx'
import { TryAddress } from './try-address.tsx'

interface ProviderDialogProps {
  /** Absent where one is added. */
  provider?: Provider
  mayShare: boolean
  onClosed: () => void
}

const fields = ['id', 'name', 'baseUrl', 'dialect', 'models', 'headers', 'dialects', 'modelDetails']

export function ProviderDialog({ provider, mayShare, onClosed }: ProviderDialogProps) {
  const announce = useAnnounce()
  const dialectsNow = writeDialects(provider?.dialects ?? {})
  const detailsNow = writeDetails(provider?.modelDetails ?? null)
  const save = useAction(async (form: HTMLFormElement, close: () => void) => {
    const name = valueOf(form, 'name').trim()
    const baseUrl = valueOf(form, 'baseUrl').trim()
    const listed = readField('models', words.badPrice, () =>
      readModels(valueOf(form, 'models'), provider?.prices ?? null),
    )
    const headers = readField('headers', words.badHeader, () => readHeaders(valueOf(form, 'headers')))
    const dialectLines = valueOf(form, 'dialects')
    const detailLines = valueOf(form, 'modelDetails')
    const ticked = (field: string): boolean => new FormData(form).has(field)
    const told = {
      name,
      ...listed,
      key: ticked('keyless') ? ('none' as const) : ('needed' as const),
      ...((Object.keys(headers).length > 0 || ticked('noHeaders')) && { headers }),
      // Unchanged formats are not sent, so that the hub drops them if the base URL changes.
      ...(dialectLines !== dialectsNow && {
        dialects: readField('dialects', words.badDialect, () => readDialects(dialectLines, providerDialects)),
      }),
      // Unchanged capabilities are not sent. Those that this form cannot show stay as they are.
      ...(detailLines !== detailsNow && {
        modelDetails: readField('modelDetails', words.badDetail, () => readDetails(detailLines)),
      }),
    }
    let droppedHeaders: string[] = []
    if (provider) {
      // An address that is sent counts as a new one, also where it is the same.
      const moved = baseUrl !== addressOf(provider) && { baseUrl }
      const json = { ...told, ...moved, ...(ticked('hub') && { scope: 'hub' as const }) }
      const changed = await ask(api.api.providers[':id'].$patch({ param: { id: provider.id }, json }))
      droppedHeaders = changed.droppedHeaders
    } else {
      const dialect = providerChatDialects.find((one) => one === valueOf(form, 'dialect')) ?? 'openai-chat'
      const query = ticked('hub') ? { scope: 'hub' as const } : {}
      const json = { id: valueOf(form, 'id').trim(), baseUrl, dialect, ...told }
      await ask(api.api.providers.$post({ query, json }))
    }
    close()
    announce(droppedHeaders.length > 0 ? words.savedWithout(name, droppedHeaders) : words.saved(name))
    await Promise.all([refresh(providersSource), refresh(modelsSource)])
  })
  const { error } = save
  const headersNow = provider?.headerNames ?? []
  const isMoreOpen =
    dialectsNow !== '' || detailsNow !== '' || ['dialects', 'modelDetails'].includes(error?.param ?? '')
  return (
    <FormDialog
      title={provider ? words.editTitle(provider.name) : words.add}
      submit={words.save}
      action={save}
      fields={fields}
      onClosed={onClosed}
    >
      {!provider && <LocalServerField />}
      {!provider && (
        <Field label={words.id} name="id" hint={words.idHint} error={error}>
          {(control) => <input {...control} required autofocus autocomplete="off" spellcheck={false} />}
        </Field>
      )}
      <Field label={words.name} name="name" error={error}>
        {(control) => <input {...control} required autocomplete="off" defaultValue={provider?.name ?? ''} />}
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
              {providerChatDialects.map((dialect) => (
                <option key={dialect} value={dialect}>
                  {words.dialects[dialect]}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <label class="check">
        <input type="checkbox" name="keyless" defaultChecked={provider?.key === 'none'} /> {words.keyless}
      </label>
      <TryAddress dialect={provider && Object.keys(provider.dialects)[0]} />
      <Field label={words.modelList} name="models" optional hint={words.modelListHint} error={error}>
        {(control) => (
          <textarea
            {...control}
            rows={4}
            spellcheck={false}
            defaultValue={provider ? writeModels(provider.namedModels, provider.prices) : ''}
          />
        )}
      </Field>
      <Field
        label={words.headers}
        name="headers"
        optional
        hint={headersNow.length > 0 ? words.headersNow(headersNow) : words.headersHint}
        error={error}
      >
        {(control) => <textarea {...control} rows={2} spellcheck={false} autocomplete="off" />}
      </Field>
      {headersNow.length > 0 && (
        <label class="check">
          <input type="checkbox" name="noHeaders" /> {words.noHeaders}
        </label>
      )}
      <details class="more" open={isMoreOpen}>
        <summary>{words.more}</summary>
        <Field label={words.furtherDialects} name="dialects" optional hint={words.furtherHint} error={error}>
          {(control) => <textarea {...control} rows={2} spellcheck={false} defaultValue={dialectsNow} />}
        </Field>
        <Field label={words.details} name="modelDetails" optional hint={words.detailsHint} error={error}>
          {(control) => <textarea {...control} rows={3} spellcheck={false} defaultValue={detailsNow} />}
        </Field>
      </details>
      {(!provider || provider.scope === 'user') && mayShare && (
        <label class="check">
          <input type="checkbox" name="hub" /> {words.forHub}
        </label>
      )}
    </FormDialog>
  )
}

function addressOf({ dialects: spoken }: Provider): string {
  return Object.values(spoken)[0] ?? ''
}

/**
 * What was written into a field, line by line.
 * @throws {ApiError} for the field, as the hub would.
 */
function readField<Read>(param: string, wrong: (line: string) => string, read: () => Read): Read {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof LineError) throw new ApiError('VALIDATION_ERROR', wrong(thrown.line), { param })
    throw thrown
  }
}

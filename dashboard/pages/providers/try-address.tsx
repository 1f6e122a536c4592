/** Asks the server of a form for its models before it is saved, and says what came of it. */
import { useState } from 'preact/hooks'
import { api, ask } from '../../api.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Field, valueOf } from '../../parts/field.tsx'
import { useAction } from '../../state/action.ts'
import { words } from '../../text/providers.ts'

type Dialect = keyof typeof words.dialects

/** @param dialect absent where the form has a field for it. */
export function TryAddress({ dialect }: { dialect?: string | undefined }) {
  const [said, setSaid] = useState<string>()
  const look = useAction(async (form: HTMLFormElement) => {
    setSaid(undefined)
    const apiKey = valueOf(form, 'tryKey').trim()
    const json = {
      baseUrl: valueOf(form, 'baseUrl').trim(),
      // The options of the field, and what is stored, are dialects.
      dialect: (dialect ?? valueOf(form, 'dialect')) as Dialect,
      ...(apiKey !== '' && { apiKey }),
    }
    const { ok, message, models } = await ask(api.api.providers.test.$post({ json }))
    setSaid(ok ? words.tried(models) : message)
  })
  return (
    <fieldset class="try-address">
      <legend>{words.tryTitle}</legend>
      <Field label={words.tryKey} name="tryKey" optional error={undefined}>
        {(control) => <input {...control} type="password" autocomplete="off" spellcheck={false} />}
      </Field>
      <button
        type="button"
        class="button"
        aria-disabled={look.busy}
        onClick={({ currentTarget: { form } }) => form && look.run(form)}
      >
        {words.try}
      </button>
      <p role="status">{said}</p>
      <ErrorNotice error={look.error} />
    </fieldset>
  )
}

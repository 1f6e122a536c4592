/** Fills the form of a new provider for a server that people run themselves. */
import { api, ask } from '../../api.ts'
import { Field } from '../../parts/field.tsx'
import { type Source, useResource } from '../../state/resource.ts'
import { words } from '../../text/providers.ts'

type Server = Awaited<ReturnType<typeof readServers>>[number]

const readServers = async () => (await ask(api.api.providers.presets.$get())).data

const source: Source<Server[]> = { name: 'local-servers', load: readServers }

export function LocalServerField() {
  const servers = useResource(source).data ?? []
  return (
    <Field
      label={words.localServer}
      name="localServer"
      optional
      hint={words.localServerHint}
      error={undefined}
    >
      {(control) => (
        <select
          {...control}
          onChange={({ currentTarget: { form, value } }) => {
            const server = servers.find(({ id }) => id === value)
            if (form && server) fill(form, server)
          }}
        >
          <option value="">{words.noLocalServer}</option>
          {servers.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

function fill(form: HTMLFormElement, { id, name, baseUrl, dialect }: Server): void {
  for (const [field, value] of Object.entries({ id, name, baseUrl, dialect })) {
    const control = form.elements.namedItem(field)
    if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) control.value = value
  }
  const keyless = form.elements.namedItem('keyless')
  if (keyless instanceof HTMLInputElement) keyless.checked = true
}

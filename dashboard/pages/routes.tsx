/** Routes: their names, their targets, and the provider that would serve a request now. */
import { api, ask, type Route } from '../api.ts'
import { Card } from '../parts/card.tsx'
import { Field, valueOf } from '../parts/field.tsx'
import { FormDialog } from '../parts/form-dialog.tsx'
import { Page } from '../parts/page.tsx'
import { ProviderOptions } from '../parts/provider-options.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { useAction } from '../state/action.ts'
import { navigate } from '../state/address.ts'
import { useAnnounce } from '../state/announce.ts'
import { flagField, useQuery } from '../state/query.ts'
import { refresh, useResource } from '../state/resource.ts'
import { providersSource, routesSource, useProviderNames } from '../state/sources.ts'
import { words } from '../text/routes.ts'
import type { PageProps } from './index.ts'
import { Simulation } from './routes/simulation.tsx'
import './routes.css'

export default function RoutesPage({ person }: PageProps) {
  const routes = useResource(routesSource)
  const nameOf = useProviderNames()
  const [{ add }, setQuery] = useQuery({ add: flagField() })
  return (
    <Page
      title={words.title}
      lede={words.lede}
      class="routes"
      actions={
        <button type="button" class="button primary" onClick={() => setQuery({ add: true })}>
          {words.add}
        </button>
      }
    >
      <ResourceView resource={routes}>
        {(data) => (
          <ul class="rows" aria-label={words.list}>
            {data.map((route) => (
              <RouteRow key={route.name} route={route} nameOf={nameOf} />
            ))}
          </ul>
        )}
      </ResourceView>
      <Card title={words.simulate}>
        <Simulation />
      </Card>
      {add && <AddRouteDialog mayShare={person.role === 'admin'} onClosed={() => setQuery({ add: false })} />}
    </Page>
  )
}

export function routeAddress(name: string): string {
  return `/routes/${encodeURIComponent(name)}`
}

/** As many candidates as a row names. */
const mostNamed = 4

function RouteRow({ route, nameOf }: { route: Route; nameOf: (id: string) => string }) {
  const { name, scope, order, candidates, endings } = route
  const named = candidates
    .slice(0, mostNamed)
    .map(({ provider, model }) => (model === undefined ? nameOf(provider) : `${nameOf(provider)} ${model}`))
  const hidden = candidates.length - named.length
  return (
    <li class="row linked-row">
      <div class="row-main">
        <p class="row-title">
          <a href={routeAddress(name)}>{name}</a> <span class="quiet">{words.scopes[scope]}</span>
        </p>
        <p class="row-notes">
          {named.join(' → ')} {hidden > 0 && words.andMore(hidden)}
        </p>
        {endings.map(({ message }) => (
          <p key={message} class="row-reason tested-bad">
            {message}
          </p>
        ))}
      </div>
      <p class="row-actions quiet">{order in words.orders && words.orders[order as Order]}</p>
    </li>
  )
}

/** An order of this page's words; checked where it is used. */
type Order = keyof typeof words.orders

function AddRouteDialog({ mayShare, onClosed }: { mayShare: boolean; onClosed: () => void }) {
  const providers = useResource(providersSource).data ?? []
  const announce = useAnnounce()
  const make = useAction(async (form: HTMLFormElement, close: () => void) => {
    const name = valueOf(form, 'name').trim()
    const candidates = [{ provider: valueOf(form, 'provider') }]
    const query = form.querySelector<HTMLInputElement>('[name=hub]')?.checked ? { scope: 'hub' as const } : {}
    await ask(api.api.routes.$post({ query, json: { name, candidates } }))
    close()
    announce(words.made(name))
    await refresh(routesSource)
    // The rest is said on its own page.
    navigate(routeAddress(name))
  })
  return (
    <FormDialog
      title={words.add}
      submit={words.submit}
      action={make}
      fields={['name', 'provider']}
      onClosed={onClosed}
    >
      <Field label={words.name} name="name" hint={words.nameHint} error={make.error}>
        {(control) => <input {...control} required autofocus autocomplete="off" spellcheck={false} />}
      </Field>
      <Field label={words.first} name="provider" error={make.error}>
        {(control) => (
          <select {...control}>
            <ProviderOptions providers={providers} />
          </select>
        )}
      </Field>
      {mayShare && (
        <label class="check">
          <input type="checkbox" name="hub" /> {words.forHub}
        </label>
      )}
    </FormDialog>
  )
}

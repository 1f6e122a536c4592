/**
 * One route: its targets and their order, edited in a draft until it is saved, and a simulation.
 */
import { candidateOrders } from '../../../src/domain/routes.ts'
import { useState } from 'preact/hooks'
import { api, ask, type Route, send } from '../../api.ts'
import { Card } from '../../parts/card.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../../parts/field.tsx'
import { focusPage, Page } from '../../parts/page.tsx'
import { ProviderOptions } from '../../parts/provider-options.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { WarningList } from '../../parts/warning-list.tsx'
import { useAction } from '../../state/action.ts'
import { navigate, useUnsavedChanges } from '../../state/address.ts'
import { useAnnounce } from '../../state/announce.ts'
import { refresh, useResource } from '../../state/resource.ts'
import {
  addCandidate,
  contentOf,
  type Draft,
  draftOf,
  isChanged,
  moveCandidate,
  takeOut,
} from '../../state/route-draft.ts'
import { providersSource, routesSource, useProviderNames } from '../../state/sources.ts'
import { text } from '../../text.ts'
import { words } from '../../text/routes.ts'
import type { PageProps } from '../index.ts'
import { CandidateList } from './candidate-list.tsx'
import { Simulation } from './simulation.tsx'
import '../routes.css'

export default function RoutePage({ params: { name = '' }, person }: PageProps) {
  const routes = useResource(routesSource)
  const [warnings, setWarnings] = useState<readonly string[]>([])
  return (
    <Page
      title={name}
      class="route"
      lede={name.endsWith('*') && words.pattern}
      actions={
        <a class="button" href="/routes">
          {words.back}
        </a>
      }
    >
      <WarningList warnings={warnings} />
      <ResourceView resource={routes}>
        {(data) => {
          const route = data.find((one) => one.name === name)
          if (!route) return <p>{text.notFound.lede}</p>
          const { scope, order, candidates } = route
          return (
            <RouteEditor
              // A draft begins with the stored content: other content begins another draft.
              key={JSON.stringify([scope, order, candidates])}
              route={route}
              isAdmin={person.role === 'admin'}
              onSaved={setWarnings}
            />
          )
        }}
      </ResourceView>
      <Card title={words.simulate}>
        <Simulation asked={name} />
      </Card>
    </Page>
  )
}

type Scope = Route['scope']

interface RouteEditorProps {
  route: Route
  isAdmin: boolean
  /** Called with the warnings of the hub about the saved route. */
  onSaved: (warnings: readonly string[]) => void
}

function RouteEditor({ route, isAdmin, onSaved }: RouteEditorProps) {
  const { name, scope, builtIn } = route
  const [draft, setDraft] = useState<Draft>(() => draftOf(route))
  const [removing, setRemoving] = useState(false)
  const nameOf = useProviderNames()
  const announce = useAnnounce()
  const param = { name: encodeURIComponent(name) }
  const save = useAction(async (whose: Scope) => {
    const { order, candidates } = contentOf(draft)
    const json = { order: candidateOrders.find((one) => one === order) ?? 'listed', candidates }
    const { warnings } = await ask(api.api.routes[':name'].$put({ param, query: queryOf(whose), json }))
    onSaved(warnings)
    await refresh(routesSource)
    // The editor remounts. It announces last, so that focus moves before the user goes on.
    focusPage()
    announce(words.saved(name))
  })
  const changed = isChanged(draft, route)
  useUnsavedChanges(changed, words.leave(name))
  const ready = changed && draft.candidates.length > 0
  const mayRemove = scope === 'user' || (isAdmin && !builtIn)
  return (
    <Card
      title={words.candidatesTitle}
      action={
        mayRemove && (
          <button type="button" class="button small" onClick={() => setRemoving(true)}>
            {scope === 'user' ? words.remove : words.removeHub}
          </button>
        )
      }
    >
      <p class="quiet">{scope === 'user' ? words.own : isAdmin ? words.hubAdmin : words.hub}</p>
      <Field label={words.order} name="order" hint={words.orderHint} error={save.error}>
        {(control) => (
          <select
            {...control}
            value={draft.order}
            onChange={(event) => setDraft({ ...draft, order: event.currentTarget.value })}
          >
            {candidateOrders.map((order) => (
              <option key={order} value={order}>
                {words.orders[order]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <p class="hint">{words.candidatesHint}</p>
      <CandidateList
        candidates={draft.candidates}
        nameOf={nameOf}
        onMove={(id, to) => setDraft((before) => moveCandidate(before, id, to))}
        onTake={(id) => {
          setDraft((before) => takeOut(before, id))
          focusPage()
        }}
      />
      <AddCandidate onAdd={(candidate) => setDraft((before) => addCandidate(before, candidate))} />
      <ErrorNotice error={save.error} fields={['order']} />
      <div class="actions">
        {changed && (
          <>
            <p class="quiet">{draft.candidates.length > 0 ? words.unsaved : words.none}</p>
            <button type="button" class="button" onClick={() => setDraft(draftOf(route))}>
              {words.revert}
            </button>
          </>
        )}
        {isAdmin && scope === 'hub' && (
          <SaveButton ready={ready} busy={save.busy} onSave={() => save.run('hub')}>
            {words.saveHub}
          </SaveButton>
        )}
        <SaveButton primary ready={ready} busy={save.busy} onSave={() => save.run('user')}>
          {scope === 'hub' ? words.saveOwn : words.save}
        </SaveButton>
      </div>
      {removing && (
        <Confirm
          title={words.removeTitle(name)}
          warning={words.removeWarnings[scope]}
          submit={words.removeSubmit}
          act={async () => {
            await send(api.api.routes[':name'].$delete({ param, query: queryOf(scope) }))
          }}
          onDone={() => {
            announce(words.removed(name))
            void refresh(routesSource)
            navigate('/routes', { discard: true })
          }}
          onClosed={() => setRemoving(false)}
        />
      )}
    </Card>
  )
}

function queryOf(scope: Scope): { scope?: 'hub' } {
  return scope === 'hub' ? { scope } : {}
}

interface SaveButtonProps {
  ready: boolean
  busy: boolean
  primary?: boolean
  onSave: () => void
  children: string
}

function SaveButton({ ready, busy, primary = false, onSave, children }: SaveButtonProps) {
  return (
    <button
      type="button"
      class={primary ? 'button primary' : 'button'}
      disabled={!ready}
      aria-disabled={busy}
      onClick={onSave}
    >
      {children}
    </button>
  )
}

function AddCandidate({ onAdd }: { onAdd: (candidate: { provider: string; model?: string }) => void }) {
  const providers = useResource(providersSource).data ?? []
  const [chosen, setChosen] = useState<string>()
  const provider = providers.find(({ id }) => id === chosen) ?? providers[0]
  return (
    <form
      class="add-candidate"
      onSubmit={onSubmit((form) => {
        const model = valueOf(form, 'model').trim()
        if (provider) onAdd({ provider: provider.id, ...(model && { model }) })
        form.reset()
      })}
    >
      <Field label={words.provider} name="provider" error={undefined}>
        {(control) => (
          <select
            {...control}
            value={provider?.id}
            onChange={(event) => setChosen(event.currentTarget.value)}
          >
            <ProviderOptions providers={providers} />
          </select>
        )}
      </Field>
      <Field label={words.model} name="model" optional hint={words.modelHint} error={undefined}>
        {(control) => (
          <input
            {...control}
            list="candidate-models"
            placeholder={provider?.defaultModel}
            autocomplete="off"
            spellcheck={false}
          />
        )}
      </Field>
      <datalist id="candidate-models">
        {provider?.models.map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
      <button class="button">{words.addCandidate}</button>
    </form>
  )
}

/** Providers, built-in and custom: their health and the rotation of their keys. */
import { strategies, type StrategyName, strategyNames } from '../../src/domain/strategies.ts'
import { useState } from 'preact/hooks'
import { api, ask, type Provider, type ProviderHealth, send } from '../api.ts'
import { Card } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { focusPage, Page } from '../parts/page.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { RowButton } from '../parts/row-button.tsx'
import { useAction } from '../state/action.ts'
import { useAnnounce } from '../state/announce.ts'
import { useNow } from '../state/clock.ts'
import { flagField, textField, useQuery } from '../state/query.ts'
import { refresh, useResource } from '../state/resource.ts'
import { keysSource, providerHealthSource, providersSource } from '../state/sources.ts'
import { toneOf } from '../state/success-rate.ts'
import { words } from '../text/providers.ts'
import type { PageProps } from './index.ts'
import { ModelsDialog } from './providers/models-dialog.tsx'
import { CatalogueAge } from './providers/catalogue-age.tsx'
import { ProviderDialog } from './providers/provider-dialog.tsx'
import './providers.css'

const fields = { add: flagField(), edit: textField(), models: textField() }

export default function ProvidersPage({ person }: PageProps) {
  const providers = useResource(providersSource)
  const keys = useResource(keysSource).data ?? []
  const health = useResource(providerHealthSource).data ?? []
  const [query, setQuery] = useQuery(fields)
  const [removing, setRemoving] = useState<Provider>()
  const announce = useAnnounce()
  const isAdmin = person.role === 'admin'
  const find = (id: string): Provider | undefined => providers.data?.find((one) => one.id === id)
  const keysOf = (id: string): number => keys.filter(({ provider }) => provider === id).length
  const editing = find(query.edit)
  const listing = find(query.models)
  return (
    <Page
      title={words.title}
      lede={words.lede}
      class="providers"
      actions={
        <button type="button" class="button primary" onClick={() => setQuery({ add: true })}>
          {words.add}
        </button>
      }
    >
      <CatalogueAge />
      <ResourceView resource={providers}>
        {(data) =>
          groupProviders(data, keysOf).map(({ title, group }) => (
            <Card key={title} title={title}>
              <ul>
                {group.map((provider) => (
                  <ProviderRow
                    key={provider.id}
                    provider={provider}
                    keys={keysOf(provider.id)}
                    health={health.filter((one) => one.provider === provider.id)}
                    mayChange={isChangeable(provider, isAdmin)}
                    onOpen={(dialog) => setQuery({ [dialog]: provider.id })}
                    onRemove={() => setRemoving(provider)}
                  />
                ))}
              </ul>
            </Card>
          ))
        }
      </ResourceView>
      {query.add && <ProviderDialog mayShare={isAdmin} onClosed={() => setQuery({ add: false })} />}
      {editing && (
        <ProviderDialog provider={editing} mayShare={isAdmin} onClosed={() => setQuery({ edit: '' })} />
      )}
      {listing && (
        <ModelsDialog
          provider={listing}
          mayKeep={isChangeable(listing, isAdmin)}
          onClosed={() => setQuery({ models: '' })}
        />
      )}
      {removing && (
        <Confirm
          title={words.removeTitle(removing.name)}
          warning={words.removeWarning}
          submit={words.removeSubmit}
          act={async () => {
            await send(api.api.providers[':id'].$delete({ param: { id: removing.id } }))
          }}
          onDone={() => {
            announce(words.removed(removing.name))
            focusPage()
            void providers.reload()
          }}
          onClosed={() => setRemoving(undefined)}
        />
      )}
    </Page>
  )
}

function isChangeable({ kind, scope }: Provider, isAdmin: boolean): boolean {
  return kind === 'custom' && (scope === 'user' || isAdmin)
}

/** One's own come first, then those that one has keys for. */
function groupProviders(providers: readonly Provider[], keysOf: (id: string) => number) {
  const titleOf = ({ id, kind }: Provider): string =>
    kind === 'custom' ? words.custom : keysOf(id) > 0 ? words.yours : words.others
  const byTitle = Map.groupBy(providers, titleOf)
  return [words.custom, words.yours, words.others].flatMap((title) => {
    const group = byTitle.get(title)
    return group ? [{ title, group }] : []
  })
}

interface ProviderRowProps {
  provider: Provider
  keys: number
  health: readonly ProviderHealth[]
  mayChange: boolean
  onOpen: (dialog: 'edit' | 'models') => void
  onRemove: () => void
}

function ProviderRow({ provider, keys, health, mayChange, onOpen, onRemove }: ProviderRowProps) {
  const { id, name, kind, scope, models, strategy, terms, retiredOn } = provider
  const now = useNow('minute')
  const announce = useAnnounce()
  const choose = useAction(async (chosen: StrategyName) => {
    await ask(api.api.providers[':id'].$patch({ param: { id }, json: { strategy: chosen } }))
    announce(words.strategySaved(name))
    await refresh(providersSource)
  })
  const notes = [
    kind === 'custom' && scope === 'hub' && words.hubWide,
    words.models(models.length),
    keys > 0 && words.keys(keys),
  ].filter(Boolean)
  return (
    <li class="row">
      <div class="row-main">
        <p class="row-title">
          <strong>{name}</strong> <code>{id}</code>
        </p>
        <p class="row-notes">{notes.join(' · ')}</p>
        {retiredOn !== null && <p class="row-reason tested-bad">{words.retired(retiredOn)}</p>}
        {health.map((one) => (
          <HealthWords key={one.model} health={one} now={now} />
        ))}
        {terms && (
          <details class="row-notes">
            <summary>{words.terms}</summary>
            {terms}
          </details>
        )}
      </div>
      <div class="row-actions">
        {keys > 0 && (
          <select
            aria-label={words.strategyOf(name)}
            value={strategy ?? ''}
            aria-disabled={choose.busy}
            onChange={(event) => {
              const chosen = strategyNames.find((one) => one === event.currentTarget.value)
              if (chosen) choose.run(chosen)
            }}
          >
            {strategy === null && <option value="">{words.hubStrategy}</option>}
            {strategyNames.map((one) => (
              <option key={one} value={one} title={strategies[one].sentence}>
                {strategies[one].label}
              </option>
            ))}
          </select>
        )}
        <RowButton
          verb={words.showModels}
          label={words.actOn(words.showModels, name)}
          onClick={() => onOpen('models')}
        />
        {mayChange && (
          <>
            <RowButton
              verb={words.edit}
              label={words.actOn(words.edit, name)}
              onClick={() => onOpen('edit')}
            />
            <RowButton verb={words.remove} label={words.actOn(words.remove, name)} onClick={onRemove} />
          </>
        )}
      </div>
      <ErrorNotice error={choose.error} />
    </li>
  )
}

function HealthWords({ health, now }: { health: ProviderHealth; now: number }) {
  const { model, attempts, errors, medianMs, lastError } = health
  const said = [
    words.health(model, attempts, errors),
    medianMs !== null && words.median(medianMs),
    lastError && words.lastError(lastError.verdict, lastError.at, now),
  ].filter(Boolean)
  return <p class={`row-reason tested-${toneOf(errors, attempts)}`}>{said.join(' · ')}</p>
}

/** Provider keys: what state each is in, and what a person can do about it. */
import { useState } from 'preact/hooks'
import { api, ask, type Key, send } from '../api.ts'
import { Bar } from '../parts/bar.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Countdown } from '../parts/countdown.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { focusPage, Page } from '../parts/page.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { StateChip } from '../parts/state-chip.tsx'
import { useAction } from '../state/action.ts'
import { useAnnounce } from '../state/announce.ts'
import { useNow } from '../state/clock.ts'
import { flagField, useQuery } from '../state/query.ts'
import { refresh, useResource } from '../state/resource.ts'
import { keysChanged, keysSource, providersSource, useProviderNames } from '../state/sources.ts'
import { standingOf, usedToday } from '../state/standing.ts'
import { words } from '../text/keys.ts'
import { AddKeyDialog } from './keys/add-key.tsx'

export default function KeysPage() {
  const keys = useResource(keysSource)
  const nameOf = useProviderNames()
  const [{ add }, setQuery] = useQuery({ add: flagField() })
  const [removing, setRemoving] = useState<Key>()
  const announce = useAnnounce()
  return (
    <Page
      title={words.title}
      class="keys"
      actions={
        <button type="button" class="button primary" onClick={() => setQuery({ add: true })}>
          {words.add}
        </button>
      }
    >
      <ResourceView resource={keys}>
        {(data) =>
          data.length === 0 ? (
            <NoKeys />
          ) : (
            <ul class="rows">
              {data.map((key) => (
                <KeyRow key={key.id} item={key} nameOf={nameOf} onRemove={() => setRemoving(key)} />
              ))}
            </ul>
          )
        }
      </ResourceView>
      {add && <AddKeyDialog onClosed={() => setQuery({ add: false })} />}
      {removing && (
        <Confirm
          title={words.removeTitle(removing.masked)}
          warning={words.removeWarning(nameOf(removing.provider))}
          submit={words.removeSubmit}
          act={async () => {
            await send(api.api.keys[':id'].$delete({ param: { id: removing.id } }))
          }}
          onDone={() => {
            announce(words.removed(removing.masked))
            focusPage()
            void keysChanged()
          }}
          onClosed={() => setRemoving(undefined)}
        />
      )}
    </Page>
  )
}

function NoKeys() {
  const providers = useResource(providersSource)
  const announce = useAnnounce()
  const sandbox = useAction(async () => {
    // The sandbox takes any text for a key.
    await ask(api.api.keys.$post({ json: { provider: 'sandbox', apiKey: 'sandbox' } }))
    announce(words.sandboxAdded)
    focusPage()
    await keysChanged()
  })
  return (
    <EmptyState title={words.emptyTitle}>
      <p>{words.empty}</p>
      {providers.data?.some(({ id }) => id === 'sandbox') && (
        <button type="button" class="button" aria-disabled={sandbox.busy} onClick={() => sandbox.run()}>
          {words.sandbox}
        </button>
      )}
      <ErrorNotice error={sandbox.error} />
    </EmptyState>
  )
}

interface KeyRowProps {
  item: Key
  nameOf: (provider: string) => string
  onRemove: () => void
}

function KeyRow({ item, nameOf, onRemove }: KeyRowProps) {
  const now = useNow('second')
  const { masked, state } = item
  const param = { id: item.id }
  const announce = useAnnounce()
  const restore = useAction(async () => {
    await ask(api.api.keys[':id'].restore.$post({ param }))
    announce(words.restored(masked))
    await refresh(keysSource)
    // The button that had focus is no longer needed.
    focusPage()
  })
  const setEnabled = useAction(async (enabled: boolean) => {
    await ask(api.api.keys[':id'].$patch({ param, json: { enabled } }))
    announce(enabled ? words.enabled(masked) : words.disabled(masked))
    await keysChanged()
  })
  const standing = standingOf(item, now)
  const resting = state.restingModels.filter(({ until }) => Date.parse(until) > now)
  const restorable = standing.type === 'cooling' || standing.type === 'quarantined' || resting.length > 0
  const today = usedToday(item)
  const limited = state.windows.filter(({ limit, model }) => limit !== null && model === undefined)
  const notes = [
    item.name,
    item.shared && words.shared,
    state.lastUsedAt ? words.lastUsed(state.lastUsedAt, now) : words.neverUsed,
    today.requests > 0 && words.today(today.requests, today.tokens),
  ].filter((note) => typeof note === 'string')

  return (
    <li class={`row row-${standing.type}`}>
      <div class="row-main">
        <p class="row-title">
          <strong>{nameOf(item.provider)}</strong> <code>{masked}</code>
        </p>
        <StateChip standing={standing} />
        <p class="row-notes">{notes.join(' · ')}</p>
        {state.reason && (standing.type === 'cooling' || standing.type === 'quarantined') && (
          <p class="row-reason">
            <strong>{words.reason(state.reason.verdict)}</strong> {state.reason.message}
          </p>
        )}
        {resting.map(({ model, until }) => (
          <p key={model} class="row-reason">
            {words.modelRests(model)} <Countdown at={Date.parse(until)} />
          </p>
        ))}
      </div>
      <div class="row-actions">
        {restorable && <RowButton verb={words.restore} masked={masked} onClick={() => restore.run()} />}
        <RowButton
          verb={item.enabled ? words.disable : words.enable}
          masked={masked}
          onClick={() => setEnabled.run(!item.enabled)}
        />
        <RowButton verb={words.remove} masked={masked} onClick={onRemove} />
      </div>
      {limited.length > 0 && (
        <div class="bars">
          {limited.map((window) => (
            <Bar key={`${window.unit}/${window.per}/${window.model ?? ''}/${window.scope}`} {...window} />
          ))}
        </div>
      )}
      <ErrorNotice error={restore.error ?? setEnabled.error} />
    </li>
  )
}

function RowButton({ verb, masked, onClick }: { verb: string; masked: string; onClick: () => void }) {
  return (
    <button type="button" class="button small" aria-label={words.actOn(verb, masked)} onClick={onClick}>
      {verb}
    </button>
  )
}

/** Provider keys: what state each is in, and what a person can do about it. */
import { useState } from 'preact/hooks'
import { api, ask, type Key, send } from '../api.ts'
import { Card, focusCard } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { useAction } from '../state/action.ts'
import { useAnnounce } from '../state/announce.ts'
import type { Home } from '../state/home.ts'
import { type Standing, standingOf, usedToday } from '../state/standing.ts'
import { text } from '../text.ts'
import { AddKeyDialog } from './add-key.tsx'

export function KeysCard({ home }: { home: Home }) {
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<Key>()
  const announce = useAnnounce()
  return (
    <Card
      id="keys"
      title={text.keys.title}
      action={
        <button type="button" class="button primary" onClick={() => setAdding(true)}>
          {text.keys.add}
        </button>
      }
    >
      <ResourceView resource={home.keys}>
        {(keys) =>
          keys.length === 0 ? (
            <NoKeys home={home} />
          ) : (
            <ul class="rows">
              {keys.map((key) => (
                <KeyRow key={key.id} item={key} home={home} onRemove={() => setRemoving(key)} />
              ))}
            </ul>
          )
        }
      </ResourceView>
      {adding && <AddKeyDialog home={home} onClosed={() => setAdding(false)} />}
      {removing && (
        <Confirm
          title={text.keys.removeTitle(removing.masked)}
          warning={text.keys.removeWarning(home.nameOf(removing.provider))}
          submit={text.keys.removeSubmit}
          act={async () => {
            await send(api.api.keys[':id'].$delete({ param: { id: removing.id } }))
          }}
          onDone={() => {
            announce(text.keys.removed(removing.masked))
            focusCard('keys')
            void home.keysChanged()
          }}
          onClosed={() => setRemoving(undefined)}
        />
      )}
    </Card>
  )
}

function NoKeys({ home }: { home: Home }) {
  const announce = useAnnounce()
  const sandbox = useAction(async () => {
    // The sandbox takes any text for a key.
    await ask(api.api.keys.$post({ json: { provider: 'sandbox', apiKey: 'sandbox' } }))
    announce(text.keys.sandboxAdded)
    focusCard('keys')
    await home.keysChanged()
  })
  return (
    <div class="empty">
      <h3>{text.keys.emptyTitle}</h3>
      <p>{text.keys.empty}</p>
      {home.providers.data?.some(({ id }) => id === 'sandbox') && (
        <button type="button" class="button" aria-disabled={sandbox.busy} onClick={() => sandbox.run()}>
          {text.keys.sandbox}
        </button>
      )}
      <ErrorNotice error={sandbox.error} />
    </div>
  )
}

interface KeyRowProps {
  item: Key
  home: Home
  onRemove: () => void
}

function KeyRow({ item, home, onRemove }: KeyRowProps) {
  const { now } = home
  const { masked, state } = item
  const param = { id: item.id }
  const announce = useAnnounce()
  const restore = useAction(async () => {
    await ask(api.api.keys[':id'].restore.$post({ param }))
    announce(text.keys.restored(masked))
    await home.keys.reload()
    // The button that had focus is no longer needed.
    focusCard('keys')
  })
  const setEnabled = useAction(async (enabled: boolean) => {
    await ask(api.api.keys[':id'].$patch({ param, json: { enabled } }))
    announce(enabled ? text.keys.enabled(masked) : text.keys.disabled(masked))
    await home.keysChanged()
  })
  const standing = standingOf(item, now)
  const resting = state.restingModels.filter(({ until }) => Date.parse(until) > now)
  const restorable = standing.type === 'cooling' || standing.type === 'quarantined' || resting.length > 0
  const today = usedToday(item)
  const notes = [
    item.name,
    item.shared && text.keys.shared,
    state.lastUsedAt ? text.keys.lastUsed(state.lastUsedAt, now) : text.keys.neverUsed,
    today.requests > 0 && text.keys.today(today.requests, today.tokens),
  ].filter((note) => typeof note === 'string')

  return (
    <li class={`row row-${standing.type}`}>
      <div class="row-main">
        <p class="row-title">
          <strong>{home.nameOf(item.provider)}</strong> <code>{masked}</code>
        </p>
        <StateChip standing={standing} now={now} />
        <p class="row-notes">{notes.join(' · ')}</p>
        {state.reason && (standing.type === 'cooling' || standing.type === 'quarantined') && (
          <p class="row-reason">
            <strong>{text.keys.reason(state.reason.verdict)}</strong> {state.reason.message}
          </p>
        )}
        {resting.map(({ model, until }) => (
          <p key={model} class="row-reason">
            {text.keys.modelRests(model, Date.parse(until) - now)}
          </p>
        ))}
      </div>
      <div class="row-actions">
        {restorable && <RowButton verb={text.keys.restore} masked={masked} onClick={() => restore.run()} />}
        <RowButton
          verb={item.enabled ? text.keys.disable : text.keys.enable}
          masked={masked}
          onClick={() => setEnabled.run(!item.enabled)}
        />
        <RowButton verb={text.keys.remove} masked={masked} onClick={onRemove} />
      </div>
      <ErrorNotice error={restore.error ?? setEnabled.error} />
    </li>
  )
}

function RowButton({ verb, masked, onClick }: { verb: string; masked: string; onClick: () => void }) {
  return (
    <button type="button" class="button small" aria-label={text.keys.actOn(verb, masked)} onClick={onClick}>
      {verb}
    </button>
  )
}

function StateChip({ standing, now }: { standing: Standing; now: number }) {
  const words =
    standing.type === 'cooling'
      ? text.keys.status.cooling(standing.until - now)
      : text.keys.status[standing.type]
  return <span class={`chip chip-${standing.type}`}>{words}</span>
}

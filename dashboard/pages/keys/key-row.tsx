/** One key: what state it is in and why, what is left of it, and what a person can do about it. */
import { api, ask, type Key, type KeyTrial } from '../../api.ts'
import { Countdown } from '../../parts/countdown.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { focusPage } from '../../parts/page.tsx'
import { RowButton } from '../../parts/row-button.tsx'
import { StateChip } from '../../parts/state-chip.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { useNow } from '../../state/clock.ts'
import { refresh } from '../../state/resource.ts'
import { keysChanged, keysSource } from '../../state/sources.ts'
import { standingOf, usedToday } from '../../state/key-status.ts'
import { words } from '../../text/keys.ts'
import { KeyWindows, limitedWindows } from './key-windows.tsx'

interface KeyRowProps {
  item: Key
  nameOf: (provider: string) => string
  /** Whether the account shows its windows and use, which its other keys share. */
  grouped: boolean
  trial: Trying | undefined
  onTest: () => void
  onOpen: (dialog: 'edit' | 'why') => void
  onRemove: () => void
}

/** A test of a key: under way, or what came of it. */
export type Trying = 'busy' | KeyTrial

export function KeyRow({ item, nameOf, grouped, trial, onTest, onOpen, onRemove }: KeyRowProps) {
  const { masked, state } = item
  const isResting = state.status === 'cooling' || state.restingModels.length > 0
  const now = useNow(isResting ? 'second' : 'minute')
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
  const toggle = item.enabled ? words.disable : words.enable
  const standing = standingOf(item, now)
  const resting = state.restingModels.filter(({ until }) => Date.parse(until) > now)
  const restorable = standing.type === 'cooling' || standing.type === 'quarantined' || resting.length > 0

  return (
    <li class={`row row-${standing.type}`}>
      <div class="row-main">
        <p class="row-title">
          <strong>{nameOf(item.provider)}</strong> <code>{masked}</code>
        </p>
        <StateChip standing={standing} />
        <p class="row-notes">{notesOf(item, now, grouped).join(' · ')}</p>
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
        {trial && <TrialWords trial={trial} />}
      </div>
      <div class="row-actions">
        {restorable && (
          <RowButton
            verb={words.restore}
            label={words.actOn(words.restore, masked)}
            onClick={() => restore.run()}
          />
        )}
        <RowButton verb={words.test} label={words.actOn(words.test, masked)} onClick={onTest} />
        <RowButton verb={words.why} label={words.actOn(words.why, masked)} onClick={() => onOpen('why')} />
        {item.environment === undefined && (
          <>
            <RowButton
              verb={words.edit}
              label={words.actOn(words.edit, masked)}
              onClick={() => onOpen('edit')}
            />
            <RowButton
              verb={toggle}
              label={words.actOn(toggle, masked)}
              onClick={() => setEnabled.run(!item.enabled)}
            />
            <RowButton verb={words.remove} label={words.actOn(words.remove, masked)} onClick={onRemove} />
          </>
        )}
      </div>
      <KeyWindows windows={limitedWindows(state.windows, grouped ? 'key' : undefined)} />
      <ErrorNotice error={restore.error ?? setEnabled.error} />
    </li>
  )
}

function notesOf(item: Key, now: number, grouped: boolean): string[] {
  const { state } = item
  const today = usedToday(item)
  return [
    item.name,
    item.note,
    item.environment !== undefined && words.environment,
    item.free && words.free,
    item.shared && words.shared,
    state.lastUsedAt ? words.lastUsed(state.lastUsedAt, now) : words.neverUsed,
    !grouped && today.requests > 0 && words.today(today.requests, today.tokens),
    state.running > 0 && words.running(state.running),
  ].filter((note) => typeof note === 'string')
}

function TrialWords({ trial }: { trial: Trying }) {
  if (trial === 'busy') return <p class="row-reason">{words.testing}</p>
  const { ok, model, latencyMs, verdict, message, requestId } = trial
  return (
    <p class={ok ? 'row-reason tested-good' : 'row-reason tested-bad'}>
      <strong>{ok ? words.testGood(model, latencyMs) : words.testBad(verdict, latencyMs)}</strong>{' '}
      {!ok && message} <a href={`/logs/${requestId}`}>{words.testLog}</a>
    </p>
  )
}

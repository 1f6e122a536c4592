/**
 * The windows of a key or an account as bars: how full each is, how its limit is known, and where
 * two sources disagree.
 */
import type { Key } from '../../api.ts'
import { quantity } from '../../format.ts'
import { Bar } from '../../parts/bar.tsx'
import { Countdown } from '../../parts/countdown.tsx'
import { useNow } from '../../state/clock.ts'
import { text } from '../../text.ts'
import { words } from '../../text/keys.ts'
import { words as shareWords } from '../../text/shares.ts'
import { PersonParts } from './person-parts.tsx'

export type KeyWindow = Key['state']['windows'][number]

/** Those that have a limit; what is only counted fills no bar. */
export function limitedWindows(windows: readonly KeyWindow[], scope?: KeyWindow['scope']): KeyWindow[] {
  return windows.filter((window) => window.limit !== null && (scope === undefined || window.scope === scope))
}

export function KeyWindows({ windows }: { windows: readonly KeyWindow[] }) {
  if (windows.length === 0) return null
  return (
    <div class="bars">
      {windows.map((window) => (
        <WindowBar
          key={`${window.unit}/${window.per}/${window.model ?? ''}/${window.scope}`}
          window={window}
        />
      ))}
    </div>
  )
}

function WindowBar({ window }: { window: KeyWindow }) {
  const now = useNow('minute')
  const { unit, per, model, source, entered, stated, dryAt } = window
  const name = text.bar.window(unit, per)
  const write = (amount: number): string => quantity(unit, amount)
  const limit = stated?.limit ?? null
  const { byPerson, reserve } = window
  return (
    <div>
      <Bar {...window} label={model === undefined ? name : words.window(name, model)} />
      <p class="bar-foot">
        <span>{words.source[source]}</span>
        {reserve !== null && <span>{shareWords.kept(write(reserve))}</span>}
        {dryAt !== null && (
          <span>
            {words.dry} <Countdown at={Date.parse(dryAt)} />
          </span>
        )}
      </p>
      {byPerson !== null && byPerson.length > 0 && window.limit !== null && (
        <PersonParts parts={byPerson} limit={window.limit} write={write} />
      )}
      {stated && entered !== null && limit !== null && entered !== limit && (
        <p class="bar-foot contradiction">
          {words.contradiction(write(entered), write(limit), stated.at, now)}
        </p>
      )}
    </div>
  )
}

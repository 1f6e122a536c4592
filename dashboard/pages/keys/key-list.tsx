/** The keys, grouped by account. They are drawn in steps, as a hub may hold a thousand. */
import { useState } from 'preact/hooks'
import type { Account, Key } from '../../api.ts'
import { findKeys, firstKeys, groupKeys, type KeyGroup } from '../../state/key-groups.ts'
import { useSlices } from '../../state/idle.ts'
import { usedToday } from '../../state/key-status.ts'
import { words } from '../../text/keys.ts'
import { KeyRow, type Trying } from './key-row.tsx'
import { KeyWindows, limitedWindows } from './key-windows.tsx'

interface KeyListProps {
  keys: readonly Key[]
  accounts: readonly Account[]
  nameOf: (provider: string) => string
  /** What was typed to find some of them. */
  typed: string
  trials: ReadonlyMap<string, Trying>
  onTest: (key: Key) => void
  onOpen: (dialog: 'edit' | 'why', id: string) => void
  onRemove: (key: Key) => void
}

const step = 50
/** A little more than a screen shows of them; the others are drawn bit by bit. */
const slice = 10

export function KeyList({ keys, accounts, nameOf, typed, ...ways }: KeyListProps) {
  const [most, setMost] = useState(step)
  const found = findKeys(keys, typed, nameOf)
  const drawn = useSlices(Math.min(found.length, most), slice)
  const groups = groupKeys(found, accounts)
  const hidden = found.length - most
  return (
    <>
      {found.length === 0 && <p class="quiet">{words.notFound}</p>}
      {firstKeys(groups, drawn).map((group) => (
        <KeyGroupView
          key={group.account?.id ?? ''}
          group={group}
          titled={groups.length > 1 || group.account !== undefined}
          nameOf={nameOf}
          {...ways}
        />
      ))}
      {hidden > 0 && (
        <p class="table-more">
          <button type="button" class="button" onClick={() => setMost(most + step)}>
            {words.more(Math.min(step, hidden))}
          </button>
        </p>
      )}
    </>
  )
}

interface KeyGroupViewProps extends Omit<KeyListProps, 'keys' | 'accounts' | 'typed'> {
  group: KeyGroup
  titled: boolean
}

function KeyGroupView({ group: { account, keys }, titled, nameOf, trials, ...ways }: KeyGroupViewProps) {
  const [first] = keys
  const today = first && usedToday(first)
  const notes = account && [
    nameOf(account.provider),
    account.shared && words.accountShared,
    today && today.requests > 0 && words.today(today.requests, today.tokens),
  ]
  return (
    <section class="key-group" aria-label={account?.name ?? words.ungrouped}>
      {titled && (
        <header>
          <h2>{account ? account.name : words.ungrouped}</h2>
          {notes && <p class="quiet">{notes.filter(Boolean).join(' · ')}</p>}
          {account && first && <KeyWindows windows={limitedWindows(first.state.windows, 'account')} />}
        </header>
      )}
      <ul class="rows">
        {keys.map((key) => (
          <KeyRow
            key={key.id}
            item={key}
            nameOf={nameOf}
            grouped={account !== undefined}
            trial={trials.get(key.id)}
            onTest={() => ways.onTest(key)}
            onOpen={(dialog) => ways.onOpen(dialog, key.id)}
            onRemove={() => ways.onRemove(key)}
          />
        ))}
      </ul>
    </section>
  )
}

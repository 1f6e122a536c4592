/**
 * How keys are listed: those of an account together, each account with its name, the others after
 * them. Pure.
 */
import type { Account, Key } from '../api.ts'
import { text } from '../text.ts'
import { words } from '../text/keys.ts'

export interface KeyGroup {
  /** Absent for keys that are each an account of their own. */
  account?: Account
  keys: Key[]
}

export function groupKeys(keys: readonly Key[], accounts: readonly Account[]): KeyGroup[] {
  const named = new Map(accounts.map((account) => [account.id, account]))
  const byAccount = Map.groupBy(keys, (key) => named.get(key.account))
  return [...byAccount]
    .map(([account, group]): KeyGroup => ({ ...(account && { account }), keys: group }))
    .toSorted((a, b) => Number(a.account === undefined) - Number(b.account === undefined))
}

/** The first so many keys, in the groups they are in. */
export function firstKeys(groups: readonly KeyGroup[], most: number): KeyGroup[] {
  let room = most
  return groups.flatMap((group) => {
    const keys = group.keys.slice(0, Math.max(0, room))
    room -= keys.length
    return keys.length > 0 ? [{ ...group, keys }] : []
  })
}

/** The words on the chips of keys by their status, and other words for the same. */
const chipWords: Readonly<Record<Key['state']['status'], string>> = {
  active: text.states.ready,
  cooling: `${text.states.cooling} cooldown`,
  quarantined: text.states.quarantined,
  disabled: text.states.disabled,
}

/** Keys of which something that a person sees has every word that was typed. */
export function findKeys(keys: readonly Key[], typed: string, nameOf: (id: string) => string): Key[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return keys.filter(({ provider, name, note, masked, state, shared, free }) => {
    const chips = [state.status, chipWords[state.status], shared && words.shared, free && words.free]
    const seen = [nameOf(provider), provider, name, note, masked, ...chips].join(' ').toLowerCase()
    return wanted.every((word) => seen.includes(word))
  })
}

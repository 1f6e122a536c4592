/**
 * The entry that stands for a key at a provider that needs none: pools, limits and shares are those
 * of keys.
 */
import { addKey, changeKey, listKeys, removeKey, type StoredKey } from '../db/keys.ts'
import type { Env } from '../env.ts'
import type { KnownProvider } from '../gateway/provider-directory.ts'
import { randomId } from '../ids.ts'
import { ownAccount } from './accounts.ts'
import { announceChange } from '../announce/announce.ts'
import { poolOf } from './key-states.ts'
import { sealKey } from './seal-key.ts'

/** The text shown of such an entry in the place of a key. The text of a key is longer. */
const shown = 'none'

/**
 * Adds the entry for one row. It is never sent, and serves everyone where the row is the hub's.
 *
 * @param owner the user who makes the provider.
 */
export async function addKeylessEntry(env: Env, known: KnownProvider, owner: string): Promise<void> {
  const id = randomId('key')
  const now = Date.now()
  const sealed = await sealKey(env, known, randomId('none'), { owner, id })
  const account = ownAccount(
    { owner, id, provider: known.id, createdAt: now },
    known.row.binding.owner === 'hub',
  )
  const epoch = await addKey(
    env.DB,
    {
      id,
      owner,
      provider: known.id,
      name: 'no key needed',
      free: true,
      accountId: account.id,
      ...sealed.columns,
      masked: shown,
      createdAt: now,
      updatedAt: now,
    },
    account,
    { actor: owner, action: 'key.added', subject: id, detail: { provider: known.id } },
    sealed.fingerprints,
  )
  if (epoch !== undefined) await announceChange(env, owner, epoch)
}

/**
 * Lets everyone use a user's entries for a row that became the hub's, with their limits. One that
 * is in an account with keys leaves it: those stay the user's own.
 */
export async function shareKeylessEntries(env: Env, known: KnownProvider, owner: string): Promise<void> {
  for (const entry of await listEntries(env, known, owner)) {
    const { id, provider, createdAt } = entry
    const epoch = await changeKey(
      env.DB,
      entry,
      {},
      entry.accountId === id
        ? { type: 'share', change: { shared: true } }
        : { type: 'join', account: ownAccount({ owner, id, provider, createdAt }, true) },
      { actor: owner, action: 'key.changed', subject: id, detail: { fields: ['shared'] } },
    )
    await announceChange(env, owner, epoch, [
      { owner, provider },
      { owner: 'hub', provider },
    ])
  }
}

/**
 * Removes a user's entries for one row, where it needs a key now or is at another address: they
 * would be sent as keys, or never be used again.
 */
export async function removeKeylessEntries(env: Env, known: KnownProvider, owner: string): Promise<void> {
  for (const entry of await listEntries(env, known, owner)) {
    const epoch = await removeKey(env.DB, entry, {
      actor: owner,
      action: 'key.removed',
      subject: entry.id,
      detail: { provider: known.id },
    })
    await announceChange(env, owner, epoch, [poolOf(entry)])
  }
}

async function listEntries(env: Env, known: KnownProvider, owner: string): Promise<StoredKey[]> {
  return (await listKeys(env.DB, owner)).filter(
    ({ provider, rowOwner, masked }) =>
      provider === known.id && rowOwner === known.row.binding.owner && masked === shown,
  )
}

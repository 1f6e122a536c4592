/** The entry that stands for a key at a provider that needs none: pools, limits and shares are those of keys. */
import { addKey } from '../db/keys.ts'
import type { Env } from '../env.ts'
import type { KnownProvider } from '../gateway/directory.ts'
import { randomId } from '../ids.ts'
import { ownAccount } from './accounts.ts'
import { announceChange } from '../announce/announce.ts'
import { sealKey } from './sealed-key.ts'

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
      masked: 'none',
      createdAt: now,
      updatedAt: now,
    },
    account,
    { actor: owner, action: 'key.added', subject: id, detail: { provider: known.id } },
    sealed.fingerprints,
  )
  if (epoch !== undefined) await announceChange(env, owner, epoch)
}

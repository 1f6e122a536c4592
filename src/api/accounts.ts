/**
 * Accounts: the identity at a provider whose quota several keys share. What is shared or private is
 * so with all its keys.
 */
import type { Reserve as StoredReserve } from '../domain/limits.ts'
import { Hono } from 'hono'
import { z } from 'zod'
import type { Caller } from '../auth/caller.ts'
import {
  type AccountRow,
  addAccount,
  changeAccount,
  findNamedAccount,
  listAccounts,
  type NamedAccount,
  removeAccount,
} from '../db/accounts.ts'
import { findKey, listKeys } from '../db/keys.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import type { Directory } from '../gateway/provider-directory.ts'
import { randomId } from '../ids.ts'
import { announceChange } from '../announce/announce.ts'
import type { HubContext } from './context.ts'
import { directoryOf, requireProvider } from './provider-directory.ts'
import { endpoint } from './endpoint.ts'
import { requireSharer } from './ownership.ts'
import { requireShareable, requireShareableKey } from './shareable.ts'
import { ById, listOf, Name, Reserve, ShownReserve, Time, toTime } from './schemas/common.ts'

const AccountInput = z.strictObject({
  provider: z.string().trim().min(1),
  name: Name,
  shared: z.boolean().optional(),
  reserve: Reserve.nullish(),
})
const AccountChange = z.strictObject({
  name: Name.optional(),
  shared: z.boolean().optional(),
  reserve: Reserve.nullish(),
})

const Account = z.object({
  id: z.string(),
  provider: z.string(),
  name: z.string(),
  shared: z.boolean(),
  /** What you keep of it for yourself while it is shared. */
  reserve: ShownReserve,
  keys: z.array(z.object({ id: z.string(), name: z.string().nullable(), masked: z.string() })),
  createdAt: Time,
})

export const accountRoutes = new Hono<HubContext>()
  .get(
    '/',
    endpoint({
      guard: 'user',
      summary: 'Your accounts, with their keys. A key without an account has a separate one.',
      answer: listOf(Account),
    }),
    async (c) => {
      const data = await listAccounts(c.env.DB, c.var.caller.configuration.user.id)
      return c.json({ data: data.map(showAccount), nextCursor: null })
    },
  )
  .post(
    '/',
    endpoint({
      guard: 'user',
      audit: 'account.added',
      summary: 'Creates an account, for keys that share one quota.',
      body: AccountInput,
      status: 201,
      answer: Account,
    }),
    async (c) => {
      const { provider, name, shared = false, reserve = null } = c.req.valid('json')
      const { caller } = c.var
      const owner = caller.configuration.user.id
      requireSharer(caller, shared)
      const directory = directoryOf(c)
      const known = requireProvider(directory, provider)
      if (shared) requireShareable(directory, known)
      const { id: providerId } = known
      await requireFreeName(c.env, owner, providerId, name)
      const account = {
        owner,
        id: randomId('acc'),
        provider: providerId,
        name,
        shared,
        createdAt: Date.now(),
        reserve,
      }
      await addAccount(c.env.DB, account, {
        actor: owner,
        action: 'account.added',
        subject: account.id,
        detail: { provider: providerId, name, shared, ...(reserve !== null && { reserve }) },
      })
      return c.json(showAccount({ ...account, keys: [] }), 201)
    },
  )
  .patch(
    '/:id',
    endpoint({
      guard: 'user',
      audit: 'account.changed',
      summary:
        'Renames an account, shares it with everyone, with all its keys, or keeps a part of it for you.',
      params: ById,
      body: AccountChange,
      answer: Account,
    }),
    async (c) => {
      const { caller } = c.var
      const owner = caller.configuration.user.id
      const change = c.req.valid('json')
      requireSharer(caller, change.shared)
      const stored = await requireAccount(c.env, owner, c.req.valid('param').id)
      const { name = stored.name, shared = stored.shared, reserve = stored.reserve } = change
      if (shared && !stored.shared) await requireShareableAccount(c.env, directoryOf(c), stored)
      if (name !== stored.name) await requireFreeName(c.env, owner, stored.provider, name)
      const epoch = await changeAccount(
        c.env.DB,
        stored,
        { name, shared, reserve },
        { actor: owner, action: 'account.changed', subject: stored.id, detail: change },
      )
      // The keys leave one pool and come to the other.
      const { provider } = stored
      await announceChange(c.env, owner, epoch, [
        { owner, provider },
        { owner: 'hub', provider },
      ])
      return c.json(showAccount({ ...stored, name, shared, reserve }))
    },
  )
  .delete(
    '/:id',
    endpoint({
      guard: 'user',
      audit: 'account.removed',
      summary: 'Removes an account that no key is in.',
      params: ById,
      status: 204,
    }),
    async (c) => {
      const owner = c.var.caller.configuration.user.id
      const stored = await requireAccount(c.env, owner, c.req.valid('param').id)
      const removed = await removeAccount(c.env.DB, owner, stored.id, {
        actor: owner,
        action: 'account.removed',
        subject: stored.id,
        detail: { provider: stored.provider, name: stored.name },
      })
      if (!removed) throw stillHolds(await requireAccount(c.env, owner, stored.id))
      return c.body(null, 204)
    },
  )

/** The account that a key is of its own: it bears the key's id, and no name. */
export function ownAccount(
  { owner, id, provider, createdAt }: Pick<AccountRow, 'owner' | 'id' | 'provider' | 'createdAt'>,
  shared = false,
  reserve: AccountRow['reserve'] = null,
): AccountRow {
  return { owner, id, provider, name: null, shared, createdAt, reserve }
}

/**
 * The account that a key is to join.
 *
 * @param asked its id, and what the key was to share or keep, which is for the account to say.
 * @throws {HubError} VALIDATION_ERROR naming `account`, `shared` or `reserve`; FORBIDDEN where that
 *   would share the key, and only an admin may.
 */
export async function accountToJoin(
  env: Env,
  caller: Caller,
  provider: string,
  asked: { id: string; shared?: boolean | undefined; reserve?: StoredReserve | null | undefined },
): Promise<AccountRow> {
  const account = await findNamedAccount(env.DB, caller.configuration.user.id, asked.id)
  if (!account || account.provider !== provider) {
    throw new HubError(
      'VALIDATION_ERROR',
      'You have no account with this id at this provider. Create one with POST /api/accounts.',
      { param: 'account' },
    )
  }
  if (asked.shared !== undefined && asked.shared !== account.shared) {
    throw new HubError(
      'VALIDATION_ERROR',
      `Sharing is set per account: "${account.name}" is ${account.shared ? 'shared' : 'private'}. Omit "shared", or change the account.`,
      { param: 'shared' },
    )
  }
  if (asked.reserve !== undefined && asked.reserve !== account.reserve) {
    throw new HubError(
      'VALIDATION_ERROR',
      `Reserves are set per account. Omit "reserve", or change "${account.name}".`,
      { param: 'reserve' },
    )
  }
  requireSharer(caller, account.shared, 'account')
  const { keys: _keys, ...row } = account
  return row
}

/** An account serves everyone with all its keys, so that each of them must be one that can. */
async function requireShareableAccount(env: Env, directory: Directory, account: NamedAccount): Promise<void> {
  const keys = (await listKeys(env.DB, account.owner)).filter(({ accountId }) => accountId === account.id)
  for (const key of keys) requireShareableKey(key)
  if (keys.length === 0) requireShareable(directory, requireProvider(directory, account.provider))
}

async function requireAccount(env: Env, owner: string, id: string): Promise<NamedAccount> {
  const account = await findNamedAccount(env.DB, owner, id)
  if (account) return account
  const isKeys = (await findKey(env.DB, owner, id)) !== undefined
  throw new HubError(
    'NOT_FOUND',
    isKeys ? `This key has no account. Change the key instead: PATCH /api/keys/${id}.` : 'Account not found.',
  )
}

// Two requests may both pass this check; then two accounts bear one name, and their ids still tell
// them apart.
async function requireFreeName(env: Env, owner: string, provider: string, name: string): Promise<void> {
  const others = await listAccounts(env.DB, owner)
  if (others.some((other) => other.provider === provider && other.name === name)) {
    throw new HubError('CONFLICT', `You already have an account "${name}" at this provider.`, {
      param: 'name',
    })
  }
}

/** As many keys as a message names. */
const mostNamed = 5

function stillHolds({ name, keys }: NamedAccount): HubError {
  const named = keys.slice(0, mostNamed).map((key) => `${key.name ?? key.masked} (${key.id})`)
  const more = keys.length > mostNamed ? ` and ${keys.length - mostNamed} more` : ''
  return new HubError(
    'CONFLICT',
    `The account "${name}" still has keys: ${named.join(', ')}${more}. Delete or move them first.`,
  )
}

function showAccount({ owner: _owner, createdAt, ...account }: NamedAccount): z.infer<typeof Account> {
  return { ...account, createdAt: toTime(createdAt) }
}

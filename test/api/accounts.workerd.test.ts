/** Accounts: who may make, see and change them, and which pool their keys are in. */
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { call, completionBody, refusal, send, settleIn, type Settled } from '../hub.workerd.ts'

interface Account {
  id: string
  provider: string
  name: string
  shared: boolean
  keys: { id: string; name: string | null; masked: string }[]
}
interface Key {
  id: string
  account: string
  shared: boolean
}

let ada: Settled
let bob: Settled
let entered = 0

beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'anything' })
  bob = await settleIn({ provider: 'sandbox', apiKey: 'anything' }, 'bob')
})
afterEach(() => vi.restoreAllMocks())

function makeAccount(body: Record<string, unknown> = {}, who = ada): Promise<Account> {
  return call(
    'POST',
    '/api/accounts',
    { provider: 'groq', name: `account ${++entered}`, ...body },
    who.session,
  )
}

function addKey(body: Record<string, unknown> = {}, who = ada): Promise<Key> {
  const apiKey = `gsk_accounts_${String(++entered).padStart(6, '0')}`
  return call('POST', '/api/keys', { provider: 'groq', apiKey, ...body }, who.session)
}

async function accountsOf(who: Settled): Promise<Account[]> {
  return (await call<{ data: Account[] }>('GET', '/api/accounts', undefined, who.session)).data
}

/** Whether somebody's token reaches a key for a provider. */
async function canCall(who: Settled, provider: string): Promise<boolean> {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(completionBody))
  const body = { model: `${provider}/m`, messages: [{ role: 'user', content: 'Hello' }] }
  const response = await send('POST', '/v1/chat/completions', { body, as: who.token })
  await response.text()
  return response.ok
}

/**
 * What is changed for everyone raises nobody's epoch but the changer's: others see it when what
 * they know is not fresh.
 */
function untilReached(who: Settled, provider: string): Promise<void> {
  return vi.waitFor(async () => expect(await canCall(who, provider)).toBe(true), {
    timeout: 10_000,
    interval: 200,
  })
}

describe('an account', () => {
  it('is made under a name, and seen by its owner alone', async () => {
    const made = await makeAccount({ name: 'Work' })
    expect(made).toMatchObject({ provider: 'groq', name: 'Work', shared: false, keys: [] })
    expect(await accountsOf(ada)).toContainEqual(made)
    expect(await accountsOf(bob)).toEqual([])
  })

  it('stands under the id of its provider, whatever alias it was made with', async () => {
    expect(await makeAccount({ provider: 'hf' })).toMatchObject({ provider: 'huggingface' })
  })

  it('is refused for a provider that is not there, under a name that is taken, and with fields of no meaning', async () => {
    await makeAccount({ name: 'Taken' })
    const refused = (body: unknown) => refusal('POST', '/api/accounts', body, ada.session)
    expect(await refused({ provider: 'nobody', name: 'x' })).toMatchObject({
      status: 400,
      code: 'VALIDATION_ERROR',
    })
    expect(await refused({ provider: 'groq', name: 'Taken' })).toMatchObject({
      status: 409,
      code: 'CONFLICT',
    })
    expect(await refused({ provider: 'groq', name: 'x', colour: 'red' })).toMatchObject({
      message: expect.stringContaining('`colour`'),
    })
    // Elsewhere, and to somebody else, the name is free.
    await makeAccount({ name: 'Taken', provider: 'mistral' })
    await makeAccount({ name: 'Taken' }, bob)
  })

  it('that a key has of its own is changed with the key, and says so', async () => {
    const { id, account } = await addKey()
    expect(account).toBe(id)
    for (const [method, body] of [['PATCH', { shared: true }] as const, ['DELETE', undefined] as const]) {
      expect(await refusal(method, `/api/accounts/${account}`, body, ada.session)).toMatchObject({
        status: 404,
        message: expect.stringContaining(`PATCH /api/keys/${id}`),
      })
    }
    expect(await refusal('PATCH', `/api/accounts/${account}`, {}, bob.session)).toMatchObject({
      status: 404,
      message: 'Account not found.',
    })
  })

  it('of somebody else cannot be changed, removed or joined, nor be told from one that is not there', async () => {
    const { id } = await makeAccount()
    const { id: key } = await addKey({}, bob)
    expect(await refusal('PATCH', `/api/accounts/${id}`, { name: 'mine' }, bob.session)).toMatchObject({
      status: 404,
    })
    expect(await refusal('DELETE', `/api/accounts/${id}`, undefined, bob.session)).toMatchObject({
      status: 404,
    })
    for (const account of [id, 'acc_nowhere']) {
      expect(await refusal('PATCH', `/api/keys/${key}`, { account }, bob.session)).toMatchObject({
        status: 400,
        message: 'You have no account with this id at this provider. Create one with POST /api/accounts.',
      })
    }
    expect(
      await refusal(
        'POST',
        '/api/keys',
        { provider: 'groq', apiKey: 'gsk_x_000000', account: id },
        bob.session,
      ),
    ).toMatchObject({ status: 400 })
  })

  it('that a key is of its own is no account of this list', async () => {
    const { id } = await addKey()
    expect((await accountsOf(ada)).map((account) => account.id)).not.toContain(id)
    const change = { name: 'x' }
    expect(await refusal('PATCH', `/api/accounts/${id}`, change, ada.session)).toMatchObject({ status: 404 })
    const { id: other } = await addKey()
    expect(await refusal('PATCH', `/api/keys/${other}`, { account: id }, ada.session)).toMatchObject({
      status: 400,
    })
  })

  it('is not removed while keys are in it, and says which', async () => {
    const account = await makeAccount({ name: 'Full' })
    const named = await addKey({ account: account.id, name: 'my best key' })
    const nameless = await addKey({ account: account.id })
    const refused = await refusal('DELETE', `/api/accounts/${account.id}`, undefined, ada.session)
    expect(refused).toMatchObject({ status: 409, code: 'CONFLICT' })
    expect(refused.message).toContain(`my best key (${named.id})`)
    expect(refused.message).toContain(nameless.id)
    expect(refused.message).not.toContain('gsk_accounts')

    await call('DELETE', `/api/keys/${named.id}`, undefined, ada.session)
    await call('PATCH', `/api/keys/${nameless.id}`, { account: null }, ada.session)
    await call('DELETE', `/api/accounts/${account.id}`, undefined, ada.session)
    expect((await accountsOf(ada)).map(({ id }) => id)).not.toContain(account.id)
  })

  it('is renamed without a change of its keys', async () => {
    const account = await makeAccount()
    const key = await addKey({ account: account.id })
    const renamed = await call<Account>('PATCH', `/api/accounts/${account.id}`, { name: 'New' }, ada.session)
    expect(renamed).toMatchObject({ id: account.id, name: 'New', keys: [{ id: key.id }] })
    expect(
      await refusal('PATCH', `/api/accounts/${account.id}`, { provider: 'openai' }, ada.session),
    ).toMatchObject({ status: 400 })
  })

  it('writes the audit log', async () => {
    const { id } = await makeAccount({ name: 'Audited' })
    await call('PATCH', `/api/accounts/${id}`, { shared: true }, ada.session)
    await call('DELETE', `/api/accounts/${id}`, undefined, ada.session)
    const { results } = await env.DB.prepare(
      'SELECT actor, action FROM audit WHERE subject = ? ORDER BY sequence',
    )
      .bind(id)
      .all()
    expect(results).toEqual(
      ['account.added', 'account.changed', 'account.removed'].map((action) => ({
        actor: ada.userId,
        action,
      })),
    )
  })
})

describe('a key', () => {
  it('joins an account, leaves it, and has the old one removed where that was its own', async () => {
    const account = await makeAccount()
    const key = await addKey()
    expect(key.account).toBe(key.id)
    const moved = await call<Key>('PATCH', `/api/keys/${key.id}`, { account: account.id }, ada.session)
    expect(moved.account).toBe(account.id)
    expect(await rowsOf(key.id)).toBe(0)
    const back = await call<Key>('PATCH', `/api/keys/${key.id}`, { account: null }, ada.session)
    expect(back.account).toBe(key.id)
    expect(await rowsOf(key.id)).toBe(1)
    expect((await accountsOf(ada)).find(({ id }) => id === account.id)?.keys).toEqual([])
  })

  it('stays where it is when it is told to go where it is', async () => {
    const account = await makeAccount()
    const { id } = await addKey({ account: account.id })
    const { id: own } = await addKey()
    await call('PATCH', `/api/keys/${id}`, { account: account.id, note: 'x' }, ada.session)
    await call('PATCH', `/api/keys/${own}`, { account: null, note: 'x' }, ada.session)
    const keys = await call<{ data: Key[] }>('GET', '/api/keys', undefined, ada.session)
    expect(keys.data.find((key) => key.id === id)?.account).toBe(account.id)
    expect(keys.data.find((key) => key.id === own)?.account).toBe(own)
  })

  it('joins no account of another provider', async () => {
    const elsewhere = await makeAccount({ provider: 'mistral' })
    const { id } = await addKey()
    expect(await refusal('PATCH', `/api/keys/${id}`, { account: elsewhere.id }, ada.session)).toMatchObject({
      status: 400,
      code: 'VALIDATION_ERROR',
    })
  })

  it('cannot be shared otherwise than its account is', async () => {
    const account = await makeAccount()
    const body = { provider: 'groq', apiKey: 'gsk_accounts_other', account: account.id, shared: true }
    expect(await refusal('POST', '/api/keys', body, ada.session)).toMatchObject({
      status: 400,
      message: expect.stringContaining('"shared"'),
    })
  })
})

describe('sharing an account', () => {
  it('is for admins', async () => {
    const body = { provider: 'groq', name: 'for all', shared: true }
    expect(await refusal('POST', '/api/accounts', body, bob.session)).toMatchObject({ status: 403 })
    const { id } = await makeAccount({}, bob)
    expect(await refusal('PATCH', `/api/accounts/${id}`, { shared: true }, bob.session)).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
    })
  })

  it('gives its keys to everyone, and takes them back at once', async () => {
    const account = await makeAccount({ provider: 'cerebras' })
    await addKey({ provider: 'cerebras', apiKey: 'csk-accounts-000001', account: account.id })
    expect(await canCall(ada, 'cerebras')).toBe(true)
    expect(await canCall(bob, 'cerebras')).toBe(false)
    await call('PATCH', `/api/accounts/${account.id}`, { shared: true }, ada.session)
    await untilReached(bob, 'cerebras')
    expect(await canCall(ada, 'cerebras')).toBe(true)
    await call('PATCH', `/api/accounts/${account.id}`, { shared: false }, ada.session)
    expect(await canCall(bob, 'cerebras')).toBe(false)
    expect(await canCall(ada, 'cerebras')).toBe(true)
  })

  it('comes with a key that joins it, and ends for a key that leaves', async () => {
    const account = await makeAccount({ provider: 'xai', shared: true })
    const key = await addKey({ provider: 'xai', apiKey: 'xai-accounts-000001' })
    expect(await canCall(bob, 'xai')).toBe(false)
    expect(await call('PATCH', `/api/keys/${key.id}`, { account: account.id }, ada.session)).toMatchObject({
      shared: true,
    })
    await untilReached(bob, 'xai')
    expect(await call('PATCH', `/api/keys/${key.id}`, { account: null }, ada.session)).toMatchObject({
      shared: false,
    })
    expect(await canCall(bob, 'xai')).toBe(false)
    expect(await canCall(ada, 'xai')).toBe(true)
  })
})

/** How many accounts without a name there are under an id. */
async function rowsOf(id: string): Promise<number> {
  const row = await env.DB.prepare('SELECT count(*) AS n FROM accounts WHERE id = ? AND name IS NULL')
    .bind(id)
    .first<{ n: number }>()
  return row?.n ?? 0
}

/**
 * Shares of people and reserves of owners through the whole hub: how they are set, what they
 * refuse, and who sees them.
 */
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { poolStub } from '../../src/quota/stub.ts'
import { call, completionBody, refusal, send, settleIn, type Settled } from '../hub.workerd.ts'
import { makeNeed } from '../quota/fixtures.ts'

interface PersonUse {
  user: string
  used: number
  reserved: number
}
interface Key {
  id: string
  account: string
  reserve: string | number | null
  state: { windows: { unit: string; per: string; reserve: number | null; byPerson: PersonUse[] | null }[] }
}
interface Pool {
  provider: string
  scope: string
  waiting: number
  windows: { unit: string; per: string; reserve: number; byPerson: PersonUse[] }[]
}

interface Explained {
  pools: { refusals: { keyId: string; reason: string }[] }[]
}

let ada: Settled
let bob: Settled
let cleo: Settled
let entered = 0

beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'anything' })
  bob = await settleIn({ provider: 'sandbox', apiKey: 'anything' }, 'bob')
  cleo = await settleIn({ provider: 'sandbox', apiKey: 'anything' }, 'cleo')
})
afterEach(async () => {
  vi.restoreAllMocks()
  for (const { userId } of [bob, cleo]) await setShare(userId, null)
})

function setShare(userId: string, maxShare: number | null): Promise<{ maxShare: number | null }> {
  return call('PATCH', `/api/users/${userId}`, { maxShare }, ada.session)
}

/** A key of ada's that serves everyone, at a provider where there is no other. */
function shareKey(provider: string, body: Record<string, unknown> = {}): Promise<Key> {
  const apiKey = `gsk_shares_${String(++entered).padStart(6, '0')}`
  const limits = [{ unit: 'requests', per: 'day', limit: 10, resets: 'utc' }]
  return call('POST', '/api/keys', { provider, apiKey, shared: true, limits, ...body }, ada.session)
}

function answer(): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(completionBody))
}

interface Told {
  status: number
  message: string | undefined
}

async function ask(who: Settled, provider: string, headers: Record<string, string> = {}): Promise<Told> {
  const body = { model: `${provider}/m`, messages: [{ role: 'user', content: 'Hello' }] }
  const response = await send('POST', '/v1/chat/completions', { body, as: who.token, headers })
  const { error } = await response.json<{ error?: { message: string } }>()
  return { status: response.status, message: error?.message }
}

/**
 * What is shared for everyone raises no epoch but the sharer's: others see it when what they know
 * is not fresh.
 */
async function untilReached(who: Settled, provider: string): Promise<void> {
  await vi.waitFor(async () => expect((await ask(who, provider)).status).not.toBe(400), {
    timeout: 10_000,
    interval: 200,
  })
}

async function windowOf(key: Key) {
  const { state } = await call<Key>('GET', `/api/keys/${key.id}`, undefined, ada.session)
  return state.windows.find(({ unit, per }) => unit === 'requests' && per === 'day')
}

async function waitingFor(provider: string): Promise<number | undefined> {
  const { data } = await call<{ data: Pool[] }>('GET', '/api/pools', undefined, ada.session)
  return data.find((one) => one.provider === provider && one.scope === 'hub')?.waiting
}

async function poolOf(who: Settled, provider: string) {
  const { data } = await call<{ data: Pool[] }>('GET', '/api/pools', undefined, who.session)
  const pool = data.find((one) => one.provider === provider && one.scope === 'hub')
  return pool?.windows.find(({ unit, per }) => unit === 'requests' && per === 'day')
}

describe('the share of a person', () => {
  it('is above 0 and up to 1, and for an administrator to set', async () => {
    expect(await setShare(bob.userId, 0.2)).toMatchObject({ maxShare: 0.2 })
    expect(await setShare(bob.userId, 1)).toMatchObject({ maxShare: 1 })
    expect(await setShare(bob.userId, null)).toMatchObject({ maxShare: null })
    for (const maxShare of [0, -0.1, 1.01, '20%']) {
      const told = await refusal('PATCH', `/api/users/${bob.userId}`, { maxShare }, ada.session)
      expect(told).toMatchObject({ status: 400, param: 'maxShare' })
    }
    expect(await refusal('PATCH', `/api/users/${bob.userId}`, { maxShare: 1 }, bob.session)).toMatchObject({
      status: 403,
    })
  })

  it('is set when the person is made, or is that of new people', async () => {
    const made = (username: string, more: object) =>
      call('POST', '/api/users', { username, password: 'correct horse battery', ...more }, ada.session)
    expect(await made('dan', { maxShare: 0.4 })).toMatchObject({ maxShare: 0.4 })
    await call('PATCH', '/api/settings', { personDefaults: { maxShare: 0.3 } }, ada.session)
    expect(await made('eve', {})).toMatchObject({ maxShare: 0.3 })
    expect(await made('fay', { maxShare: null })).toMatchObject({ maxShare: null })
    await call('PATCH', '/api/settings', { personDefaults: { maxShare: null } }, ada.session)
  })

  it('binds from the next request on, is told as the reason, and ends when it is taken away', async () => {
    answer()
    const key = await shareKey('groq')
    await untilReached(bob, 'groq')
    await setShare(bob.userId, 0.3)
    const statuses = []
    for (let i = 0; i < 4; i++) statuses.push((await ask(bob, 'groq')).status)
    // One was made before there was a share: it counts.
    expect(statuses).toEqual([200, 200, 429, 429])
    expect((await ask(bob, 'groq')).message).toContain('1 key with your share used up')
    const path = `/api/routes/${encodeURIComponent('groq/m')}/explain`
    const { pools } = await call<Explained>('POST', path, {}, bob.session)
    expect(pools[0]?.refusals).toMatchObject([{ keyId: key.id, reason: 'share-used-up' }])
    await untilReached(cleo, 'groq')
    await setShare(bob.userId, null)
    expect((await ask(bob, 'groq')).status).toBe(200)
    expect((await windowOf(key))?.byPerson).toEqual([
      { user: bob.userId, used: 4, reserved: 0 },
      { user: cleo.userId, used: 1, reserved: 0 },
    ])
  }, 30_000)

  it('is seen by its person alone and by administrators', async () => {
    answer()
    await shareKey('mistral', { reserve: '20%' })
    await untilReached(bob, 'mistral')
    await untilReached(cleo, 'mistral')
    const ofBob = { user: bob.userId, used: 1, reserved: 0 }
    const ofCleo = { user: cleo.userId, used: 1, reserved: 0 }
    expect(await poolOf(bob, 'mistral')).toMatchObject({ byPerson: [ofBob], reserve: 2 })
    expect((await poolOf(ada, 'mistral'))?.byPerson).toHaveLength(2)
    expect((await poolOf(ada, 'mistral'))?.byPerson).toEqual(expect.arrayContaining([ofBob, ofCleo]))
  }, 30_000)
})

describe('the reserve of an owner', () => {
  it('is a percentage or a number of requests, of a key’s account or of one with a name', async () => {
    const key = await shareKey('cerebras', { reserve: ' 20 % ' })
    expect(key.reserve).toBe('20%')
    const path = `/api/keys/${key.id}`
    expect(await call<Key>('PATCH', path, { reserve: 3 }, ada.session)).toMatchObject({ reserve: 3 })
    expect(await windowOf(key)).toMatchObject({ reserve: 3 })
    expect(await call<Key>('PATCH', path, { priority: 2 }, ada.session)).toMatchObject({ reserve: 3 })
    expect(await call<Key>('PATCH', path, { reserve: 0 }, ada.session)).toMatchObject({ reserve: null })
    expect(await windowOf(key)).toMatchObject({ reserve: null })
    for (const reserve of ['101%', '-1%', 'some', -1, 0.5]) {
      expect(await refusal('PATCH', path, { reserve }, ada.session)).toMatchObject({
        status: 400,
        param: 'reserve',
      })
    }
    const named = { provider: 'cerebras', name: 'team', shared: true, reserve: '12.5%' }
    const account = await call<{ id: string; reserve: string }>('POST', '/api/accounts', named, ada.session)
    expect(account.reserve).toBe('12.5%')
    expect(await refusal('PATCH', path, { account: account.id, reserve: '50%' }, ada.session)).toMatchObject({
      status: 400,
      param: 'reserve',
    })
    expect(await call<Key>('PATCH', path, { account: account.id }, ada.session)).toMatchObject({
      reserve: '12.5%',
    })
    const change = { reserve: null }
    expect(await call('PATCH', `/api/accounts/${account.id}`, change, ada.session)).toMatchObject({
      reserve: null,
      name: 'team',
      shared: true,
    })
  })

  it('is there for the owner when others have used all that they may', async () => {
    answer()
    await shareKey('deepseek', { reserve: '30%' })
    await untilReached(bob, 'deepseek')
    const statuses = await Promise.all(Array.from({ length: 12 }, () => ask(bob, 'deepseek')))
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(6)
    const refused = statuses.find(({ status }) => status === 429)
    expect(refused?.message).toContain('1 key reserved for the owner')
    const own = await Promise.all(Array.from({ length: 5 }, () => ask(ada, 'deepseek')))
    expect(own.filter(({ status }) => status === 200)).toHaveLength(3)
  }, 30_000)
})

describe('waiting for a slot', () => {
  it('gives a newcomer the next turn although another person fills the line', async () => {
    answer()
    const limits = [{ unit: 'requests', per: 'minute', limit: 120, resets: 'refill' }]
    await shareKey('openrouter', { limits })
    await untilReached(bob, 'openrouter')
    await untilReached(cleo, 'openrouter')
    const pool = poolStub(env, 'hub', 'openrouter')
    for (let type = 'lease'; type === 'lease';) ({ type } = await pool.admit(makeNeed()))
    const line = Array.from({ length: 14 }, () => ask(bob, 'openrouter', { 'x-hub-max-wait': '300' }))
    await vi.waitFor(async () => expect(await waitingFor('openrouter')).toBeGreaterThanOrEqual(8), {
      timeout: 10_000,
    })
    // Two slots come free each second: behind all of them it would be too late.
    expect(await ask(cleo, 'openrouter', { 'x-hub-max-wait': '3' })).toMatchObject({ status: 200 })
    const served = await Promise.all(line)
    expect(served.map(({ status }) => status)).toEqual(line.map(() => 200))
  }, 60_000)
})

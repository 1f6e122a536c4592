/**
 * Logins: nothing tells an account that exists from one that does not, and guessing locks nobody
 * out but the one who guesses.
 */
import Argon2 from '@phi-ag/argon2'
import { evictDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { throttleStub } from '../../src/auth/throttle-stub.ts'
import { cookiesOf, send, settleIn } from '../hub.workerd.ts'

const password = 'correct horse battery'
let userId = ''

beforeAll(async () => {
  userId = (await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'ada')).userId
  // Registration opened a session here; what is tested are places that the account does not know.
  await env.DB.prepare('DELETE FROM sessions').run()
})
afterEach(() => vi.restoreAllMocks())

function logIn(login: string, given: string, address: string, cookie?: string): Promise<Response> {
  return send('POST', '/api/auth/login', {
    body: { login, password: given },
    headers: { 'cf-connecting-ip': address, ...(cookie !== undefined && { cookie }) },
  })
}

/** Fails at a login as often as one place may. */
async function fail(login: string, address: string, cookie?: string): Promise<void> {
  await Promise.all(Array.from({ length: 10 }, () => logIn(login, 'wrong password', address, cookie)))
}

/** Counts as if somebody had failed so often, without the work. */
async function useUp(name: string, limit: number, minutes: number): Promise<void> {
  const throttle = throttleStub(env, name)
  const rate = { limit, perMs: minutes * 60_000 }
  await Promise.all(Array.from({ length: limit }, () => throttle.take(rate)))
}

/** An answer without what differs from request to request. */
async function saidBy(response: Response): Promise<unknown> {
  const { hub: _hub, ...body } = await response.json<Record<string, unknown>>()
  const headers = [...response.headers].filter(([name]) => name !== 'x-hub-request-id')
  return { status: response.status, headers, body }
}

describe('a login', () => {
  it('does the same work and gives the same answer whether or not the account exists', async () => {
    const hash = vi.spyOn(Argon2.prototype, 'hash')
    const verify = vi.spyOn(Argon2.prototype, 'tryVerify')
    const work = (): unknown => {
      const done = { hashes: hash.mock.calls.length, verifications: verify.mock.calls.length }
      vi.clearAllMocks()
      return done
    }
    const toUnknown = await saidBy(await logIn('nobody', 'wrong password', '203.0.113.1'))
    const forUnknown = work()
    const toKnown = await saidBy(await logIn('ada', 'wrong password', '203.0.113.2'))
    expect(work()).toEqual(forUnknown)
    expect(forUnknown).toEqual({ hashes: 0, verifications: 1 })
    expect(toKnown).toEqual(toUnknown)
    expect(toKnown).toMatchObject({ status: 401 })
  })

  it('asks the database and the throttles the same whether or not the account exists', async () => {
    const asked: string[] = []
    const database = Object.getPrototypeOf(env.DB)
    const session = Object.getPrototypeOf(env.DB.withSession('first-primary'))
    for (const target of [database, session]) {
      const prepare = target.prepare
      vi.spyOn(target, 'prepare').mockImplementation(function (this: unknown, sql: unknown) {
        asked.push(String(sql))
        return Reflect.apply(prepare, this, [sql])
      })
    }
    const namespace = Object.getPrototypeOf(env.THROTTLE)
    const getByName = namespace.getByName
    vi.spyOn(namespace, 'getByName').mockImplementation(function (this: unknown, name: unknown) {
      asked.push(String(name).replace(/\/.*/, ''))
      return Reflect.apply(getByName, this, [name])
    })
    // The entry of the audit log is written when the answer is on its way: it tells nobody
    // anything.
    const askedBeforeAnswer = (): string[] => asked.splice(0).filter((each) => !/^noted|audit/.test(each))
    await logIn('ghost', 'wrong password', '203.0.113.3')
    const forUnknown = askedBeforeAnswer()
    await logIn('ada', 'wrong password', '203.0.113.4')
    expect(askedBeforeAnswer()).toEqual(forUnknown)
    expect(forUnknown).toEqual(expect.arrayContaining(['login-from', 'login-to']))
    expect(forUnknown.some((question) => question.includes('users'))).toBe(true)
  })

  it('is throttled in the same words for an account that exists and one that does not', async () => {
    for (const [login, address] of [
      ['ghost', '203.0.113.5'],
      ['ada', '203.0.113.6'],
    ] as const) {
      await fail(login, address)
    }
    const verify = vi.spyOn(Argon2.prototype, 'tryVerify')
    const toUnknown = await logIn('ghost', 'wrong password', '203.0.113.5')
    const toKnown = await logIn('ada', password, '203.0.113.6')
    expect(toKnown.status).toBe(429)
    expect(Number(toKnown.headers.get('retry-after'))).toBeGreaterThan(0)
    const { error } = await toUnknown.json<{ error: { message: string } }>()
    expect(await toKnown.json()).toMatchObject({ error: { message: error.message } })
    expect(toUnknown.status).toBe(429)
    expect(verify).not.toHaveBeenCalled()
  })

  it('is tried exactly as often as one address may, however many attempts come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => logIn('ada', 'wrong password', '198.51.100.1')),
    )
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(50)
  })

  it('with the right password does not use attempts up', async () => {
    for (let i = 0; i < 15; i++) {
      await env.DB.prepare('DELETE FROM sessions').run()
      expect((await logIn('ada', password, '198.51.100.2')).status).toBe(200)
    }
  })
})

describe('a form on the page of another site', () => {
  it('opens no session: a login is JSON, which such a form cannot send', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const body = JSON.stringify({ login: 'ada', password })
      const request = new Request('http://localhost/api/auth/login', {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      })
      const response = await exports.default.fetch(request)
      expect(response.status).toBe(400)
      expect(response.headers.getSetCookie()).toEqual([])
    }
  })
})

describe('registration that is open to all', () => {
  it('makes a bounded number of accounts for one address', async () => {
    const register = (username: string, address: string) =>
      send('POST', '/api/auth/register', {
        body: { username, password },
        headers: { 'cf-connecting-ip': address },
      })
    for (let i = 0; i < 20; i++)
      await throttleStub(env, 'register/192.0.2.70').take({ limit: 30, perMs: 3_600_000 })
    const hashed = vi.spyOn(Argon2.prototype, 'hash')
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, i) => register(`newcomer-${i}`, '192.0.2.70')),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15)
    expect(hashed).toHaveBeenCalledTimes(10)
    expect((await register('somebody-else', '192.0.2.71')).status).toBe(201)
  })
})

describe('somebody who fails on purpose', () => {
  it('locks out nobody who comes from a device or an address that the account knows', async () => {
    const home = await logIn('ada', password, '192.0.2.1')
    const device = `hub_device=${cookiesOf(home).get('hub_device')}`
    // Every attempt that strangers have at this account is used up, and at home and abroad the
    // addresses, too.
    await useUp(`login-to/${userId}`, 100, 60)
    for (const address of ['192.0.2.1', '192.0.2.2']) await useUp(`login-from/${address}`, 10, 15)

    expect((await logIn('ada', password, '192.0.2.99')).status).toBe(429)
    expect((await logIn('ada', password, '192.0.2.1')).status).toBe(200)
    expect((await logIn('ada', password, '192.0.2.2', device)).status).toBe(200)
  })

  it('cannot use up the attempts of a device, not even from its own address', async () => {
    const home = await logIn('ada', password, '192.0.2.1')
    const device = `hub_device=${cookiesOf(home).get('hub_device')}`
    await fail('ada', '192.0.2.1')
    expect((await logIn('ada', password, '192.0.2.1')).status).toBe(429)
    expect((await logIn('ada', password, '192.0.2.1', device)).status).toBe(200)
  })

  it('gains nothing from a device that logged in to another account', async () => {
    await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'mallory')
    const own = await logIn('mallory', password, '192.0.2.50')
    const device = `hub_device=${cookiesOf(own).get('hub_device')}`
    await fail('bob', '192.0.2.51', device)
    expect((await logIn('bob', 'wrong password', '192.0.2.51', device)).status).toBe(429)
  })

  it('does not get more attempts by waiting until the counting object is out of memory', async () => {
    await fail('carol', '192.0.2.60')
    await evictDurableObject(throttleStub(env, 'login-from/192.0.2.60'))
    expect((await logIn('carol', 'wrong password', '192.0.2.60')).status).toBe(429)
  })

  it('does not get more attempts from other addresses of the same network', async () => {
    for (let i = 0; i < 10; i++) await logIn('dave', 'wrong password', `2001:db8:9:9::${i}`)
    expect((await logIn('dave', 'wrong password', '2001:db8:9:9:ffff::1')).status).toBe(429)
    expect((await logIn('dave', 'wrong password', '2001:db8:9:a::1')).status).toBe(401)
  })
})

describe('a stranger at a hub without Cloudflare in front', () => {
  const from = (login: string, given: string): Promise<Response> =>
    send('POST', '/api/auth/login', { body: { login, password: given } })

  it('uses up the attempts at one account, and nobody else’s', async () => {
    const answers = await Promise.all(Array.from({ length: 15 }, () => from('erin', 'wrong password')))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10)
    expect((await from('erin', 'wrong password')).status).toBe(429)
    expect((await from('mallory', password)).status).toBe(200)
  })
})

describe('a password', () => {
  it('is changed only with the old one, which cannot be guessed with a session', async () => {
    const { token: session } = await (
      await logIn('mallory', password, '192.0.2.50')
    ).json<{ token: string }>()
    const change = (oldPassword: string) =>
      send('POST', '/api/auth/password', {
        body: { oldPassword, newPassword: 'another password' },
        as: session,
      })
    const wrong = await change('not my password')
    expect(wrong.status).toBe(403)
    expect(await wrong.json()).toMatchObject({ error: { param: 'oldPassword' } })
    await Promise.all(Array.from({ length: 9 }, () => change('not my password')))
    expect((await change(password)).status).toBe(429)
  })
})

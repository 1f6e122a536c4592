/** Sessions: renewed while they are used, listed, and ended at once. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import worker from '../../src/index.ts'
import { call, cookiesOf, send, settleIn } from '../hub.workerd.ts'

const password = 'correct horse battery'
const dayMs = 86_400_000
const start = Date.UTC(2100, 0, 1)

beforeAll(async () => {
  await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'ada')
  await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'bob')
})
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

interface Opened {
  token: string
  cookie: string
}

async function logIn(login = 'ada', userAgent = 'a browser'): Promise<Opened> {
  const response = await send('POST', '/api/auth/login', {
    body: { login, password },
    headers: { 'user-agent': userAgent },
  })
  expect(response.status).toBe(200)
  const { token } = await response.json<{ token: string }>()
  return { token, cookie: `hub_session=${cookiesOf(response).get('hub_session')}` }
}

function ask(cookie: string, path = '/api/auth/me'): Promise<Response> {
  return send('GET', path, { headers: { cookie } })
}

async function renewed(cookie: string): Promise<string | undefined> {
  const response = await ask(cookie)
  expect(response.status).toBe(200)
  const value = cookiesOf(response).get('hub_session')
  return value && `hub_session=${value}`
}

interface Listed {
  data: { id: string; userAgent: string; current: boolean; createdAt: string; lastSeenAt: string }[]
}

describe('a session', () => {
  it('is not taken for another credential where a query has a field of that name', async () => {
    const { cookie } = await logIn()
    expect((await ask(cookie, '/api/logs?key=key_of_mine')).status).toBe(200)
  })

  it('comes in a cookie that scripts cannot read and other sites cannot send', async () => {
    const response = await send('POST', '/api/auth/login', { body: { login: 'ada', password } })
    const lines = response.headers.getSetCookie()
    expect(lines).not.toEqual([])
    for (const line of lines) {
      expect(line).toContain('HttpOnly')
      expect(line).toContain('SameSite=Strict')
      expect(line).toContain('Path=/')
    }
  })

  it('is renewed after a day of use, and its token before that ends two minutes later', async () => {
    const { cookie } = await logIn()
    expect(await renewed(cookie)).toBeUndefined()
    vi.setSystemTime(start + dayMs)
    const next = await renewed(cookie)
    expect(next).toBeDefined()
    expect(next).not.toBe(cookie)
    vi.setSystemTime(start + dayMs + 119_000)
    expect((await ask(cookie)).status).toBe(200)
    vi.setSystemTime(start + dayMs + 120_000)
    expect((await ask(cookie)).status).toBe(401)
    expect((await ask(next ?? '')).status).toBe(200)
  })

  it('gives the newest token again to who never received it', async () => {
    const { cookie } = await logIn()
    vi.setSystemTime(start + dayMs)
    const lost = await renewed(cookie)
    const again = await renewed(cookie)
    vi.setSystemTime(start + dayMs + 200_000)
    for (const token of [lost, again]) expect((await ask(token ?? '')).status).toBe(200)
  })

  it('is renewed once, however many requests come at once', async () => {
    const { cookie } = await logIn()
    vi.setSystemTime(start + dayMs)
    const responses = await Promise.all(Array.from({ length: 10 }, () => ask(cookie)))
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    const row = await env.DB.prepare('SELECT max(generation) AS newest FROM sessions').first<{
      newest: number
    }>()
    expect(row?.newest).toBe(2)
  })

  it('lasts for 30 days more with each renewal, and for 180 at most', async () => {
    let { cookie } = await logIn()
    for (let day = 25; day <= 175; day += 25) {
      vi.setSystemTime(start + day * dayMs)
      cookie = (await renewed(cookie)) ?? cookie
    }
    vi.setSystemTime(start + 181 * dayMs)
    expect((await ask(cookie)).status).toBe(401)
  })

  it('ends where nobody uses it for 30 days', async () => {
    const { cookie } = await logIn()
    vi.setSystemTime(start + 30 * dayMs + 1_000)
    expect((await ask(cookie)).status).toBe(401)
  })

  it('is not renewed under those who hold the token themselves', async () => {
    const { token } = await logIn()
    vi.setSystemTime(start + 20 * dayMs)
    const response = await send('GET', '/api/auth/me', { as: token })
    expect(response.status).toBe(200)
    expect(cookiesOf(response).size).toBe(0)
    expect((await send('GET', '/api/auth/me', { as: token })).status).toBe(200)
  })
})

describe('the list of sessions', () => {
  it('says which there are, and which one asks', async () => {
    await logIn('ada', 'a telephone')
    const { cookie } = await logIn('ada', 'a computer')
    const { data } = await (await ask(cookie, '/api/auth/sessions')).json<Listed>()
    expect(data.filter(({ current }) => current)).toMatchObject([{ userAgent: 'a computer' }])
    expect(data.map(({ userAgent }) => userAgent)).toContain('a telephone')
  })

  it('says when a session was last seen, to within five minutes', async () => {
    const { token } = await logIn('ada', 'a watch')
    vi.setSystemTime(start + 300_000)
    const context = createExecutionContext()
    const request = new Request('http://localhost/api/auth/me', {
      headers: { authorization: `Bearer ${token}` },
    })
    await worker.fetch(request, env, context)
    await waitOnExecutionContext(context)
    const { data } = await call<Listed>('GET', '/api/auth/sessions', undefined, token)
    const [watch] = data.filter(({ current }) => current)
    expect(watch?.lastSeenAt).toBe(new Date(start + 300_000).toISOString())
  })

  it('lets one be ended at once, in an isolate that has just used it', async () => {
    const other = await logIn('ada', 'a lost telephone')
    const { token } = await logIn()
    expect((await ask(other.cookie)).status).toBe(200)
    const { data } = await call<Listed>('GET', '/api/auth/sessions', undefined, token)
    const lost = data.find(({ userAgent }) => userAgent === 'a lost telephone')
    await call('DELETE', `/api/auth/sessions/${lost?.id}`, undefined, token)
    expect((await ask(other.cookie)).status).toBe(401)
    expect((await send('DELETE', `/api/auth/sessions/${lost?.id}`, { as: token })).status).toBe(404)
  })

  it('lets all others be ended, and leaves those of other people', async () => {
    const [first, second, bobs] = [await logIn(), await logIn(), await logIn('bob')]
    await call('DELETE', '/api/auth/sessions', undefined, second.token)
    expect((await ask(first.cookie)).status).toBe(401)
    expect((await ask(second.cookie)).status).toBe(200)
    expect((await ask(bobs.cookie)).status).toBe(200)
  })
})

describe('a change of password', () => {
  it('ends every session, and answers with a new one', async () => {
    const [other, own] = [await logIn('bob'), await logIn('bob')]
    const change = { oldPassword: password, newPassword: 'a new password' }
    const { token } = await call<{ token: string }>('POST', '/api/auth/password', change, own.token)
    expect((await ask(other.cookie)).status).toBe(401)
    expect((await ask(own.cookie)).status).toBe(401)
    expect((await send('GET', '/api/auth/me', { as: token })).status).toBe(200)
    expect((await send('POST', '/api/auth/login', { body: { login: 'bob', password } })).status).toBe(401)
    const body = { login: 'bob', password: 'a new password' }
    expect((await send('POST', '/api/auth/login', { body })).status).toBe(200)
  })
})

describe('the session that a page asks for first', () => {
  it('is nobody’s where none is open, and no error', async () => {
    for (const headers of [{}, { cookie: 'hub_session=eyJhbGciOiJIUzI1NiJ9.e30.x' }]) {
      const response = await send('GET', '/api/auth/session', { headers })
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({ user: null, expiresAt: null })
    }
  })

  it('costs no query where there is no cookie', async () => {
    const asked = vi.spyOn(Object.getPrototypeOf(env.DB), 'withSession')
    await send('GET', '/api/auth/session')
    expect(asked).not.toHaveBeenCalled()
  })

  it('is a person’s with their cookie', async () => {
    const { cookie } = await logIn()
    const response = await ask(cookie, '/api/auth/session')
    expect(await response.json()).toMatchObject({ user: { username: 'ada' } })
  })
})

describe('a session that is refused', () => {
  const refusals = () =>
    env.DB.prepare("SELECT detail FROM audit WHERE action = 'session.refused' ORDER BY at").all<{
      detail: string
    }>()

  it('is in the audit log, with why and from where, and not more often than is of use', async () => {
    vi.setSystemTime(start + 400 * dayMs)
    const before = (await refusals()).results.length
    const { token } = await logIn()
    const forged = `${token.slice(0, -10)}AAAAAAAAAA`
    const unsigned = `eyJhbGciOiJub25lIn0.${token.split('.')[1]}.`
    for (const bad of [forged, unsigned, ...Array.from({ length: 50 }, () => forged)]) {
      const context = createExecutionContext()
      const headers = { authorization: `Bearer ${bad}`, 'cf-connecting-ip': '203.0.113.9' }
      const response = await worker.fetch(new Request('http://localhost/api/keys', { headers }), env, context)
      expect(response.status).toBe(401)
      await waitOnExecutionContext(context)
    }
    const { results } = await refusals()
    const details = results.slice(before).map(({ detail }) => detail)
    expect(details).toHaveLength(10)
    expect(JSON.parse(details[0] ?? '')).toEqual({ why: 'forged', address: '203.0.113.9' })
    expect(JSON.stringify(results)).not.toContain(forged)
  })

  it.each([
    ['expired', 31 * dayMs],
    ['superseded', dayMs + 200_000],
  ])('says so where it is %s', async (why, ageMs) => {
    const opened = start + 500 * dayMs
    vi.setSystemTime(opened)
    const { cookie } = await logIn()
    vi.setSystemTime(opened + dayMs)
    if (why === 'superseded') await renewed(cookie)
    vi.setSystemTime(opened + ageMs)
    const context = createExecutionContext()
    const request = new Request('http://localhost/api/keys', { headers: { cookie } })
    expect((await worker.fetch(request, env, context)).status).toBe(401)
    await waitOnExecutionContext(context)
    const { results } = await refusals()
    expect(results.map(({ detail }) => detail).join()).toContain(`"why":"${why}"`)
  })
})

describe('a session’s cookie', () => {
  it('changes nothing for the page of another site', async () => {
    const { cookie, token } = await logIn()
    const body = { name: 'forged' }
    const elsewhere = { cookie, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example.com' }
    const forged = await send('POST', '/api/tokens', { body, headers: elsewhere })
    expect(forged.status).toBe(403)
    const own = { cookie, 'sec-fetch-site': 'same-origin', origin: 'http://localhost' }
    expect((await send('POST', '/api/tokens', { body: { name: 'own' }, headers: own })).status).toBe(201)
    const bearer = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example.com' }
    expect(
      (await send('POST', '/api/tokens', { body: { name: 'bearer' }, headers: bearer, as: token })).status,
    ).toBe(201)
    const { data } = await call<{ data: { name: string }[] }>('GET', '/api/tokens', undefined, token)
    expect(data.map(({ name }) => name)).not.toContain('forged')
  })
})

/** What strangers can do to a hub, and what it keeps of them. */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { makeToken } from '../../src/auth/gateway-tokens.ts'
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { app } from '../../src/index.ts'
import { throttleStub } from '../../src/auth/throttle-stub.ts'
import { countRows } from '../counting-d1.ts'
import { call, cookiesOf, settleIn, type Settled } from '../hub.workerd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const password = 'correct horse battery'
const deployed = {
  HUB_LOCAL: '',
  JWT_SECRET: 'q8Zr2LmWv5TnXc7BdKs4HjPf9GyQaEu1',
  MASTER_KEY: 'a3V0ZWp2OHM3ZDJmNWc5aDFqNGs2bDB6eDhjNXY3YjI=',
  SETUP_TOKEN: '3f9c0a1b5d7e24683f9c0a1b5d7e2468',
}

interface Asking {
  origin?: string
  body?: unknown
  headers?: Record<string, string>
  with?: Record<string, unknown>
}

/** Sends a request to a hub with other variables. */
async function ask(method: string, path: string, asking: Asking = {}): Promise<Response> {
  const { origin = 'https://hub.example.com', body, headers = {}, with: more = deployed } = asking
  const context = createExecutionContext()
  const response = await app.fetch(
    new Request(`${origin}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
    { ...env, ...more },
    context,
  )
  await waitOnExecutionContext(context)
  return response
}
const errorOf = async (response: Response) =>
  (await response.json<{ error: { message: string; param?: string } }>()).error

interface Entry {
  action: string
  actor: string
  subject: string
  detail: { why?: string }
}
let ada: Settled
const audited = async (action: string): Promise<Entry[]> =>
  (await call<{ data: Entry[] }>('GET', `/api/audit?limit=200&action=${action}`, undefined, ada.session)).data

describe('a hub that nobody has claimed', () => {
  it('does not say so to strangers, and hears no more than ten guesses at its setup token', async () => {
    const ready = await (await ask('GET', '/health/ready')).json<{ unclaimed: boolean | null }>()
    expect(ready.unclaimed).toBeNull()
    const local = await ask('GET', '/health/ready', { origin: 'http://localhost', with: {} })
    expect((await local.json<{ unclaimed: boolean }>()).unclaimed).toBe(true)
    const guess = () =>
      ask('POST', '/api/auth/register', {
        body: { username: 'eve', password, setupToken: 'guessed' },
        headers: { 'cf-connecting-ip': '203.0.113.50' },
      })
    const statuses: number[] = []
    for (let i = 0; i < 14; i++) statuses.push((await guess()).status)
    expect(statuses).toEqual([...Array<number>(10).fill(403), ...Array<number>(4).fill(429)])
  })
})

describe('a hub that is claimed', () => {
  beforeAll(async () => {
    ada = await settleIn({ provider: 'sandbox', apiKey: 'x' })
    await call('PATCH', '/api/settings', { registration: 'closed' }, ada.session)
  })

  it('has recorded the guesses, and refuses strangers in the words of one that is not', async () => {
    expect((await audited('setup.refused')).length).toBe(10)
    const response = await ask('POST', '/api/auth/register', {
      body: { username: 'eve', password },
      headers: { 'cf-connecting-ip': '203.0.113.51' },
    })
    expect(response.status).toBe(403)
    const { message, param } = await errorOf(response)
    expect(message).toContain('Registration is closed')
    expect(message).toContain('SETUP_TOKEN')
    expect(param).toBe('setupToken')
  })

  it('records failed logins, with the account and without what was typed', async () => {
    const login = (name: string, typed: string, address: string) =>
      ask('POST', '/api/auth/login', {
        body: { login: name, password: typed },
        headers: { 'cf-connecting-ip': address },
      })
    expect((await login('ada', 'hunter2-canary', '203.0.113.1')).status).toBe(401)
    expect((await login('my-password-canary', 'x', '203.0.113.2')).status).toBe(401)
    const entries = await audited('login.failed')
    expect(entries).toMatchObject([
      { actor: 'nobody', subject: 'unknown', detail: { why: 'unknown-login' } },
      { actor: 'nobody', subject: ada.userId, detail: { why: 'wrong-password' } },
    ])
    expect(JSON.stringify(entries)).not.toContain('canary')
    expect(entries).toMatchObject([{ address: '203.0.113.2' }, { address: '203.0.113.1' }])
  })

  it('records no more than twenty an hour for an account, and says that there were more', async () => {
    for (let i = 0; i < 30; i++) {
      await ask('POST', '/api/auth/login', {
        body: { login: 'ada', password: 'wrong' },
        headers: { 'cf-connecting-ip': `198.51.100.${i}` },
      })
    }
    const entries = (await audited('login.failed')).filter(({ subject }) => subject === ada.userId)
    expect(entries).toHaveLength(21)
    expect(entries[0]?.detail.why).toBe('more-are-not-recorded')
  })

  it('records a wrong old password', async () => {
    const body = { oldPassword: 'not this', newPassword: password }
    const headers = { authorization: `Bearer ${ada.session}` }
    expect(
      (await ask('POST', '/api/auth/password', { body, headers, origin: 'http://localhost', with: {} }))
        .status,
    ).toBe(403)
    expect(await audited('password.refused')).toMatchObject([{ actor: ada.userId, subject: ada.userId }])
  })

  it('lets the holder of an invitation ask for thirty names an hour, and use it', async () => {
    const { invitation } = await call<{ invitation: string }>('POST', '/api/invitations', {}, ada.session)
    const join = (username: string, i: number) =>
      ask('POST', '/api/auth/register', {
        body: { username, password, invitation },
        headers: { 'cf-connecting-ip': `203.0.113.${100 + i}` },
      })
    const statuses: number[] = []
    for (let i = 0; i < 9; i++) statuses.push((await join('ada', i)).status)
    expect(statuses).toEqual(Array<number>(9).fill(409))
    const { invitation: other } = await call<{ invitation: string }>(
      'POST',
      '/api/invitations',
      {},
      ada.session,
    )
    expect((await join('grace', 20)).status).toBe(201)
    const asked: number[] = []
    for (let i = 0; i < 32; i++) {
      const response = await ask('POST', '/api/auth/register', {
        body: { username: 'ada', password, invitation: other },
        headers: { 'cf-connecting-ip': `203.0.113.${150 + i}` },
      })
      asked.push(response.status)
    }
    expect(asked).toEqual([...Array<number>(30).fill(409), 429, 429])
  })
})

describe('tokens that nobody has', () => {
  it('cost a minute of an address sixty look-ups and no more, however many come at once', async () => {
    const counter = countRows(env.DB)
    const present = (token: string, address: string) =>
      ask('GET', '/v1/models', {
        headers: { authorization: `Bearer ${token}`, 'cf-connecting-ip': address },
        origin: 'http://localhost',
        with: { DB: counter.d1 },
      })
    // The first request of an isolate asks for the version of the database.
    await ask('GET', '/v1/models', { origin: 'http://localhost', with: { DB: counter.d1 } })
    counter.reset()
    const statuses = await Promise.all(
      Array.from({ length: 80 }, async () => (await present(makeToken(), '203.0.113.9')).status),
    )
    expect(statuses.filter((status) => status === 401)).toHaveLength(60)
    expect(statuses.filter((status) => status === 429)).toHaveLength(20)
    expect(counter.statements()).toBeLessThanOrEqual(60)
    expect((await present(ada.token, '203.0.113.10')).status).toBe(200)
    // What the isolate knows is served from that address, too.
    expect((await present(ada.token, '203.0.113.9')).status).toBe(200)
  })
})

describe('cookies', () => {
  const login = (origin: string, more: Record<string, unknown>) =>
    ask('POST', '/api/auth/login', {
      origin,
      with: more,
      body: { login: 'grace', password },
      headers: { 'cf-connecting-ip': '203.0.113.77' },
    })

  it('are of this host alone over HTTPS, and one without the prefix is not taken there', async () => {
    const response = await login('https://hub.example.com', deployed)
    const lines = response.headers.getSetCookie()
    expect(lines.map((line) => line.split('=')[0])).toEqual(['__Host-hub_session', '__Host-hub_device'])
    for (const line of lines) {
      expect(line).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
      expect(line).not.toContain('Domain')
    }
    const session = cookiesOf(response).get('__Host-hub_session') ?? ''
    const me = (cookie: string) => ask('GET', '/api/auth/me', { headers: { cookie } })
    expect((await me(`__Host-hub_session=${session}`)).status).toBe(200)
    expect((await me(`hub_session=${session}`)).status).toBe(401)
    expect((await me(`hub_session=planted; __Host-hub_session=${session}`)).status).toBe(200)
    const out = await ask('POST', '/api/auth/logout', {
      headers: { cookie: `__Host-hub_session=${session}`, 'sec-fetch-site': 'same-origin' },
    })
    expect(out.headers.getSetCookie()[0]).toMatch(/^__Host-hub_session=; Max-Age=0; Path=\/; Secure/)
  })

  it('have their plain names on a local hub without HTTPS', async () => {
    const response = await login('http://localhost', {})
    expect([...cookiesOf(response).keys()]).toEqual(['hub_session', 'hub_device'])
  })
})

describe('a hub that clients reach without Cloudflare', () => {
  it('believes no address that they claim', async () => {
    const statuses: number[] = []
    for (let i = 0; i < 14; i++) {
      const response = await ask('POST', '/api/auth/login', {
        origin: 'http://localhost',
        with: { HUB_DIRECT: '1' },
        body: { login: 'nobody-here', password: 'x' },
        headers: { 'cf-connecting-ip': `192.0.2.${i}` },
      })
      statuses.push(response.status)
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), ...Array<number>(4).fill(429)])
  })

  it('counts all bodies of strangers together, and one of them does not use that up', async () => {
    const namespace = Object.getPrototypeOf(env.THROTTLE)
    const getByName = namespace.getByName
    const names: string[] = []
    const spy = vi.spyOn(namespace, 'getByName').mockImplementation(function (this: unknown, name: unknown) {
      names.push(String(name))
      return Reflect.apply(getByName, this, [name])
    })
    const statuses = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const response = await ask('POST', '/api/auth/login', {
          origin: 'http://localhost',
          with: { HUB_DIRECT: '1' },
          body: { login: 'nobody-here' },
          headers: { 'cf-connecting-ip': `192.0.2.${i}` },
        })
        return response.status
      }),
    )
    spy.mockRestore()
    expect(new Set(names)).toEqual(new Set(['stranger/local']))
    expect(new Set(statuses)).toEqual(new Set([400]))
  })
})

describe('a login from an address that sent too many bodies', () => {
  it('costs no row of D1', async () => {
    const counter = countRows(env.DB)
    const address = '203.0.113.91'
    const attempt = () =>
      ask('POST', '/api/auth/login', {
        origin: 'http://localhost',
        with: { DB: counter.d1 },
        body: { login: 'ada', password: 'wrong password' },
        headers: { 'cf-connecting-ip': address },
      })
    const throttle = throttleStub(env, `stranger/${address}`)
    await Promise.all(Array.from({ length: 60 }, () => throttle.take({ limit: 60, perMs: 60_000 })))
    // The hub's settings may be read once for the origins that may call it.
    await attempt()
    counter.reset()
    for (let i = 0; i < 5; i++) expect((await attempt()).status).toBe(429)
    expect(counter.statements()).toBe(0)
  })
})

describe('many logins at once', () => {
  it('are refused beyond a short line, and what was not looked at does not count', async () => {
    const responses = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        ask('POST', '/api/auth/login', {
          body: { login: `stranger-${i}`, password: 'x' },
          headers: { 'cf-connecting-ip': `192.0.2.${i}` },
        }),
      ),
    )
    const busy = responses.filter(({ status }) => status === 429)
    expect(busy.length).toBeGreaterThan(10)
    expect(Number(busy[0]?.headers.get('retry-after'))).toBeLessThanOrEqual(3)
    expect(responses.filter(({ status }) => status === 401).length).toBeGreaterThan(5)
  })
})

describe('the log', () => {
  it('is searched for any text of two hundred characters, each of which means itself', async () => {
    const send = (model: string) =>
      ask('POST', '/v1/chat/completions', {
        origin: 'http://localhost',
        with: {},
        body: { model, messages: [{ role: 'user', content: 'x' }] },
        headers: { authorization: `Bearer ${ada.token}` },
      })
    const search = async (text: string): Promise<string[]> => {
      const { data } = await call<{ data: { asked: string }[] }>(
        'GET',
        `/api/logs?text=${encodeURIComponent(text)}`,
        undefined,
        ada.session,
      )
      return data.map(({ asked }) => asked)
    }
    const long = `sandbox/echo`
    await send(long)
    await vi.waitFor(async () => expect(await search('SANDBOX/Echo')).toEqual([long]), 10_000)
    for (const text of [
      'x'.repeat(200),
      'é'.repeat(200),
      '日本'.repeat(100),
      '😀'.repeat(100),
      `"'\\;--%_`.repeat(20),
    ]) {
      expect(await search(text)).toEqual([])
    }
    for (const pattern of ['%', 'sandbox_echo', 'sand%']) expect(await search(pattern)).toEqual([])
    await env.DB.prepare("UPDATE requests SET asked = '100%_Été-' || asked").run()
    expect(await search('100%_ÉTÉ'.replace('ÉTÉ', 'Été'))).toHaveLength(1)
  })

  it('does not hold a key that was typed as the name of a model', async () => {
    const key = 'sk-proj-CanaryCanaryCanary0123456789'
    await ask('POST', '/v1/chat/completions', {
      origin: 'http://localhost',
      with: {},
      body: { model: `sandbox/${key}`, messages: [{ role: 'user', content: 'x' }] },
      headers: { authorization: `Bearer ${ada.token}` },
    })
    const rows = await vi.waitFor(async () => {
      // A look has the pool bring its records to the log.
      await call('GET', '/api/logs', undefined, ada.session)
      const { results } = await env.DB.prepare("SELECT * FROM requests WHERE asked LIKE '%redacted%'").all()
      expect(results.length).toBeGreaterThan(0)
      return results
    }, 10_000)
    expect(JSON.stringify(rows)).not.toContain('Canary')
  })
})

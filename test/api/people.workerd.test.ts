/** People, as administrators see them: made, invited, changed, disabled, removed. */
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { foldUsage } from '../../src/db/usage-rollup.ts'
import { writeRecords } from '../../src/db/log-writer.ts'
import { removeOutdated } from '../../src/db/retention.ts'
import * as schema from '../../src/db/schema.ts'
import worker from '../../src/index.ts'
import { call, send, settleIn, type Settled } from '../hub.workerd.ts'
import { makeRecord } from '../quota/fixtures.ts'

const password = 'correct horse battery'
let admin: Settled

interface User {
  id: string
  username: string | null
  role: string
  enabled: boolean
}
interface Invited {
  id: string
  invitation: string
  link: string
}

beforeAll(async () => {
  admin = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'ada')
  await call('PATCH', '/api/settings', { registration: 'closed' }, admin.session)
})
afterEach(() => {
  vi.useRealTimers()
})

async function add(username: string, role = 'user'): Promise<User & { session: string }> {
  const user = await call<User>('POST', '/api/users', { username, password, role }, admin.session)
  return { ...user, session: await enter(username) }
}

async function enter(login: string): Promise<string> {
  const { token } = await call<{ token: string }>('POST', '/api/auth/login', { login, password })
  return token
}

function invite(body: object = {}): Promise<Invited> {
  return call<Invited>('POST', '/api/invitations', body, admin.session)
}

function register(username: string, invitation?: string): Promise<Response> {
  return send('POST', '/api/auth/register', {
    body: { username, password, ...(invitation !== undefined && { invitation }) },
  })
}

/** Asks a model, as a client would. */
async function chat(token: string, model = 'sandbox/echo'): Promise<Response> {
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  const response = await worker.fetch(request, env, context)
  await response.clone().text()
  await waitOnExecutionContext(context)
  return response
}

describe('an account', () => {
  it('is made by an admin, and listed without anything secret', async () => {
    const grace = await add('grace')
    expect(grace).toMatchObject({ username: 'grace', role: 'user', enabled: true })
    const listed = await send('GET', '/api/users', { as: admin.session })
    const text = await listed.text()
    expect(text).toContain(grace.id)
    expect(text).not.toMatch(/argon2|password/i)
  })

  it('is listed by pages', async () => {
    await add('page-one')
    interface Page {
      data: User[]
      nextCursor: string | null
    }
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = await call('GET', `/api/users?limit=1&cursor=${cursor}`, undefined, admin.session)
      expect(page.data.length).toBeLessThanOrEqual(1)
      seen.push(...page.data.map(({ id }) => id))
      cursor = page.nextCursor
    }
    const { data } = await call<Page>('GET', '/api/users', undefined, admin.session)
    expect(seen).toEqual(data.map(({ id }) => id))
    expect(seen.length).toBeGreaterThan(1)
  })

  it('needs a name that nobody has', async () => {
    await add('taken')
    const twice = await send('POST', '/api/users', {
      body: { username: 'TAKEN', password },
      as: admin.session,
    })
    expect(twice.status).toBe(409)
    expect(await twice.json()).toMatchObject({ error: { param: 'username' } })
    const other = await add('other')
    const renamed = await send('PATCH', `/api/users/${other.id}`, {
      body: { username: 'taken' },
      as: admin.session,
    })
    expect(renamed.status).toBe(409)
    const own = await send('PATCH', '/api/auth/me', { body: { username: 'taken' }, as: other.session })
    expect(own.status).toBe(409)
  })

  it('keeps a name to log in with', async () => {
    const { session } = await add('named')
    const bare = await send('PATCH', '/api/auth/me', { body: { username: null }, as: session })
    expect(bare.status).toBe(400)
    await call('PATCH', '/api/auth/me', { email: 'Named@Example.com' }, session)
    await call('PATCH', '/api/auth/me', { username: null }, session)
    expect(await enter('named@example.com')).toBeTruthy()
  })

  it('that gets another password from an admin has no session left', async () => {
    const { id, session } = await add('forgetful')
    await call('PATCH', `/api/users/${id}`, { password: 'something else' }, admin.session)
    expect((await send('GET', '/api/auth/me', { as: session })).status).toBe(401)
    const body = { login: 'forgetful', password: 'something else' }
    expect((await send('POST', '/api/auth/login', { body })).status).toBe(200)
  })
})

describe('registration', () => {
  it('is closed after the first account, and opened by a setting', async () => {
    expect((await register('stranger')).status).toBe(403)
    await call('PATCH', '/api/settings', { registration: 'open' }, admin.session)
    expect((await register('stranger')).status).toBe(201)
    await call('PATCH', '/api/settings', { registration: 'closed' }, admin.session)
    expect((await register('another')).status).toBe(403)
  })

  it('is open once to who holds an invitation, in the role that it carries', async () => {
    const { invitation, link } = await invite({ role: 'admin', note: 'for the office' })
    expect(link).toBe(`http://localhost/#invitation=${invitation}`)
    const first = await register('invited', invitation)
    expect(first.status).toBe(201)
    expect(await first.json()).toMatchObject({ user: { role: 'admin' } })
    const second = await register('invited-too', invitation)
    expect(second.status).toBe(403)
    expect(await second.json()).toMatchObject({ error: { param: 'invitation' } })
  })

  it('by one invitation makes one account, however many try at once', async () => {
    const { invitation } = await invite()
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => register(`racer-${i}`, invitation)),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(11)
  })

  it('does not use an invitation up where the name is taken', async () => {
    const { invitation } = await invite()
    expect((await register('ada', invitation)).status).toBe(409)
    expect((await register('ada-lovelace', invitation)).status).toBe(201)
  })

  it('refuses an invitation that is over, taken back, made up, or given by who is no admin any more', async () => {
    expect((await register('guest', 'inv_made-up')).status).toBe(403)
    const back = await invite()
    await call('DELETE', `/api/invitations/${back.id}`, undefined, admin.session)
    expect((await register('guest', back.invitation)).status).toBe(403)
    const brief = await invite({ expiresAt: new Date(Date.now() + 60_000).toISOString() })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    expect((await register('guest', brief.invitation)).status).toBe(403)
    vi.useRealTimers()
    const { id, session } = await add('former', 'admin')
    const from = await call<Invited>('POST', '/api/invitations', {}, session)
    await call('PATCH', `/api/users/${id}`, { role: 'user' }, admin.session)
    expect((await register('guest', from.invitation)).status).toBe(403)
  })

  it('keeps of an invitation only what cannot be used', async () => {
    const { id, invitation } = await invite()
    const { results } = await env.DB.prepare('SELECT * FROM invitations').all()
    const listed = await (await send('GET', '/api/invitations', { as: admin.session })).text()
    expect(listed).toContain(id)
    for (const text of [JSON.stringify(results), listed]) expect(text).not.toContain(invitation)
  })
})

describe('the last administrator', () => {
  it('can be neither removed, disabled nor demoted', async () => {
    await env.DB.prepare("UPDATE users SET role = 'user' WHERE id <> ?").bind(admin.userId).run()
    const address = `/api/users/${admin.userId}`
    for (const body of [{ role: 'user' }, { enabled: false }]) {
      const response = await send('PATCH', address, { body, as: admin.session })
      expect(response.status).toBe(409)
    }
    expect((await send('DELETE', `${address}?sharedKeys=remove`, { as: admin.session })).status).toBe(409)
    expect(await call('GET', '/api/auth/me', undefined, admin.session)).toMatchObject({ role: 'admin' })
    expect((await chat(admin.token)).status).toBe(200)
  })

  it('is left when two demote each other at once', async () => {
    const other = await add('rival', 'admin')
    const answers = await Promise.all([
      send('PATCH', `/api/users/${other.id}`, { body: { role: 'user' }, as: admin.session }),
      send('PATCH', `/api/users/${admin.userId}`, { body: { role: 'user' }, as: other.session }),
    ])
    const { results } = await env.DB.prepare("SELECT id FROM users WHERE role = 'admin'").all()
    expect(results).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    await env.DB.prepare("UPDATE users SET role = 'admin' WHERE id = ?").bind(admin.userId).run()
  })
})

describe('a user who is disabled', () => {
  it('is refused from the next request on, in an isolate that has just served them', async () => {
    const { id, session } = await add('leaving')
    const { token } = await call<{ token: string }>('POST', '/api/tokens', { name: 'own' }, session)
    expect((await chat(token)).status).toBe(200)
    await call('PATCH', `/api/users/${id}`, { enabled: false }, admin.session)
    expect((await chat(token)).status).toBe(401)
    expect((await send('GET', '/api/keys', { as: session })).status).toBe(401)
    const login = await send('POST', '/api/auth/login', { body: { login: 'leaving', password } })
    expect(login.status).toBe(401)
  })

  it('is let in again when enabled, with a new session', async () => {
    const { id, session } = await add('returning')
    await call('PATCH', `/api/users/${id}`, { enabled: false }, admin.session)
    await call('PATCH', `/api/users/${id}`, { enabled: true }, admin.session)
    expect((await send('GET', '/api/auth/me', { as: session })).status).toBe(401)
    expect((await send('GET', '/api/auth/me', { as: await enter('returning') })).status).toBe(200)
  })
})

describe('a user who is removed', () => {
  /**
   * What may be left: the audit log says what was done here, and the log is taken away bit by bit.
   */
  const later = ['audit', 'departed', 'requests', 'usage_hourly', 'usage_totals']

  /**
   * Every table in which anything of theirs stands, read from the schema: a new table cannot be
   * forgotten.
   */
  async function tablesWith(userId: string): Promise<string[]> {
    const names = Object.values(schema)
      .filter((value) => value instanceof SQLiteTable)
      .map((table) => getTableConfig(table).name)
    const found: string[] = []
    for (const name of names) {
      const { results } = await env.DB.prepare(`SELECT * FROM ${name}`).all()
      if (results.some((row) => Object.values(row).includes(userId))) found.push(name)
    }
    return found
  }

  async function settle(username: string): Promise<{ id: string; session: string; token: string }> {
    const { id, session } = await add(username)
    await call('POST', '/api/keys', { provider: 'sandbox', apiKey: `key-of-${username}` }, session)
    const { token } = await call<{ token: string }>('POST', '/api/tokens', { name: 'own' }, session)
    const candidates = [{ provider: 'sandbox' }]
    await call('POST', '/api/routes', { name: 'mine', candidates }, session)
    const provider = { id: 'own', name: 'Own', baseUrl: 'https://93.184.215.14/v1', dialect: 'openai-chat' }
    await call('POST', '/api/providers', provider, session)
    await call('PATCH', '/api/providers/sandbox', { strategy: 'round-robin' }, session)
    await env.DB.prepare("INSERT INTO kept_responses VALUES (?, 'resp_1', 9e15, 'sealed')").bind(id).run()
    return { id, session, token }
  }

  it('takes everything along that is theirs', async () => {
    const { id, session, token } = await settle('gone')
    expect((await chat(token)).status).toBe(200)
    const before = await tablesWith(id)
    for (const table of ['keys', 'accounts', 'tokens', 'sessions', 'routes', 'providers', 'kept_responses'])
      expect(before).toContain(table)
    await call('DELETE', `/api/users/${id}`, undefined, admin.session)
    expect((await tablesWith(id)).filter((table) => !later.includes(table))).toEqual([])
    expect((await chat(token)).status).toBe(401)
    expect((await send('GET', '/api/auth/me', { as: session })).status).toBe(401)
  })

  it('takes their log and sums along on the next day, and what pools still wrote', async () => {
    const { id } = await settle('logged')
    const insert = env.DB.prepare(
      `INSERT INTO requests (owner, id, started_at, duration_ms, dialect, asked, stream, status, attempts, trail)
       VALUES (?, ?, 1, 1, 'openai-chat', 'm', 0, 200, 1, '[]')`,
    )
    await env.DB.batch(Array.from({ length: 50 }, (_, i) => insert.bind(id, `req_${i}`)))
    const old = makeRecord({ id: 'req_old', owner: id, startedAt: Date.now() - 60 * 86_400_000 })
    await writeRecords(env.DB, [old, makeRecord({ id: 'req_new', owner: id, startedAt: Date.now() })])
    await foldUsage(env.DB, Date.now())
    expect(await tablesWith(id)).toEqual(
      expect.arrayContaining(['usage_hourly', 'usage_totals', 'usage_daily']),
    )
    await call('DELETE', `/api/users/${id}`, undefined, admin.session)
    await removeOutdated(env.DB, Date.now())
    await insert.bind(id, 'req_late').run()
    await removeOutdated(env.DB, Date.now() + 86_400_000)
    expect((await tablesWith(id)).toSorted()).toEqual(['audit', 'departed'])
    await removeOutdated(env.DB, Date.now() + 8 * 86_400_000)
    expect(await tablesWith(id)).toEqual(['audit'])
  })

  it('does not take keys along that serve everyone, unless that is said', async () => {
    const { id, session } = await add('sharer', 'admin')
    const key = { provider: 'openai', apiKey: 'sk-shared-0123456789', shared: true }
    await call('POST', '/api/keys', key, session)
    const refused = await send('DELETE', `/api/users/${id}`, { as: admin.session })
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ error: { param: 'sharedKeys' } })
    expect(await tablesWith(id)).toContain('keys')
    await call('DELETE', `/api/users/${id}?sharedKeys=remove`, undefined, admin.session)
    expect((await tablesWith(id)).filter((table) => !later.includes(table))).toEqual([])
  })

  it('leaves no way back in by an invitation of theirs', async () => {
    const { id, session } = await add('inviter', 'admin')
    const { invitation } = await call<Invited>('POST', '/api/invitations', {}, session)
    await call('DELETE', `/api/users/${id}`, undefined, admin.session)
    expect((await register('late-guest', invitation)).status).toBe(403)
  })
})

describe('every change of a person', () => {
  it('is in the audit log, with who did it', async () => {
    const { id } = await add('watched')
    await call('PATCH', `/api/users/${id}`, { role: 'admin' }, admin.session)
    await call('DELETE', `/api/users/${id}`, undefined, admin.session)
    const { results } = await env.DB.prepare('SELECT actor, action FROM audit WHERE subject = ? ORDER BY at')
      .bind(id)
      .all()
    const actor = admin.userId
    expect(results).toEqual([
      { actor, action: 'user.added' },
      { actor, action: 'user.changed' },
      { actor, action: 'user.removed' },
    ])
  })
})

/** A shared key goes where its owner said: never to the row of the person who asks. */
import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { fingerprintSecret, openSecret, sealSecret } from '../../src/vault/vault.ts'
import worker from '../../src/index.ts'
import { poolStub } from '../../src/quota/stub.ts'
import { call, completionBody, refusal, send, settleIn, type Settled } from '../hub.workerd.ts'

// Each test is a life of a hub, and machines may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let turn = 0
let id: string
let admin: Settled
let caller: Settled
let third: Settled
/** What was called, with which key and headers. */
let called: { url: string; key: string | null; headers: Headers }[]
let answer: (url: string) => Response

beforeEach(async () => {
  turn++
  id = `team-${turn}`
  called = []
  answer = () => Response.json(completionBody)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input).href
    const headers = new Headers(init?.headers)
    called.push({ url, key: headers.get('authorization'), headers })
    return answer(url)
  })
  await env.DB.batch([
    env.DB.prepare("UPDATE users SET epoch = epoch + 1, role = 'user'"),
    env.DB.prepare("UPDATE users SET role = 'admin' WHERE id = ?").bind(admin.userId),
  ])
})
beforeAll(async () => {
  const key = { provider: 'sandbox', apiKey: 'x' }
  admin = await settleIn(key, 'admin')
  caller = await settleIn(key, 'caller')
  third = await settleIn(key, 'third')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await env.DB.batch(['keys', 'accounts', 'providers'].map((table) => env.DB.prepare(`DELETE FROM ${table}`)))
})

const origin = 'https://93.184.215.14'
const secret = (): string => `TeamSecret-${turn}-0123456789abcdef`
const row = (path: string, more: object = {}) => ({
  id,
  name: 'Team',
  baseUrl: `${origin}${path}`,
  dialect: 'openai-chat',
  models: ['m1'],
  ...more,
})
const stolen = () => row('/stolen/v1', { headers: { 'x-forward-to': 'https://evil.example.org' } })
const addRow = (body: object, as: Settled, scope = '') =>
  send('POST', `/api/providers${scope}`, { body, as: as.session })
const addKey = (as: Settled, more: object = {}) =>
  send('POST', '/api/keys', { body: { provider: id, apiKey: secret(), ...more }, as: as.session })
const ask = (as: Settled = caller, model = `${id}/m1`) =>
  send('POST', '/v1/chat/completions', {
    body: { model, messages: [{ role: 'user', content: 'Hello' }] },
    as: as.token,
  })
interface KeyView {
  id: string
  state: { status: string; reason: { verdict: string } | null }
}
const keyOf = async (person: Settled): Promise<KeyView | undefined> => {
  const { data } = await call<{ data: (KeyView & { provider: string })[] }>(
    'GET',
    '/api/keys',
    undefined,
    person.session,
  )
  return data.find(({ provider }) => provider === id)
}
const only = (url: string) => {
  expect(called.map((one) => one.url)).toEqual([url])
  expect(called[0]?.headers.get('x-forward-to')).toBeNull()
}

/**
 * A shared key as the version before stored it: bound to its origin, with nothing known of its row.
 */
async function shareAsBefore(person: Settled, path: string, apiKey = secret()): Promise<string> {
  const keyId = `key_before_${turn}_${path.replaceAll('/', '_')}`
  const context = { owner: person.userId, provider: id, origin, keyId }
  const ciphertext = await sealSecret(env, apiKey, context)
  await addRow(row(path), person)
  await env.DB.batch([
    env.DB.prepare(
      'INSERT INTO accounts (owner, id, provider, name, shared, created_at) VALUES (?, ?, ?, NULL, 1, 1)',
    ).bind(person.userId, keyId, id),
    env.DB.prepare(
      `INSERT INTO keys (owner, id, provider, account_id, ciphertext, fingerprint, masked, created_at, updated_at, origin)
       VALUES (?, ?, ?, ?, ?, ?, '****', 1, 1, ?)`,
    ).bind(person.userId, keyId, id, keyId, ciphertext, await fingerprintSecret(env, apiKey), origin),
    env.DB.prepare('UPDATE users SET epoch = epoch + 1'),
  ])
  await poolStub(env, 'hub', id).refresh()
  return keyId
}

/** The daily task. */
const runDaily = (): Promise<void> => worker.scheduled(createScheduledController(), env)

describe('a key of a person’s own provider', () => {
  it('is not shared until the provider is the hub’s', async () => {
    await addRow(row('/ok/v1'), admin)
    const added = await refusal(
      'POST',
      '/api/keys',
      { provider: id, apiKey: secret(), shared: true },
      admin.session,
    )
    expect(added).toMatchObject({ status: 400, code: 'VALIDATION_ERROR', param: 'shared' })
    expect(added.message).toContain(`PATCH /api/providers/${id} with {"scope": "hub"}`)

    // By no other way either.
    const { id: keyId } = await call<{ id: string }>(
      'POST',
      '/api/keys',
      { provider: id, apiKey: secret() },
      admin.session,
    )
    const account = { provider: id, name: 'Ours' }
    const { id: accountId } = await call<{ id: string }>('POST', '/api/accounts', account, admin.session)
    const tries: [string, string, object][] = [
      ['PATCH', `/api/keys/${keyId}`, { shared: true }],
      ['PATCH', `/api/keys/${keyId}`, { shared: true, apiKey: secret() }],
      ['POST', '/api/accounts', { provider: id, name: 'Everyone’s', shared: true }],
      ['PATCH', `/api/accounts/${accountId}`, { shared: true }],
    ]
    for (const [method, path, body] of tries)
      expect(await refusal(method, path, body, admin.session)).toMatchObject({ status: 400, param: 'shared' })
    await call('PATCH', `/api/keys/${keyId}`, { account: accountId }, admin.session)
    expect(
      await refusal('PATCH', `/api/accounts/${accountId}`, { shared: true }, admin.session),
    ).toMatchObject({ status: 400, param: 'shared' })

    // The remedy: row and keys become the hub's, and nothing has to be entered again.
    await call('PATCH', `/api/providers/${id}`, { scope: 'hub' }, admin.session)
    await call('PATCH', `/api/accounts/${accountId}`, { shared: true }, admin.session)
    expect((await ask()).status).toBe(200)
    only(`${origin}/ok/v1/chat/completions`)
  })

  it('is the hub’s only where an administrator says so, and the id is free', async () => {
    await addRow(row('/c/v1'), caller)
    expect(await refusal('PATCH', `/api/providers/${id}`, { scope: 'hub' }, caller.session)).toMatchObject({
      status: 403,
      param: 'scope',
    })
    await addRow(row('/own/v1'), admin)
    await addRow(row('/ok/v1'), admin, '?scope=hub')
    expect(await refusal('PATCH', `/api/providers/${id}`, { scope: 'hub' }, admin.session)).toMatchObject({
      status: 409,
      param: 'scope',
    })
  })
})

describe('a shared key', () => {
  it('goes to the hub’s row, whoever has a row of the same id from before', async () => {
    expect((await addRow(stolen(), caller)).status).toBe(201)
    expect((await addRow(row('/ok/v1'), admin, '?scope=hub')).status).toBe(201)
    expect((await addKey(admin, { shared: true })).status).toBe(201)
    expect((await ask()).status).toBe(200)
    only(`${origin}/ok/v1/chat/completions`)
    expect(called[0]?.key).toBe(`Bearer ${secret()}`)
  })

  it('leaves no room for a row of the same id behind it', async () => {
    await addRow(row('/ok/v1'), admin, '?scope=hub')
    await addKey(admin, { shared: true })
    expect((await addRow(stolen(), caller)).status).toBe(409)
  })

  it('is used beside the caller’s own key of the same id, each with its own row', async () => {
    await addRow(stolen(), caller)
    await addKey(caller, { apiKey: `CallerSecret-${turn}-0123456789` })
    await addRow(row('/ok/v1'), admin, '?scope=hub')
    await addKey(admin, { shared: true })
    answer = (url) =>
      url.includes('/stolen/')
        ? Response.json({ error: { message: 'down' } }, { status: 503 })
        : Response.json(completionBody)
    expect((await ask()).status).toBe(200)
    expect(called.map(({ url, key }) => [url, key])).toEqual([
      [`${origin}/stolen/v1/chat/completions`, `Bearer CallerSecret-${turn}-0123456789`],
      [`${origin}/ok/v1/chat/completions`, `Bearer ${secret()}`],
    ])
  })

  it('is not judged by the answers of a row that a caller made', async () => {
    await addRow(stolen(), caller)
    await addRow(row('/ok/v1'), admin, '?scope=hub')
    await addKey(admin, { shared: true })
    answer = (url) =>
      url.includes('/stolen/')
        ? Response.json({ error: { message: 'Invalid API key' } }, { status: 401 })
        : Response.json(completionBody)
    expect((await ask()).status).toBe(200)
    expect((await keyOf(admin))?.state.status).toBe('active')
  })

  it('is sent nowhere once its row is gone and another person has the id', async () => {
    await addRow(row('/ok/v1'), admin, '?scope=hub')
    await addKey(admin, { shared: true })
    await call('DELETE', `/api/providers/${id}`, undefined, admin.session)
    expect((await addRow(row('/ok/v1'), caller)).status).toBe(201)
    expect((await ask()).status).toBe(400)
    expect(called).toEqual([])
    expect((await keyOf(admin))?.state).toMatchObject({
      status: 'quarantined',
      reason: { verdict: 'address-changed' },
    })
  })

  it.each([
    ['a row whose path was changed', "base_url = base_url || '/else'"],
    ['a row whose dialect was changed', "dialect = 'openai-responses'"],
    ['a row that another person owns now', "owner = 'usr_else'"],
  ])('is not sent to %s', async (_what, change) => {
    await addRow(row('/ok/v1'), admin, '?scope=hub')
    await addKey(admin, { shared: true })
    await env.DB.prepare(`UPDATE providers SET ${change} WHERE id = ?`).bind(id).run()
    await env.DB.prepare('UPDATE users SET epoch = epoch + 1').run()
    await poolStub(env, 'hub', id).refresh({ user: caller.userId, epoch: 1_000 })
    expect((await ask()).status).toBeGreaterThanOrEqual(400)
    expect(called).toEqual([])
    expect((await keyOf(admin))?.state).toMatchObject({ status: 'quarantined' })
  })

  it('waits for its owner where its row moves to another path of the same origin', async () => {
    await addRow(row('/ok/v1'), admin, '?scope=hub')
    const { id: keyId } = await (await addKey(admin, { shared: true })).json<{ id: string }>()
    await call('PATCH', `/api/providers/${id}`, { baseUrl: `${origin}/moved/v1` }, admin.session)
    expect((await keyOf(admin))?.state).toMatchObject({ reason: { verdict: 'address-changed' } })
    expect((await ask()).status).toBe(400)
    expect(called).toEqual([])
    await call('PATCH', `/api/keys/${keyId}`, { apiKey: secret() }, admin.session)
    expect((await ask()).status).toBe(200)
    only(`${origin}/moved/v1/chat/completions`)
  })

  it('of the deployment goes to the provider that the hub brings, whoever has a row of that id', async () => {
    // Such a row is from before this provider was built in.
    await env.DB.prepare(
      `INSERT INTO providers (owner, id, name, base_url, dialect, models, created_at, updated_at)
       VALUES (?, 'groq', 'Mine', ?, 'openai-chat', '["m1"]', 1, 1)`,
    )
      .bind(caller.userId, `${origin}/stolen/v1`)
      .run()
    await call(
      'POST',
      '/api/keys',
      { provider: 'groq', apiKey: `gsk_${secret()}`, shared: true },
      admin.session,
    )
    await env.DB.prepare('UPDATE users SET epoch = epoch + 1').run()
    expect((await ask(caller, 'groq/m1')).status).toBe(200)
    expect(called.map(({ url }) => new URL(url).hostname)).toEqual(['api.groq.com'])
  })
})

describe('a private address', () => {
  // The deployment of the tests allows them.
  const local = () => row('/v1', { baseUrl: 'http://127.0.0.1:9/v1' })

  it('is for administrators, when it is entered and at each call', async () => {
    const refused = await refusal('POST', '/api/providers', local(), caller.session)
    expect(refused).toMatchObject({ status: 400, param: 'baseUrl' })
    await call('POST', '/api/providers', local(), admin.session)
    await addKey(admin)
    expect((await ask(admin)).status).toBe(200)
    expect(called).toHaveLength(1)
    await env.DB.prepare("UPDATE users SET role = 'user', epoch = epoch + 1").run()
    await poolStub(env, admin.userId, id).refresh({ user: admin.userId, epoch: 1_000 })
    expect((await ask(admin)).status).toBe(502)
    expect(called).toHaveLength(1)
  })
})

describe('a shared key from before rows were bound', () => {
  it('goes to its owner’s row, for callers with a row of the same id and for those without', async () => {
    await shareAsBefore(admin, '/ok/v1')
    expect((await ask()).status).toBe(200)
    only(`${origin}/ok/v1/chat/completions`)
    called = []
    await addRow(stolen(), caller)
    expect((await ask()).status).toBe(200)
    only(`${origin}/ok/v1/chat/completions`)
  })

  it('goes to the row of each owner where several share keys of one id', async () => {
    await env.DB.prepare("UPDATE users SET role = 'admin' WHERE id = ?").bind(caller.userId).run()
    await shareAsBefore(admin, '/first/v1', 'FirstSecret-0123456789')
    await shareAsBefore(caller, '/second/v1', 'SecondSecret-0123456789')
    answer = (url) =>
      url.includes('/first/')
        ? Response.json({ error: { message: 'down' } }, { status: 503 })
        : Response.json(completionBody)
    for (let i = 0; i < 2; i++) expect((await ask(third)).status).toBe(200)
    for (const { url, key } of called)
      expect(key).toBe(
        url.includes('/first/') ? 'Bearer FirstSecret-0123456789' : 'Bearer SecondSecret-0123456789',
      )
    expect(called.some(({ url }) => url.includes('/second/'))).toBe(true)
  })

  it('is bound to its row by the daily task, and then opens for nothing else', async () => {
    const keyId = await shareAsBefore(admin, '/ok/v1')
    await runDaily()
    const stored = await env.DB.prepare('SELECT * FROM keys WHERE id = ?')
      .bind(keyId)
      .first<{ ciphertext: string }>()
    expect(stored).toMatchObject({
      binding_version: 2,
      row_owner: admin.userId,
      base_url: `${origin}/ok/v1`,
      dialect: 'openai-chat',
    })
    const old = { owner: admin.userId, provider: id, origin, keyId }
    await expect(openSecret(env, stored?.ciphertext ?? '', old)).rejects.toThrow('could not be decrypted')
    called = []
    expect((await ask()).status).toBe(200)
    only(`${origin}/ok/v1/chat/completions`)
    await call('PATCH', `/api/providers/${id}`, { baseUrl: `${origin}/else/v1` }, admin.session)
    called = []
    expect((await ask()).status).toBe(400)
    expect(called).toEqual([])
  })

  it('is bound to the row that it went with by the migration', async () => {
    const keyId = await shareAsBefore(admin, '/ok/v1')
    const elsewhere = await shareAsBefore(caller, '/c/v1', 'ElsewhereSecret-0123456789')
    await env.DB.prepare("UPDATE keys SET origin = 'https://other.example.org' WHERE id = ?")
      .bind(elsewhere)
      .run()
    const { queries } = env.TEST_MIGRATIONS.find(({ name }) => name === '0014_binding.sql') ?? { queries: [] }
    const update = queries.find((query) => query.includes('UPDATE keys'))
    await env.DB.prepare(update ?? '').run()
    const read = (key: string) =>
      env.DB.prepare('SELECT row_owner, base_url, dialect FROM keys WHERE id = ?').bind(key).first()
    expect(await read(keyId)).toEqual({
      row_owner: admin.userId,
      base_url: `${origin}/ok/v1`,
      dialect: 'openai-chat',
    })
    expect(await read(elsewhere)).toMatchObject({ row_owner: caller.userId, base_url: null })
    // At once, before the daily task has sealed anything.
    await call('PATCH', `/api/providers/${id}`, { baseUrl: `${origin}/else/v1` }, admin.session)
    expect((await ask(admin)).status).toBe(400)
    expect(called).toEqual([])
  })
})

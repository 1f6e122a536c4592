/** Header values of custom providers: secrets like keys. */
import { createScheduledController, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { sealText } from '../../src/vault/vault.ts'
import worker from '../../src/index.ts'
import { poolStub } from '../../src/quota/stub.ts'
import { call, completionBody, refusal, send, settleIn, type Settled } from '../hub.workerd.ts'

// Each test is a life of a hub, and machines may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let turn = 0
let id: string
let ada: Settled
let sent: Headers[]
let answer: (headers: Headers) => Response

beforeEach(async () => {
  turn++
  id = `gateway-${turn}`
  sent = []
  answer = () => Response.json(completionBody)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_input, init) => {
    const headers = new Headers(init?.headers)
    sent.push(headers)
    return answer(headers)
  })
})
beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'x' })
})
afterEach(() => vi.restoreAllMocks())

const origin = 'https://93.184.215.14'
const headers = { 'api-key': 'HDRCANARYVALUE001', 'x-secret': 'HDRCANARYVALUE002' }
const stored = () =>
  env.DB.prepare('SELECT * FROM providers WHERE id = ?')
    .bind(id)
    .first<{ headers: string | null; sealed_headers: string | null; header_names: string | null }>()
const add = (more: object = {}) =>
  call<{ headerNames: string[] }>(
    'POST',
    '/api/providers',
    { id, name: 'Mine', baseUrl: `${origin}/v1`, dialect: 'openai-chat', models: ['m'], headers, ...more },
    ada.session,
  )
const change = (body: object) =>
  call<{ headerNames: string[]; droppedHeaders: string[] }>(
    'PATCH',
    `/api/providers/${id}`,
    body,
    ada.session,
  )
const addKey = () =>
  call<{ id: string }>('POST', '/api/keys', { provider: id, apiKey: `key-${turn}-0123456789` }, ada.session)
const ask = () =>
  send('POST', '/v1/chat/completions', {
    body: { model: `${id}/m`, messages: [{ role: 'user', content: 'Hello' }] },
    as: ada.token,
  })

/** A row as the version before stored it, with its headers in the clear. */
async function storeAsBefore(): Promise<void> {
  await env.DB.prepare(
    'UPDATE providers SET headers = ?, sealed_headers = NULL, header_names = NULL WHERE id = ?',
  )
    .bind(JSON.stringify(headers), id)
    .run()
  await env.DB.prepare('UPDATE users SET epoch = epoch + 1').run()
}

describe('the header values of a custom provider', () => {
  it('go along with every call, and are stored sealed', async () => {
    expect((await add()).headerNames).toEqual(['api-key', 'x-secret'])
    await addKey()
    expect((await ask()).status).toBe(200)
    expect(Object.fromEntries(sent[0] ?? [])).toMatchObject(headers)
    const row = JSON.stringify(await stored())
    expect(row).not.toContain('HDRCANARY')
    expect(row).toContain('api-key')
    expect(await (await send('GET', '/api/providers', { as: ada.session })).text()).not.toContain('HDRCANARY')
  })

  it('stay where they are when the provider moves to another origin', async () => {
    await add()
    const { id: keyId } = await addKey()
    expect(await change({ baseUrl: 'https://93.184.215.15/v1' })).toMatchObject({
      headerNames: [],
      droppedHeaders: ['api-key', 'x-secret'],
    })
    await call('PATCH', `/api/keys/${keyId}`, { apiKey: `key-${turn}-0123456789` }, ada.session)
    expect((await ask()).status).toBe(200)
    for (const name of Object.keys(headers)) expect(sent[0]?.get(name)).toBeNull()
    // Those that are entered with the new address belong to it.
    await change({ baseUrl: 'https://93.184.215.16/v1', headers: { 'x-new': 'NEWVALUE0001' } })
    await call('PATCH', `/api/keys/${keyId}`, { apiKey: `key-${turn}-0123456789` }, ada.session)
    await ask()
    expect(sent.at(-1)?.get('x-new')).toBe('NEWVALUE0001')
  })

  it('stay where they are when the provider moves to another path of its origin, as keys do', async () => {
    await add()
    const { id: keyId } = await addKey()
    expect(await change({ name: 'Renamed', baseUrl: `${origin}/v2` })).toMatchObject({
      headerNames: [],
      droppedHeaders: ['api-key', 'x-secret'],
    })
    await call('PATCH', `/api/keys/${keyId}`, { apiKey: `key-${turn}-0123456789` }, ada.session)
    expect((await ask()).status).toBe(200)
    for (const name of Object.keys(headers)) expect(sent[0]?.get(name)).toBeNull()
  })

  it.each([
    ['another name', { name: 'Renamed' }],
    ['the same base URL', { baseUrl: `${origin}/v1` }],
    ['the same with a slash', { baseUrl: `${origin}/v1/` }],
    ['the same with the standard port', { baseUrl: `https://93.184.215.14:443/v1` }],
  ])('are left alone by %s', async (_what, changed) => {
    await add()
    await addKey()
    expect(await change(changed)).toMatchObject({
      headerNames: ['api-key', 'x-secret'],
      droppedHeaders: [],
    })
    expect((await ask()).status).toBe(200)
    expect(sent[0]?.get('x-secret')).toBe(headers['x-secret'])
  })

  it('are not sent where the row was given another path in the database', async () => {
    await add()
    await addKey()
    await env.DB.prepare("UPDATE providers SET base_url = base_url || '/evil' WHERE id = ?").bind(id).run()
    await env.DB.prepare('UPDATE users SET epoch = epoch + 1').run()
    expect((await ask()).status).toBeGreaterThanOrEqual(400)
    for (const got of sent) expect(got.get('x-secret')).toBeNull()
  })

  it('that an older version bound to the origin alone are still sent, and dropped by a move', async () => {
    await add()
    await addKey()
    const bound = ['provider', 'headers', ada.userId, id, origin]
    await env.DB.prepare('UPDATE providers SET sealed_headers = ? WHERE id = ?')
      .bind(await sealText(env, JSON.stringify(headers), bound), id)
      .run()
    await env.DB.prepare('UPDATE users SET epoch = epoch + 1').run()
    expect((await ask()).status).toBe(200)
    expect(sent[0]?.get('x-secret')).toBe(headers['x-secret'])
    expect(await change({ baseUrl: `${origin}/v2` })).toMatchObject({ headerNames: [] })
  })

  it('reach nobody who reads an error', async () => {
    await add()
    await addKey()
    answer = (got) => {
      const words = [...got].map(([name, value]) => `${name}=${value}`).join(' ')
      return Response.json(
        {
          error: {
            message: words,
            code: got.get('x-secret'),
            type: got.get('api-key'),
            param: got.get('x-secret'),
          },
        },
        { status: 400 },
      )
    }
    const refused = await ask()
    expect(refused.status).toBe(400)
    // The record is on its way to the pool when the answer leaves.
    const logged = await vi.waitFor(async () => {
      await runDurableObjectAlarm(poolStub(env, ada.userId, id))
      const logs = await (await send('GET', '/api/logs', { as: ada.session })).text()
      expect(logs).toContain(`"asked":"${id}/m"`)
      return logs
    })
    for (const text of [await refused.text(), logged]) {
      expect(text).toContain('[redacted]')
      expect(text).not.toMatch(/HDRCANARY|key-\d+-0123/)
    }
    const listed = await send('GET', `/api/providers/${id}/models?refresh=1`, { as: ada.session })
    expect(await listed.text()).not.toContain('HDRCANARY')
  })

  it('are not sent where they were put into another row', async () => {
    await add()
    await addKey()
    await env.DB.prepare('UPDATE providers SET base_url = ? WHERE id = ?')
      .bind('https://93.184.215.15/v1', id)
      .run()
    await env.DB.prepare('UPDATE keys SET base_url = ?, origin = ? WHERE provider = ?')
      .bind('https://93.184.215.15/v1', 'https://93.184.215.15', id)
      .run()
    await env.DB.prepare('UPDATE users SET epoch = epoch + 1').run()
    expect((await ask()).status).toBeGreaterThanOrEqual(400)
    expect(sent).toEqual([])
  })

  it('of a row from before are used, and sealed by the daily task or by the next change', async () => {
    await add()
    await addKey()
    await storeAsBefore()
    expect((await ask()).status).toBe(200)
    expect(sent[0]?.get('x-secret')).toBe(headers['x-secret'])
    await worker.scheduled(createScheduledController(), env)
    expect(JSON.stringify(await stored())).not.toContain('HDRCANARY')
    expect((await ask()).status).toBe(200)
    expect(sent.at(-1)?.get('x-secret')).toBe(headers['x-secret'])

    await storeAsBefore()
    expect(await change({ name: 'Renamed' })).toMatchObject({ headerNames: ['api-key', 'x-secret'] })
    expect(JSON.stringify(await stored())).not.toContain('HDRCANARY')
    expect((await ask()).status).toBe(200)
    expect(sent.at(-1)?.get('x-secret')).toBe(headers['x-secret'])
  })

  it.each([
    ['a line break', { 'x-a': 'b\r\nHost: evil' }, 'headers.x-a'],
    ['a control character', { 'x-a': 'b\u0000' }, 'headers.x-a'],
    ['characters beyond Latin-1', { 'x-a': 'ключ' }, 'headers.x-a'],
    ['more than 1,000 characters', { 'x-a': 'a'.repeat(1_001) }, 'headers.x-a'],
    ['one name twice', { 'X-A': '1', 'x-a': '2' }, 'headers'],
  ])('are refused with %s', async (_what, wrong, param) => {
    const input = { id, name: 'Mine', baseUrl: `${origin}/v1`, dialect: 'openai-chat', headers: wrong }
    expect(await refusal('POST', '/api/providers', input, ada.session)).toMatchObject({ status: 400, param })
  })
})

/** Every change that people make is committed with its entry in the audit log, or not at all. */
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { app } from '../../src/index.ts'
import { changes, claim, type Hub, send } from './audit-changes.ts'
import { stops } from './walk.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** What a test calls: each handler by the first of its addresses. */
const mounted = stops.filter(
  ({ method, path, declaration }) =>
    method !== 'GET' && declaration.guard !== 'caller' && !/^\/v1\/(auth|admin)\//.test(path),
)
const audited = mounted.filter(({ declaration }) => !declaration.audit?.startsWith('none: '))

interface Entry {
  action: string
  actor: string
}
const entries = async (): Promise<Entry[]> =>
  (
    await env.DB.prepare(
      `SELECT action, actor FROM audit UNION ALL SELECT action, actor FROM audit_pending`,
    ).all<Entry>()
  ).results

let hub: Hub
beforeAll(async () => {
  hub = await claim()
})

describe('the declarations', () => {
  it('of every route that changes something say which entry it makes, or why none', () => {
    expect(
      mounted.filter(({ declaration }) => declaration.audit === undefined).map(({ name }) => name),
    ).toEqual([])
    expect(audited.length).toBeGreaterThan(25)
    expect(app.routes.length).toBeGreaterThan(audited.length)
  })
})

describe.each(audited.map((stop) => [stop.name, stop] as const))('%s', (name, stop) => {
  afterEach(async () => {
    await env.DB.prepare('DROP TRIGGER IF EXISTS no_entries').run()
  })

  async function prepared() {
    const change = changes[name]
    if (!change) throw new Error(`Say in audit-changes.ts how ${name} is called.`)
    const call = await change(hub)
    return { call, path: stop.address(call.params) + (call.query ?? '') }
  }

  it('makes one entry of what it declares, and the entry is in the chain before the answer', async () => {
    const { call, path } = await prepared()
    const before = await entries()
    const response = await send(stop.method, path, call)
    expect(response.status, await response.text()).toBeLessThan(300)
    const made = (await entries()).slice(before.length)
    expect(made.map(({ action }) => action)).toEqual([stop.declaration.audit])
    expect(made[0]?.actor).toMatch(/^usr_/)
    expect(await env.DB.prepare('SELECT count(*) AS n FROM audit_pending').first('n')).toBe(0)
  })

  it('changes nothing where its entry cannot be written', async () => {
    const { call, path } = await prepared()
    await env.DB.prepare(
      `CREATE TRIGGER no_entries BEFORE INSERT ON audit_pending BEGIN SELECT raise(ABORT, 'no entries'); END`,
    ).run()
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
    const before = await dump()
    const response = await send(stop.method, path, call)
    errors.mockRestore()
    expect(response.status, await response.text()).toBe(500)
    expect(await dump()).toEqual(before)
  })
})

describe('a change that fails', () => {
  it('makes no entry', async () => {
    const before = await entries()
    const taken = { username: 'ada', password: 'correct horse battery' }
    expect((await send('POST', '/api/users', { as: hub.session, body: taken })).status).toBe(409)
    for (const path of [
      '/api/tokens/x',
      '/api/keys/x',
      '/api/routes/x',
      '/api/invitations/x',
      '/api/users/x',
    ]) {
      expect((await send('DELETE', path, { as: hub.session })).status).toBe(404)
    }
    expect((await send('DELETE', `/api/users/${hub.userId}`, { as: hub.session })).status).toBe(409)
    expect(
      (await send('PATCH', `/api/users/${hub.userId}`, { as: hub.session, body: { role: 'user' } })).status,
    ).toBe(409)
    expect(await entries()).toEqual(before)
  })

  it('makes no entry where another one had done it a moment before', async () => {
    const { id } = await (
      await send('POST', '/api/tokens', { as: hub.session, body: { name: 'twice' } })
    ).json<{ id: string }>()
    const before = (await entries()).length
    await Promise.all([1, 2, 3, 4].map(() => send('DELETE', `/api/tokens/${id}`, { as: hub.session })))
    expect((await entries()).slice(before).map(({ action }) => action)).toEqual(['token.revoked'])
  })
})

/** All rows of D1 but those of the log itself, and the time at which a session was seen. */
async function dump(): Promise<Record<string, unknown[]>> {
  const { results } = await env.DB.prepare(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'audit%'
      AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'`,
  ).all<{ name: string }>()
  const tables = await env.DB.batch<Record<string, unknown>>(
    results.map(({ name }) => env.DB.prepare(`SELECT * FROM ${name}`)),
  )
  return Object.fromEntries(
    results.map(({ name }, index) => [
      name,
      (tables[index]?.results ?? []).map(({ last_seen_at: _seen, ...row }) => row),
    ]),
  )
}

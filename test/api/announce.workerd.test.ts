/** A change that D1 has is answered as made, and whoever could not be told of it is told later. */
import { createExecutionContext, runDurableObjectAlarm, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Env } from '../../src/env.ts'
import { app } from '../../src/index.ts'
import { poolStub } from '../../src/quota/stub.ts'
import { call, settleIn, type Settled } from '../hub.workerd.ts'

let ada: Settled

beforeAll(async () => {
  ada = await settleIn({ provider: 'groq', apiKey: 'gsk_announced_0001' })
})
afterEach(() => vi.restoreAllMocks())

/** The bindings, in which objects of these kinds do not answer. */
function without(...bindings: ('KEY_POOL' | 'USER_OBJECT' | 'TEAM_OBJECT')[]): Env {
  const down = new Proxy({}, { get: () => () => Promise.reject(new Error('Network connection lost.')) })
  return { ...env, ...Object.fromEntries(bindings.map((name) => [name, { getByName: () => down }])) }
}

async function change(bindings: Env, method: string, path: string, body?: unknown): Promise<Response> {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const context = createExecutionContext()
  const response = await app.fetch(
    new Request(`http://localhost${path}`, {
      method,
      headers: { authorization: `Bearer ${ada.session}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
    bindings,
    context,
  )
  await waitOnExecutionContext(context)
  return response
}

/** Lets the announcer try again. @returns whether it owed anything. */
function makeOwed(): Promise<boolean> {
  return runDurableObjectAlarm(env.ANNOUNCER.getByName('announcer'))
}

async function keysOfPool(): Promise<string[]> {
  return (await poolStub(env, ada.userId, 'groq').report()).keys.map(({ keyId }) => keyId)
}

describe('a pool that does not hear of a change', () => {
  it('does not fail the change, and hears of it later', async () => {
    const before = await keysOfPool()
    const added = await change(without('KEY_POOL'), 'POST', '/api/keys', {
      provider: 'groq',
      apiKey: 'gsk_announced_0002',
    })
    expect(added.status).toBe(201)
    const { id } = await added.json<{ id: string }>()
    expect(await keysOfPool()).toEqual(before)
    expect(await makeOwed()).toBe(true)
    expect(await keysOfPool()).toEqual([...before, id])

    const patched = await change(without('KEY_POOL'), 'PATCH', `/api/keys/${id}`, { priority: 3 })
    expect(patched.status).toBe(200)
    expect(await patched.json()).toMatchObject({ priority: 3 })
    expect((await change(without('KEY_POOL'), 'DELETE', `/api/keys/${id}`)).status).toBe(204)
    expect(await makeOwed()).toBe(true)
    expect(await keysOfPool()).toEqual(before)
    expect(await makeOwed()).toBe(false)
  })

  it('is told again until it answers', async () => {
    const unreachable = vi.spyOn(env.KEY_POOL, 'getByName').mockImplementation(() => {
      throw new Error('Network connection lost.')
    })
    const key = { provider: 'groq', apiKey: 'gsk_announced_0003' }
    const added = await change(env, 'POST', '/api/keys', key)
    expect(added.status).toBe(201)
    expect(await makeOwed()).toBe(true)
    expect(await makeOwed()).toBe(true)
    unreachable.mockRestore()
    expect(await makeOwed()).toBe(true)
    const { id } = await added.json<{ id: string }>()
    expect(await keysOfPool()).toContain(id)
    expect(await makeOwed()).toBe(false)
  })
})

describe('an object of people that does not hear of a change', () => {
  it('does not fail changes of people and tokens', async () => {
    const bindings = without('USER_OBJECT')
    const caps = { limits: [{ unit: 'requests', per: 'day', limit: 5 }] }
    const made = await change(bindings, 'POST', '/api/tokens', { name: 'announced', ...caps })
    expect(made.status).toBe(201)
    const { id } = await made.json<{ id: string }>()
    expect((await change(bindings, 'PATCH', `/api/tokens/${id}`, { name: 'again' })).status).toBe(200)
    expect((await change(bindings, 'DELETE', `/api/tokens/${id}`)).status).toBe(204)
    const me = await change(bindings, 'PATCH', '/api/auth/me', { keepTranscripts: false })
    expect(me.status).toBe(200)
    expect(await makeOwed()).toBe(true)
    expect(await makeOwed()).toBe(false)
  })

  it('does not fail changes of teams', async () => {
    const caps = { limits: [{ unit: 'requests', per: 'day', limit: 5 }] }
    const team = await call<{ id: string }>('POST', '/api/teams', { name: 'told', ...caps }, ada.session)
    const bindings = without('TEAM_OBJECT')
    const renamed = await change(bindings, 'PATCH', `/api/teams/${team.id}`, { name: 'told again' })
    expect(renamed.status).toBe(200)
    expect((await change(bindings, 'DELETE', `/api/teams/${team.id}`)).status).toBe(204)
    expect(await makeOwed()).toBe(true)
    expect(await makeOwed()).toBe(false)
  })
})

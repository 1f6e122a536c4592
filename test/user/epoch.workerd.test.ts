/** The configuration epoch in the user's object: it tells those whom no key pool tells. */
import { applyD1Migrations, evictDurableObject, reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Rules } from '../../src/user/rpc.ts'
import { userStub } from '../../src/user/stub.ts'
import { storeUser } from '../quota/fixtures.ts'

/** Far in the future, so that no alarm goes off by itself while a test runs. */
const start = Date.UTC(2100, 0, 1, 10, 30)

let now = start
let object: ReturnType<typeof userStub>

beforeEach(async () => {
  now = start
  await storeUser(env.DB, 'u1', 3)
  object = userStub(env, 'u1')
  await takeClock()
})
afterEach(async () => {
  await reset()
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
})

async function takeClock(): Promise<void> {
  await runInDurableObject(object, (instance) => {
    instance.clock = () => now
  })
}

async function epoch(): Promise<number> {
  return (await object.claim({ name: 'a-name', body: 'a-body' })).epoch
}

async function storeEpoch(value: number): Promise<void> {
  await env.DB.prepare("UPDATE users SET epoch = ? WHERE id = 'u1'").bind(value).run()
}

describe('the epoch', () => {
  it('is read once, and kept through eviction', async () => {
    expect(await epoch()).toBe(3)
    await env.DB.prepare('DROP TABLE users').run()
    expect(await epoch()).toBe(3)
    await evictDurableObject(object)
    await takeClock()
    expect(await epoch()).toBe(3)
  })

  it('rises when it is told of, and never falls', async () => {
    await object.raiseEpoch(5)
    await storeEpoch(5)
    expect(await epoch()).toBe(5)
    await object.raiseEpoch(7)
    await object.raiseEpoch(6)
    expect(await epoch()).toBe(7)
  })

  it('that nobody told of is found within a minute', async () => {
    expect(await epoch()).toBe(3)
    await storeEpoch(4)
    now += 60_000
    expect(await epoch()).toBe(4)
  })

  it('comes with every answer about a token', async () => {
    const rules: Rules[] = [{ subject: 'token', id: 'tok_1', limits: null, maxConcurrent: 1, budget: null }]
    const need = { estimate: { inputTokens: 1, outputTokens: 1 } }
    expect(await object.reserve(rules, need)).toMatchObject({ type: 'grant', epoch: 3 })
    await object.raiseEpoch(4)
    expect(await object.reserve(rules, need)).toMatchObject({ type: 'refusal', epoch: 4 })
  })
})

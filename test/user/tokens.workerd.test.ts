/**
 * Limits of tokens in the user's object: what survives, what expires, and what many who ask at once
 * get.
 */
import {
  applyD1Migrations,
  evictDurableObject,
  reset,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countWrites } from '../counting-storage.ts'
import type { Answer, CapUse, RequestNeed, Rules } from '../../src/user/rpc.ts'
import { userStub } from '../../src/user/stub.ts'

/** Far in the future, so that no alarm goes off by itself while a test runs. */
const start = Date.UTC(2100, 0, 1, 10, 30)
const minuteMs = 60_000

let now = start
let object: ReturnType<typeof userStub>

beforeEach(async () => {
  now = start
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

async function evict(): Promise<void> {
  await evictDurableObject(object)
  await takeClock()
}

function makeRules(change: Partial<Rules>): Rules {
  return { subject: 'token', id: 'tok_1', limits: null, maxConcurrent: null, budget: null, ...change }
}

const need: RequestNeed = { estimate: { inputTokens: 10, outputTokens: 10 } }
const perMinute = (limit: number): Rules =>
  makeRules({ limits: [{ unit: 'requests', per: 'minute', limit }] })

function idOf(answer: Answer): string {
  if (answer.type !== 'grant') throw new Error(answer.message)
  return answer.reservationId
}

async function useOf(rules: Rules): Promise<CapUse> {
  const [use] = await object.uses([rules])
  if (!use) throw new Error('Nothing is known of this token.')
  return use
}

describe('a token with limits', () => {
  it('lets through exactly as many as may go, however many ask at once', async () => {
    const grants = await Promise.all(Array.from({ length: 200 }, () => object.reserve([perMinute(20)], need)))
    expect(grants.filter(({ type }) => type === 'grant')).toHaveLength(20)
    const refused = grants.filter((grant) => grant.type === 'refusal')
    expect(new Set(refused.map(({ retryAt }) => retryAt))).toEqual(new Set([start + minuteMs]))
  })

  it('keeps its counters, its money and its reservations through eviction', async () => {
    const rules = makeRules({
      limits: [{ unit: 'tokens', per: 'day', limit: 100 }],
      maxConcurrent: 2,
      budget: { amount: 1, per: 'month' },
    })
    const price = { input: 1_000, output: 1_000, choices: 1, outputLimit: 10, longestOutput: 100 }
    const id = idOf(await object.reserve([rules], { ...need, price }))
    await evict()
    expect(await useOf(rules)).toMatchObject({
      running: 1,
      windows: [{ used: 0, reserved: 20 }],
      budget: { spent: 0, reserved: 20_000 },
    })
    await object.settle(id, { tokens: 15, money: 9_000 })
    await evict()
    expect(await useOf(rules)).toMatchObject({
      running: 0,
      windows: [{ used: 15, reserved: 0 }],
      budget: { spent: 9_000, reserved: 0 },
    })
  })

  it('settles a reservation once', async () => {
    const rules = perMinute(2)
    const id = idOf(await object.reserve([rules], need))
    await object.settle(id, undefined)
    await object.settle(id, undefined)
    await object.settle(id, { tokens: 5 })
    expect((await useOf(rules)).windows).toMatchObject([{ used: 0, reserved: 0 }])
  })

  it('ends a reservation that nobody settles by alarm; it counts as it was made', async () => {
    const rules = makeRules({
      limits: [{ unit: 'tokens', per: 'day', limit: 100 }],
      maxConcurrent: 1,
    })
    const id = idOf(await object.reserve([rules], need))
    expect((await object.reserve([rules], need)).type).toBe('refusal')
    await evict()
    now += 16 * minuteMs
    expect(await runDurableObjectAlarm(object)).toBe(true)
    expect(await useOf(rules)).toMatchObject({ running: 0, windows: [{ used: 20, reserved: 0 }] })
    await object.settle(id, undefined)
    expect(await useOf(rules)).toMatchObject({ windows: [{ used: 20 }] })
    await object.reserve([rules], need)
  })

  it('holds a slot while its Worker is heard of, and for a minute more', async () => {
    const rules = makeRules({ maxConcurrent: 1 })
    const granted = await object.reserve([rules], need)
    expect(granted).toMatchObject({ slot: true })
    const id = idOf(granted)
    for (let renewals = 0; renewals < 6; renewals++) {
      now += 20_000
      if (renewals % 2 === 0) await evict()
      expect(await object.renew(id)).toBe(true)
      expect(await object.reserve([rules], need)).toMatchObject({ type: 'refusal', retryAt: now + 1_000 })
    }
    const lapsesAt = now + minuteMs
    now += 30_000
    await evict()
    expect(await object.reserve([rules], need)).toMatchObject({ type: 'refusal', retryAt: lapsesAt })
    now = lapsesAt
    expect((await useOf(rules)).running).toBe(0)
    const next = idOf(await object.reserve([rules], need))
    // The first one ends after all: the slot is the other's.
    await object.settle(id, { tokens: 1 })
    expect((await object.reserve([rules], need)).type).toBe('refusal')
    await object.settle(next, { tokens: 1 })
    expect(await object.renew(next)).toBe(false)
    expect((await useOf(rules)).running).toBe(0)
  })

  it('does not count against another', async () => {
    await object.reserve([perMinute(1)], need)
    expect((await object.reserve([perMinute(1)], need)).type).toBe('refusal')
    expect((await object.reserve([{ ...perMinute(1), id: 'tok_2' }], need)).type).toBe('grant')
    expect((await userStub(env, 'u2').reserve([perMinute(1)], need)).type).toBe('grant')
  })

  it('is forgotten with all that it holds when it is revoked', async () => {
    await object.reserve([perMinute(1)], need)
    await object.forgetToken('tok_1')
    const rows = await runInDurableObject(object, (_instance, { storage: { sql } }) => [
      ...sql.exec('SELECT id FROM allowances').toArray(),
      ...sql.exec('SELECT id FROM reservations').toArray(),
    ])
    expect(rows).toEqual([])
  })

  it('writes one row for a reservation and one for its end', async () => {
    await object.reserve([perMinute(5)], need)
    let written = 0
    await runInDurableObject(object, (_instance, { storage }) =>
      countWrites(storage, (rows) => {
        written += rows
      }),
    )
    const id = idOf(await object.reserve([perMinute(5)], need))
    expect(written).toBe(1)
    await object.settle(id, { tokens: 3 })
    expect(written).toBe(2)
    await evict()
    expect(await useOf(perMinute(5))).toMatchObject({ running: 1, windows: [{ used: 1, reserved: 1 }] })
  })

  it('keeps rows small, however many requests run, and loses none of them', async () => {
    const ids: string[] = []
    for (let i = 0; i < 150; i++) ids.push(idOf(await object.reserve([perMinute(1_000)], need)))
    const [{ longest } = { longest: 0 }] = await runInDurableObject(
      object,
      (_instance, { storage: { sql } }) =>
        sql
          .exec<{ longest: number }>('SELECT max(length(reservations)) AS longest FROM allowances')
          .toArray(),
    )
    expect(longest).toBeLessThan(40_000)
    await evict()
    expect((await useOf(perMinute(1_000))).running).toBe(150)
    for (const id of ids) await object.settle(id, { tokens: 3 })
    await evict()
    expect(await useOf(perMinute(1_000))).toMatchObject({ running: 0, windows: [{ used: 150, reserved: 0 }] })
  })

  it('shares the one alarm with claims', async () => {
    await object.reserve([perMinute(5)], need)
    await object.claim({ name: 'a-name', body: 'a-body' })
    now += 2 * minuteMs
    expect(await runDurableObjectAlarm(object)).toBe(true)
    expect((await useOf(perMinute(5))).running).toBe(1)
    now += 14 * minuteMs
    expect(await runDurableObjectAlarm(object)).toBe(true)
    expect((await useOf(perMinute(5))).running).toBe(0)
    expect(await runDurableObjectAlarm(object)).toBe(false)
  })
})

it('an object of the version before keeps its counters and its running requests', async () => {
  const rules = makeRules({ limits: [{ unit: 'tokens', per: 'day', limit: 100 }], maxConcurrent: 2 })
  const id = idOf(await object.reserve([rules], need))
  await runInDurableObject(object, (_instance, { storage: { sql } }) => {
    // As that version stored them: one reservation for each row, and tokens in a table of their
    // own.
    sql.exec(
      `INSERT INTO reservations (id, body) SELECT value ->> '$.id', json_remove(
         json_set(value, '$.tokenId', value ->> '$.subjectId'), '$.subjectId')
       FROM allowances, json_each(allowances.reservations)`,
    )
    sql.exec('ALTER TABLE allowances DROP COLUMN reservations')
    sql.exec('ALTER TABLE allowances RENAME TO tokens')
    sql.exec('DELETE FROM migrations WHERE version >= 3')
  })
  await evict()
  expect(await useOf(rules)).toMatchObject({ running: 1, windows: [{ used: 0, reserved: 20 }] })
  await object.settle(id, { tokens: 15 })
  expect(await useOf(rules)).toMatchObject({ running: 0, windows: [{ used: 15, reserved: 0 }] })
})

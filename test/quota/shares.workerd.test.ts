/**
 * Shares of people and the reserve of an owner on the real object: exact under any crowd and
 * through every loss.
 */
import type { Limit } from '../../src/domain/limits.ts'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Admission, Lease, Need } from '../../src/quota/rpc.ts'
import { type KeySeed, makeUsage, storeKey, storeUser } from './fixtures.ts'
import { minuteMs, start, success, TestPool } from './pool.workerd.ts'

const owner: Partial<Need> = { user: 'owner' }
const small: Partial<Need> = { user: 'a', maxShare: 0.2 }
const large: Partial<Need> = { user: 'b', maxShare: 0.8 }
const anyone: Partial<Need> = { user: 'c' }

beforeAll(async () => {
  for (const user of ['owner', 'a', 'b', 'c']) await storeUser(env.DB, user)
})

let opened = 0

/** A shared account of `owner`, with one key. */
async function openPool(limits: Limit[], seed: Partial<KeySeed> = {}): Promise<TestPool> {
  const provider = `s${opened++}`
  await storeKey(env.DB, { id: provider, owner: 'owner', shared: true, provider, limits, ...seed })
  return TestPool.open('hub', provider)
}

const daily = (limit: number): Limit => ({ unit: 'requests', per: 'day', limit, resets: 'utc' })

/** Sends a crowd at once, a part after the other. @returns how many leases each user has. */
async function crowd(
  pool: TestPool,
  needs: Partial<Need>[],
  between: (part: number) => Promise<void> = async () => {},
): Promise<Record<string, number>> {
  const got: Record<string, number> = {}
  for (let part = 0; part * 125 < needs.length; part++) {
    const asking = needs.slice(part * 125, (part + 1) * 125)
    const admissions = await Promise.all(
      asking.map((need, i) => pool.admit({ ...need, requestId: `req_${opened}_${part}_${i}` })),
    )
    for (const [index, { type }] of admissions.entries()) {
      const { user = '' } = asking[index] ?? {}
      if (type === 'lease') got[user] = (got[user] ?? 0) + 1
    }
    await between(part)
  }
  return got
}

/** So many needs of these people, in turn. */
function needsOf(count: number, ...people: Partial<Need>[]): Partial<Need>[] {
  return Array.from({ length: count }, (_, i) => people[i % people.length] ?? {})
}

describe('many calls at once', () => {
  const disturbed = (pool: TestPool) => async (part: number) => {
    pool.now += 40
    if (part % 2 === 0) await pool.evict()
    if (part % 3 === 1) await pool.alarm()
  }

  it('of two people, a thousand, get exactly their shares, as far as the reserve leaves them', async () => {
    const pool = await openPool([daily(100)], { reserve: 30 })
    const got = await crowd(pool, needsOf(1_000, small, large), disturbed(pool))
    expect(got).toEqual({ a: 20, b: 50 })
    expect(await crowd(pool, needsOf(250, owner), disturbed(pool))).toEqual({ owner: 30 })
    expect(await pool.window('requests', 'day', `s${opened - 1}`)).toMatchObject({
      used: 0,
      reserved: 100,
      reserve: 30,
      byPerson: [
        { user: 'b', used: 0, reserved: 50 },
        { user: 'owner', used: 0, reserved: 30 },
        { user: 'a', used: 0, reserved: 20 },
      ],
    })
  }, 60_000)

  it('let the larger share take all that the reserve leaves, where it comes first', async () => {
    const pool = await openPool([daily(100)], { reserve: '30%' })
    expect(await crowd(pool, needsOf(250, large), disturbed(pool))).toEqual({ b: 70 })
    expect(await crowd(pool, [small, small])).toEqual({})
    expect(await crowd(pool, needsOf(250, owner, small), disturbed(pool))).toEqual({ owner: 30 })
  }, 60_000)

  it('give the owner what is left, and others what the owner has not used beyond the reserve', async () => {
    const pool = await openPool([daily(100)], { reserve: '30%' })
    expect(
      await crowd(
        pool,
        Array.from({ length: 60 }, () => owner),
      ),
    ).toEqual({ owner: 60 })
    await pool.evict()
    const got = await crowd(pool, needsOf(300, small, large, anyone), disturbed(pool))
    expect(got.a).toBeLessThanOrEqual(20)
    expect((got.a ?? 0) + (got.b ?? 0) + (got.c ?? 0)).toBe(40)
  }, 60_000)

  it('give an owner whose share is less than the reserve the reserve', async () => {
    const pool = await openPool([daily(100)], { reserve: '30%' })
    const people = needsOf(250, { ...owner, maxShare: 0.2 }, large)
    expect(await crowd(pool, people, disturbed(pool))).toEqual({ owner: 30, b: 70 })
  }, 60_000)
})

describe('under load, when counters are written ahead', () => {
  it('nobody passes a share or takes of the reserve, and a loss costs hardly anything', async () => {
    const limit = 1_500
    const pool = await openPool([daily(limit)], { reserve: '30%' })
    const got: Record<string, number> = {}
    let losses = 0
    let ahead = false
    for (let wave = 0; wave < 90; wave++) {
      pool.now += 50
      const needs = [anyone, anyone, anyone, small, anyone, anyone, owner, anyone, anyone, anyone]
      const asking = wave < 20 ? needs : needs.filter((need) => need !== owner)
      const admissions = await Promise.all(
        asking.map((need, i) => pool.admit({ ...need, requestId: `req_${wave}_${i}` })),
      )
      for (const [index, admission] of admissions.entries()) {
        if (admission.type !== 'lease') continue
        const { user = '' } = asking[index] ?? {}
        got[user] = (got[user] ?? 0) + 1
        ahead ||= admission.lease.id.includes('.')
      }
      await settleAll(pool, admissions)
      if (wave % 23 !== 22) continue
      losses++
      await pool.evict()
    }
    expect(ahead).toBe(true)
    // These are counted exactly, whatever was lost.
    expect(got).toMatchObject({ a: 90, owner: 20 })
    const { byPerson = [] } = (await pool.window('requests', 'day', `s${opened - 1}`)) ?? {}
    expect(byPerson).toContainEqual({ user: 'a', used: 90, reserved: 0 })
    expect(byPerson).toContainEqual({ user: 'owner', used: 20, reserved: 0 })
    await drain(pool, anyone)
    const { used = 0 } = (await pool.window('requests', 'day', `s${opened - 1}`)) ?? {}
    // The owner has used 20 of 450: the rest of it is there, to the last one.
    expect(used).toBe(limit - 430)
    expect(losses * Math.ceil(limit / 128)).toBeGreaterThanOrEqual(used - sum(await parts(pool)))
    expect(await drain(pool, owner)).toBe(430)
  }, 60_000)
})

/** Asks until nothing more is to be had. @returns how many leases there were. */
async function drain(pool: TestPool, need: Partial<Need>): Promise<number> {
  let got = 0
  for (let more = 1; more > 0; got += more) {
    const admissions = await Promise.all(Array.from({ length: 100 }, () => pool.admit(need)))
    more = await settleAll(pool, admissions)
  }
  return got
}

/** Ends the leases among these. @returns how many there were. */
async function settleAll(pool: TestPool, admissions: Admission[]): Promise<number> {
  const leases = admissions.flatMap((one) => (one.type === 'lease' ? [one.lease] : []))
  await Promise.all(leases.map((lease) => pool.settle(lease, success)))
  return leases.length
}

async function parts(pool: TestPool): Promise<number[]> {
  const { byPerson = [] } = (await pool.window('requests', 'day', `s${opened - 1}`)) ?? {}
  return byPerson.map(({ used }) => used)
}

function sum(amounts: number[]): number {
  return amounts.reduce((all, amount) => all + amount, 0)
}

describe('a share', () => {
  it('is refused with its reason and the time at which more of it fits', async () => {
    const pool = await openPool([{ unit: 'requests', per: 'minute', limit: 10 }])
    await pool.lease(small)
    pool.now += 10_000
    await pool.lease(small)
    const { refusals, retryAt } = await pool.refusal(small)
    expect(refusals).toMatchObject([{ reason: 'share-used-up', retryAt: start + minuteMs }])
    expect(retryAt).toBe(start + minuteMs)
    await pool.lease(anyone)
    pool.now = start + minuteMs
    await pool.lease(small)
    await pool.refusal(small)
  })

  it('of tokens is held by open leases, trued up when they end, and kept for leases that nobody ends', async () => {
    const pool = await openPool([{ unit: 'tokens', per: 'day', limit: 10_000, resets: 'utc' }])
    const size = (inputTokens: number) => ({ estimate: { inputTokens, outputTokens: 500 } })
    const first = await pool.lease({ ...small, ...size(1_000) })
    await pool.refusal({ ...small, ...size(1_000) })
    await pool.settle(first, { type: 'success', usage: makeUsage(200, 100), latencyMs: 1 })
    await pool.lease({ ...small, ...size(1_200) })
    await pool.evict()
    await pool.refusal({ ...small, ...size(1) })
    pool.now += 20 * minuteMs
    await pool.alarm()
    expect(await pool.window('tokens', 'day', `s${opened - 1}`)).toMatchObject({
      byPerson: [{ user: 'a', used: 2_000, reserved: 0 }],
    })
    await pool.refusal({ ...small, ...size(1) })
    expect((await pool.refusal({ ...small, ...size(2_001) })).refusals).toMatchObject([
      { reason: 'larger-than-window' },
    ])
  })

  it('gives back what a call did not use, also after the loss of the object', async () => {
    const pool = await openPool([daily(10)])
    const leases = [await pool.lease(small), await pool.lease(small)]
    await pool.refusal(small)
    await pool.evict()
    for (const lease of leases) await pool.settle(lease, { type: 'unused' })
    await pool.lease(small)
    await pool.lease(small)
    await pool.refusal(small)
  })

  it('of the limit that a provider states binds like that of one a person entered', async () => {
    const pool = await openPool([])
    const lease = await pool.lease(small)
    const limit = { unit: 'requests', per: 'day', scope: 'account', limit: 10, remaining: 9 } as const
    await pool.settle(lease, success, { stated: { limits: [limit], at: pool.now } })
    await pool.lease(small)
    expect((await pool.refusal(small)).refusals).toMatchObject([{ reason: 'share-used-up' }])
    await pool.lease(anyone)
  })

  it('holds for each model that has a window of its own, and for calls at a time', async () => {
    const pool = await openPool([{ ...daily(10), model: 'm' }], { maxConcurrent: 5 })
    const lease = await pool.lease(small)
    expect((await pool.refusal({ ...small, model: 'other' })).refusals).toMatchObject([
      { reason: 'share-used-up', detail: '1 calls of one user are running' },
    ])
    await pool.settle(lease, success)
    await pool.settle(await pool.lease(small), success)
    await pool.refusal(small)
    await pool.settle(await pool.lease({ ...small, model: 'other' }), success)
  })

  it('is not applied to accounts of one person', async () => {
    const provider = `s${opened++}`
    await storeKey(env.DB, { id: provider, owner: 'a', provider, limits: [daily(10)] })
    const pool = await TestPool.open('a', provider)
    for (let i = 0; i < 10; i++) await pool.lease(small)
    expect((await pool.refusal(small)).refusals).toMatchObject([{ reason: 'requests-used-up' }])
  })
})

describe('a reserve', () => {
  it('is told as the reason, and is there for its owner whatever others wait for', async () => {
    const pool = await openPool([{ unit: 'requests', per: 'hour', limit: 10 }], { reserve: '30%' })
    for (let i = 0; i < 7; i++) await pool.lease(anyone)
    expect((await pool.refusal(anyone)).refusals).toMatchObject([
      { reason: 'reserved-for-owner', retryAt: start + 60 * minuteMs },
    ])
    for (let i = 0; i < 20; i++) {
      const wait = { waiter: `t${i}`, until: start + 10 * 60 * minuteMs }
      expect((await pool.admit({ ...anyone, wait })).type).toBe('place')
    }
    for (let i = 0; i < 3; i++) await pool.lease(owner)
    expect((await pool.refusal(owner)).refusals).toMatchObject([{ reason: 'requests-used-up' }])
  })

  it('is kept of a refilling window while others wait for each drop', async () => {
    const pool = await openPool([{ unit: 'requests', per: 'minute', limit: 60, resets: 'refill' }], {
      reserve: '50%',
    })
    for (let i = 0; i < 30; i++) await pool.lease(anyone)
    for (let second = 0; second < 60; second++) {
      pool.now += 1_000
      await pool.lease(anyone)
      await pool.refusal(anyone)
    }
    for (let i = 0; i < 30; i++) await pool.lease(owner)
  })

  it('as a number counts requests of the longest window, and no tokens', async () => {
    const limits: Limit[] = [
      { unit: 'requests', per: 'minute', limit: 5 },
      daily(10),
      { unit: 'tokens', per: 'day', limit: 1_000_000, resets: 'utc' },
    ]
    const pool = await openPool(limits, { reserve: 6 })
    for (let i = 0; i < 4; i++) await pool.lease(anyone)
    expect((await pool.refusal(anyone)).refusals).toMatchObject([{ reason: 'reserved-for-owner' }])
    expect((await pool.window('requests', 'minute', `s${opened - 1}`))?.reserve).toBeUndefined()
  })

  it('does not hold places of a person who waits for their own share', async () => {
    const pool = await openPool([{ unit: 'requests', per: 'minute', limit: 10 }])
    for (let i = 0; i < 2; i++) await pool.lease(small)
    const wait = { waiter: 't', until: start + 10 * minuteMs }
    const admission: Admission = await pool.admit({ ...small, wait })
    expect(admission).toMatchObject({ type: 'place', notBefore: start + minuteMs })
    const leases: Lease[] = []
    for (let i = 0; i < 8; i++) leases.push(await pool.lease(anyone))
    expect(leases).toHaveLength(8)
  })
})

/** What rests, how it comes back, and what a pool learns from what providers state. */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import type { StatedLimit } from '../../src/providers/stated-limits.ts'
import type { Outcome } from '../../src/quota/rpc.ts'
import { type KeySeed, makeFault, makeUsage, storeKey, storeUser } from './fixtures.ts'
import { minuteMs, start, success, TestPool } from './pool.workerd.ts'

beforeAll(() => storeUser(env.DB, 'u1', 3))

let opened = 0

/** A pool of its own with these keys, `k1` where none are named. */
async function openPool(keys: Omit<KeySeed, 'id'>[] = [{}], provider = `r${opened++}`): Promise<TestPool> {
  for (const [index, key] of keys.entries()) {
    const id = `k${index + 1}`
    await storeKey(env.DB, { account: `${provider}-${id}`, ...key, id, provider, replace: true })
  }
  return TestPool.open('u1', provider)
}

const says = (limits: StatedLimit[], at: number) => ({ stated: { limits, at } })
const perMinute: StatedLimit = { unit: 'requests', per: 'minute', scope: 'account' }

describe('a rest that is over', () => {
  it('lets exactly one call go first, and all others when it has succeeded', async () => {
    const pool = await openPool()
    await pool.fail({ retryAt: start + 4_000 })
    pool.now = start + 4_000
    const admissions = await Promise.all(Array.from({ length: 30 }, () => pool.admit()))
    const leases = admissions.flatMap((admission) => (admission.type === 'lease' ? [admission.lease] : []))
    expect(leases).toMatchObject([{ probe: true }])
    expect(admissions.find(({ type }) => type === 'refusal')).toMatchObject({
      refusals: [{ reason: 'probing', verdict: 'rate-limited' }],
    })
    await pool.settle(leases[0] ?? { id: '' }, success)
    const after = await Promise.all(Array.from({ length: 30 }, () => pool.admit()))
    expect(after.every(({ type }) => type === 'lease')).toBe(true)
  })

  it('is proved by the first content already, and the one probe survives the loss of the object', async () => {
    const pool = await openPool()
    await pool.fail({ retryAt: start + 1_000 })
    pool.now = start + 1_000
    const probe = await pool.lease()
    await pool.evict()
    await pool.refusal()
    await pool.stub.prove(probe.id)
    expect((await pool.lease()).probe).toBeUndefined()
  })

  it('goes on, longer, when the probe fails, and is tried anew when it proves nothing', async () => {
    const pool = await openPool()
    await pool.fail({})
    pool.now = start + 2_000
    await pool.fail({})
    expect((await pool.refusal()).retryAt).toBe(start + 7_000)
    pool.now = start + 7_000
    const cancelled = await pool.lease()
    await pool.settle(cancelled, { type: 'cancelled', usage: makeUsage(1, 0) })
    const unknown = await pool.lease()
    expect(unknown.probe).toBe(true)
    await pool.settle(unknown, { type: 'failure', fault: makeFault({ blame: 'unknown' }) })
    expect((await pool.lease()).probe).toBe(true)
  })

  it('does not wait for ever for a probe whose Worker has died', async () => {
    const pool = await openPool()
    await pool.fail({ retryAt: start + 1_000 })
    pool.now = start + 1_000
    await pool.lease()
    await pool.refusal()
    pool.now += 2 * minuteMs
    expect((await pool.lease()).probe).toBe(true)
  })

  it('holds for a model on an account, and for the circuit of a provider, as for an account', async () => {
    const pool = await openPool()
    await pool.fail({ blame: 'model', retryAt: start + 1_000 }, { model: 'big' })
    pool.now = start + 1_000
    await pool.lease({ model: 'big' })
    expect((await pool.refusal({ model: 'big' })).refusals).toMatchObject([{ reason: 'probing' }])
    await pool.lease({ model: 'small' })
    const busy = await openPool([{}, {}])
    const overloaded = { blame: 'provider', verdict: 'overloaded', status: 503 } as const
    for (const requestId of ['r1', 'r2', 'r3']) await busy.fail(overloaded, { requestId })
    expect((await busy.refusal()).refusals[0]).toMatchObject({ reason: 'provider-rests' })
    busy.now += 5_000
    await busy.lease()
    expect((await busy.refusal()).refusals[0]).toMatchObject({ reason: 'provider-rests' })
  })
})

describe('a quarantined key', () => {
  it('comes back when a person’s trial of it succeeds, and not before', async () => {
    const pool = await openPool()
    await pool.fail({ blame: 'key', verdict: 'bad-key', status: 401 })
    await pool.refusal()
    pool.now += 1_000
    const failed = await pool.lease({ onlyKey: 'k1' })
    await pool.settle(failed, { type: 'failure', fault: makeFault({ blame: 'key', verdict: 'bad-key' }) })
    expect(await pool.key()).toMatchObject({ status: 'quarantined' })
    pool.now += 1_000
    await pool.settle(await pool.lease({ onlyKey: 'k1' }), success)
    expect(await pool.key()).toMatchObject({ status: 'active' })
    await pool.lease()
  })

  it('is not lifted by a call that was under way when it was quarantined', async () => {
    const pool = await openPool()
    const early = await pool.lease()
    pool.now += 1
    await pool.fail({ blame: 'key', verdict: 'bad-key', status: 401 })
    pool.now += 1
    await pool.settle(early, success)
    expect(await pool.key()).toMatchObject({ status: 'quarantined' })
  })

  it('is tried within its limits', async () => {
    const pool = await openPool([{ limits: [{ unit: 'requests', per: 'minute', limit: 1 }] }])
    await pool.lease()
    expect((await pool.refusal({ onlyKey: 'k1' })).refusals).toMatchObject([{ reason: 'requests-used-up' }])
  })
})

describe('what a provider states', () => {
  it('is a limit that nobody need enter', async () => {
    const pool = await openPool()
    const first = await pool.lease()
    await pool.settle(first, success, says([{ ...perMinute, limit: 3, remaining: 2 }], start))
    await pool.lease()
    await pool.lease()
    expect((await pool.refusal()).refusals).toMatchObject([{ reason: 'requests-used-up' }])
    expect(await pool.window('requests', 'minute')).toMatchObject({
      limit: 3,
      source: 'stated',
      used: 1,
      reserved: 2,
      stated: { limit: 3, remaining: 2, at: start },
    })
  })

  it('is believed where less is left than was counted, until the reset it states', async () => {
    const pool = await openPool([{ limits: [{ unit: 'requests', per: 'minute', limit: 100 }] }])
    const said = { ...perMinute, limit: 100, remaining: 2, resetsAt: start + 20_000 }
    await pool.settle(await pool.lease(), success, says([said], start))
    await pool.lease()
    await pool.lease()
    expect((await pool.refusal()).retryAt).toBe(start + 20_000)
    pool.now = start + 20_000
    await pool.lease()
  })

  it('changes nothing where more is left than was counted; both are shown', async () => {
    const pool = await openPool([{ limits: [{ unit: 'requests', per: 'minute', limit: 2 }] }])
    await pool.settle(await pool.lease(), success, says([{ ...perMinute, limit: 60, remaining: 60 }], start))
    await pool.lease()
    await pool.refusal()
    expect(await pool.window('requests', 'minute')).toMatchObject({
      limit: 2,
      entered: 2,
      source: 'entered',
      stated: { limit: 60, remaining: 60 },
    })
  })

  it('binds where it is less than what a person entered', async () => {
    const pool = await openPool([{ limits: [{ unit: 'requests', per: 'minute', limit: 50 }] }])
    await pool.settle(await pool.lease(), success, says([{ ...perMinute, limit: 2, remaining: 1 }], start))
    await pool.lease()
    await pool.refusal()
    expect(await pool.window('requests', 'minute')).toMatchObject({ limit: 2, entered: 50, source: 'stated' })
  })

  it('may be about one model, and survives the loss of the object and a change of configuration', async () => {
    const pool = await openPool()
    const said: StatedLimit = {
      ...perMinute,
      per: 'day',
      scope: 'model',
      limit: 1,
      remaining: 0,
      resets: 'refill',
    }
    await pool.settle(await pool.lease({ model: 'big' }), success, says([said], start))
    await pool.evict()
    await pool.stub.refresh()
    expect((await pool.refusal({ model: 'big' })).refusals).toMatchObject([{ reason: 'requests-used-up' }])
    await pool.lease({ model: 'small' })
    expect(await pool.window('requests', 'day', 'k1', 'big')).toMatchObject({ limit: 1, resets: 'refill' })
  })

  it('is not believed about what is left where it is older than its window, or than what was said since', async () => {
    const pool = await openPool()
    const [old, recent] = [await pool.lease(), await pool.lease()]
    pool.now = start + 5 * minuteMs
    await pool.settle(recent, success, says([{ ...perMinute, limit: 10, remaining: 9 }], pool.now))
    await pool.settle(old, success, says([{ ...perMinute, limit: 10, remaining: 0 }], start + 1))
    await pool.lease()
    expect(await pool.window('requests', 'minute')).toMatchObject({ stated: { remaining: 9 } })
  })

  it('ends a day when the provider says so, whatever the calendar says', async () => {
    const pool = await openPool([{ limits: [{ unit: 'requests', per: 'day', limit: 1, resets: 'utc' }] }])
    const resetsAt = start + 3 * 60 * minuteMs
    const said: StatedLimit = { ...perMinute, per: 'day', limit: 1, remaining: 0, resetsAt }
    await pool.settle(await pool.lease(), success, says([said], start))
    expect((await pool.refusal()).retryAt).toBe(resetsAt)
    pool.now = resetsAt
    await pool.lease()
    expect((await pool.refusal()).retryAt).toBe(Date.UTC(2100, 0, 2))
  })
})

describe('limits of an account, a key and a model', () => {
  it('are shared by the keys of an account, unless a limit is a key’s own', async () => {
    const shared = { account: 'both', limits: [{ unit: 'requests', per: 'hour', limit: 3 } as const] }
    const own = [{ unit: 'requests', per: 'minute', limit: 1, scope: 'key' } as const]
    const pool = await openPool([shared, { account: 'both', limits: own }], 'both-provider')
    const keys = [await pool.lease({ excludedKeys: ['k1'] }), await pool.lease({ excludedKeys: [] })]
    expect(keys.map(({ keyId }) => keyId)).toEqual(['k2', 'k1'])
    expect((await pool.refusal({ excludedKeys: ['k1'] })).refusals).toMatchObject([
      { keyId: 'k1', reason: 'tried' },
      { keyId: 'k2', reason: 'requests-used-up', retryAt: start + minuteMs },
    ])
    await pool.lease()
    expect((await pool.refusal()).refusals).toMatchObject([
      { keyId: 'k1', reason: 'requests-used-up' },
      { keyId: 'k2', reason: 'requests-used-up' },
    ])
  })

  it('may count one model only', async () => {
    const limits = [{ unit: 'requests', per: 'day', limit: 1, model: 'big-*' } as const]
    const pool = await openPool([{ limits }])
    await pool.lease({ model: 'big-1' })
    await pool.refusal({ model: 'big-2' })
    await pool.lease({ model: 'small' })
  })
})

describe('keys that should be independent and run out together', () => {
  const runOut = async (pool: TestPool, at: number): Promise<void> => {
    const leases = [await pool.lease({ excludedKeys: ['k2'] }), await pool.lease({ excludedKeys: ['k1'] })]
    for (const lease of leases) {
      const fault = makeFault({ retryAt: at + 10_000, verdict: 'daily-quota' })
      await pool.settle(lease, { type: 'failure', fault })
    }
  }

  it('are named as a suggestion after it has happened twice, and nothing is done about it', async () => {
    const pool = await openPool([{}, {}])
    await runOut(pool, start)
    expect((await pool.stub.report()).suggestions).toEqual([])
    pool.now = start + 60 * minuteMs
    for (const excluded of ['k2', 'k1'])
      await pool.settle(await pool.lease({ excludedKeys: [excluded] }), success)
    await runOut(pool, pool.now)
    await pool.evict()
    const [suggestion] = (await pool.stub.report()).suggestions
    expect(suggestion).toMatchObject({ times: 2 })
    expect(suggestion?.accounts).toHaveLength(2)
  })

  it('are not, where one has served while the other rested', async () => {
    const pool = await openPool([{}, {}])
    await runOut(pool, start)
    pool.now = start + 10_000
    await pool.settle(await pool.lease({ excludedKeys: ['k2'] }), success)
    const fault = makeFault({ retryAt: start + 60_000, verdict: 'daily-quota' })
    await pool.settle(await pool.lease({ excludedKeys: ['k1'] }), { type: 'failure', fault })
    pool.now += 1_000
    await pool.settle(await pool.lease({ excludedKeys: ['k2'] }), success)
    pool.now = start + 120 * minuteMs
    for (const excluded of ['k2', 'k1'])
      await pool.settle(await pool.lease({ excludedKeys: [excluded] }), success)
    await runOut(pool, pool.now)
    expect((await pool.stub.report()).suggestions).toEqual([])
  })
})

describe('a forecast', () => {
  it('says when the day’s quota is used up at the present pace, and nothing where nobody can tell', async () => {
    const pool = await openPool([{ limits: [{ unit: 'requests', per: 'day', limit: 200, resets: 'utc' }] }])
    expect((await pool.window('requests', 'day'))?.dryAt).toBeUndefined()
    const used: Outcome = { type: 'success', usage: makeUsage(1, 1), latencyMs: 1 }
    for (let i = 0; i < 40; i++) {
      await pool.settle(await pool.lease(), used)
      pool.now += 15_000
    }
    // Four a minute for ten minutes: what is left lasts for about forty minutes more.
    const { dryAt = 0 } = (await pool.window('requests', 'day')) ?? {}
    expect((dryAt - pool.now) / minuteMs).toBeGreaterThan(35)
    expect((dryAt - pool.now) / minuteMs).toBeLessThan(45)
    expect((await pool.stub.report()).dryAt).toBe(dryAt)
    expect((await pool.window('tokens', 'day'))?.dryAt).toBeUndefined()
  })
})

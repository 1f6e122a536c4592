/**
 * Many keys and many calls: who is chosen, how much is written, and that a conversation stays where
 * its prompt is.
 */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { hourMs } from '../../src/domain/time.ts'
import { countWrites } from '../counting-storage.ts'
import { type KeySeed, makeRecord, makeUsage, storeKey, storeUser } from './fixtures.ts'
import { logged, minuteMs, start, success, TestPool } from './pool.workerd.ts'

beforeAll(() => storeUser(env.DB, 'u1', 3))

let opened = 0

async function openPool(keys: Omit<KeySeed, 'id'>[], strategy?: string): Promise<TestPool> {
  const provider = `l${opened++}`
  for (const [index, key] of keys.entries()) {
    const id = `k${index + 1}`
    await storeKey(env.DB, { account: `${provider}-${id}`, ...key, id, provider, replace: true })
  }
  if (strategy) {
    await env.DB.prepare('INSERT INTO provider_settings (owner, provider, strategy) VALUES (?, ?, ?)')
      .bind('u1', provider, strategy)
      .run()
  }
  return TestPool.open('u1', provider)
}

/** Calls one after the other, each settled at once. @returns which keys made them. */
async function callMany(pool: TestPool, calls: number, pauseMs = 1_000, more = {}): Promise<string[]> {
  const keys: string[] = []
  for (let i = 0; i < calls; i++) {
    const lease = await pool.lease({ requestId: `req_${opened}_${i}`, ...more })
    keys.push(lease.keyId)
    await pool.settle(lease, success, { record: makeRecord({ id: `req_${opened}_${i}` }) })
    pool.now += pauseMs
  }
  return keys
}

/** Counts the rows that an object writes, and the alarms that it sets, from now on. */
async function countRows(pool: TestPool): Promise<() => number> {
  let written = 0
  await runInDurableObject(pool.stub, (_object, state) =>
    countWrites(state.storage, (rows) => {
      written += rows
    }),
  )
  return () => written
}

describe('the strategies of a pool', () => {
  it('drain one key before the next', async () => {
    const limits = [{ unit: 'requests', per: 'hour', limit: 3 } as const]
    const pool = await openPool([{ limits }, { limits }])
    expect(await callMany(pool, 6)).toEqual(['k1', 'k1', 'k1', 'k2', 'k2', 'k2'])
  })

  it('take turns', async () => {
    const pool = await openPool([{}, {}, {}], 'round-robin')
    expect(await callMany(pool, 6)).toEqual(['k1', 'k2', 'k3', 'k1', 'k2', 'k3'])
  })

  it('give by weight, also after the loss of the object', async () => {
    const pool = await openPool([{ weight: 1 }, { weight: 3 }], 'weighted')
    const keys = await callMany(pool, 20)
    await pool.evict()
    keys.push(...(await callMany(pool, 20)))
    expect(keys.filter((key) => key === 'k2')).toHaveLength(30)
  })

  it('prefer who answers soonest', async () => {
    const pool = await openPool([{}, {}], 'least-latency')
    for (const [keyId, latencyMs] of [
      ['k1', 900],
      ['k2', 100],
    ] as const) {
      const lease = await pool.lease({ excludedKeys: [keyId === 'k1' ? 'k2' : 'k1'] })
      await pool.settle(lease, { type: 'success', usage: makeUsage(1, 1), latencyMs })
    }
    expect(await callMany(pool, 3)).toEqual(['k2', 'k2', 'k2'])
  })

  it('spend first what has most left for its time', async () => {
    const limits = (limit: number) => [{ unit: 'requests', per: 'day', limit, resets: 'utc' } as const]
    const pool = await openPool([{ limits: limits(10) }, { limits: limits(30) }], 'most-remaining')
    const keys = await callMany(pool, 8, 2_000)
    expect(keys.filter((key) => key === 'k2')).toHaveLength(6)
  })

  it('stand below priorities', async () => {
    const limits = [{ unit: 'requests', per: 'hour', limit: 2 } as const]
    const pool = await openPool([{ priority: 2 }, { priority: 1, limits }], 'round-robin')
    expect(await callMany(pool, 4)).toEqual(['k2', 'k2', 'k1', 'k1'])
  })
})

describe('a conversation', () => {
  it('stays on its key, also through the loss of the object', async () => {
    const pool = await openPool([{}, {}, {}], 'round-robin')
    await callMany(pool, 1)
    const [first] = await callMany(pool, 1, 1_000, { conversation: 'c1' })
    await callMany(pool, 2)
    await pool.evict()
    expect(await callMany(pool, 3, 1_000, { conversation: 'c1' })).toEqual([first, first, first])
  })

  it('leaves a key that rests, and stays where it went', async () => {
    const pool = await openPool([{}, {}])
    expect(await callMany(pool, 1, 1_000, { conversation: 'c1' })).toEqual(['k1'])
    await pool.fail({ retryAt: pool.now + 5_000 })
    expect(await callMany(pool, 1, 10_000, { conversation: 'c1' })).toEqual(['k2'])
    expect(await callMany(pool, 1, 1_000, { conversation: 'c1' })).toEqual(['k2'])
    expect(await callMany(pool, 1)).toEqual(['k1'])
  })

  it('is forgotten when no cache holds its prompt any more, and never keeps from a better priority', async () => {
    const limits = [{ unit: 'requests', per: 'minute', limit: 1 } as const]
    const pool = await openPool([{ priority: 1, limits }, { priority: 2 }])
    await callMany(pool, 1)
    expect(await callMany(pool, 1, minuteMs, { conversation: 'c1' })).toEqual(['k2'])
    expect(await callMany(pool, 1, 1_000, { conversation: 'c1' })).toEqual(['k1'])
    const turns = await openPool([{}, {}], 'round-robin')
    await callMany(turns, 1, 11 * minuteMs, { conversation: 'c1' })
    expect(await callMany(turns, 1, 1_000, { conversation: 'c1' })).toEqual(['k2'])
  })
})

describe('a pool at its ease', () => {
  it('writes one row for an admission and one for its settlement', async () => {
    const pool = await openPool([{}])
    await callMany(pool, 3)
    const written = await countRows(pool)
    const lease = await pool.lease()
    expect(written()).toBe(1)
    await pool.settle(lease, success, { record: makeRecord() })
    expect(written()).toBe(2)
  })

  it('sets one alarm for the calls of 40 seconds', async () => {
    await env.DB.prepare('DELETE FROM requests').run()
    const pool = await openPool([{}])
    await callMany(pool, 1, 4_000)
    await pool.alarm()
    const begin = pool.now
    const written = await countRows(pool)
    await callMany(pool, 1, 0)
    const first = written() - 2
    await callMany(pool, 29)
    expect(written()).toBe(first + 60)
    const alarmAt = await runInDurableObject(pool.stub, (_object, { storage }) => storage.getAlarm())
    expect(alarmAt).toBe(begin + 40_000)
    pool.now = begin + 40_000
    await pool.alarm()
    // Its rows are without what D1 has, and nothing is left to do.
    expect(written()).toBe(first + 61)
    expect(await logged()).toHaveLength(29)
  })

  it('brings the first call of an hour to the log within 4 seconds', async () => {
    await env.DB.prepare('DELETE FROM requests').run()
    const pool = await openPool([{}])
    const callAt = async (at: number): Promise<number | null> => {
      pool.now = at
      await pool.settle(await pool.lease(), success, { record: makeRecord({ id: `req_${at}` }) })
      return runInDurableObject(pool.stub, (_object, { storage }) => storage.getAlarm())
    }
    expect(await callAt(start)).toBe(start + 4_000)
    pool.now = start + 4_000
    await pool.alarm()
    expect(await logged()).toHaveLength(1)
    expect(await callAt(start + minuteMs)).toBe(start + minuteMs + 40_000)
    await pool.alarm()
    expect(await callAt(start + 2 * hourMs)).toBe(start + 2 * hourMs + 4_000)
  })

  it('brings records to the log at once for somebody who looks, and soon after that', async () => {
    await env.DB.prepare('DELETE FROM requests').run()
    const pool = await openPool([{}])
    await callMany(pool, 1, 1_000)
    expect(await logged()).toHaveLength(0)
    await Promise.all([pool.stub.deliver(), pool.stub.deliver()])
    expect(await logged()).toHaveLength(1)
    const lease = await pool.lease()
    await pool.settle(lease, success, { record: makeRecord({ id: 'req_second' }) })
    const alarmAt = await runInDurableObject(pool.stub, (_object, { storage }) => storage.getAlarm())
    expect(alarmAt).toBe(pool.now + 2_000)
    await pool.evict()
    await pool.stub.report(true)
    expect(await logged()).toHaveLength(2)
    expect(await pool.rows('SELECT id FROM accounts WHERE pending IS NOT NULL')).toEqual([])
  })

  it('sets an alarm for the record that a refused admission brings along', async () => {
    const pool = await openPool([{ limits: [{ unit: 'requests', per: 'hour', limit: 1 }] }])
    const { id } = await pool.lease()
    pool.now += minuteMs
    await pool.alarm()
    const settlement = { leaseId: id, outcome: success, record: makeRecord({ id: 'req_late' }) }
    expect((await pool.admit({}, settlement)).type).toBe('refusal')
    const alarmAt = await runInDurableObject(pool.stub, (_object, { storage }) => storage.getAlarm())
    expect(alarmAt).toBeLessThanOrEqual(pool.now + 40_000)
  })

  it('writes one row for an admission that brings a settlement along', async () => {
    const pool = await openPool([{}])
    await callMany(pool, 1)
    const first = await pool.lease()
    const written = await countRows(pool)
    const settlement = { leaseId: first.id, outcome: success, record: makeRecord() }
    expect((await pool.admit({}, settlement)).type).toBe('lease')
    expect(written()).toBe(1)
    await pool.evict()
    expect(await pool.window('requests', 'day')).toMatchObject({ used: 2, reserved: 1 })
  })

  it('keeps rows small while D1 is down, and brings everything to the log once it is back', async () => {
    await env.DB.prepare('DELETE FROM requests').run()
    const complaints = vi.spyOn(console, 'error').mockReturnValue()
    const pool = await openPool([{}])
    await env.DB.prepare('ALTER TABLE requests RENAME TO gone').run()
    const open = await Promise.all(Array.from({ length: 60 }, () => pool.lease()))
    await callMany(pool, 150, 500)
    await pool.alarm()
    const [{ longest } = { longest: 0 }] = await pool.rows(
      'SELECT max(length(pending)) AS longest FROM accounts',
    )
    expect(longest).toBeLessThan(60_000)
    await pool.evict()
    await env.DB.prepare('ALTER TABLE gone RENAME TO requests').run()
    for (const lease of open) await pool.settle(lease, { type: 'unused' })
    await vi.waitFor(async () => {
      pool.now += minuteMs
      await pool.alarm()
      expect(await logged()).toHaveLength(150)
    })
    expect(await pool.rows('SELECT id FROM leases')).toEqual([])
    expect(await pool.window('requests', 'day')).toMatchObject({ used: 150, reserved: 0 })
    complaints.mockRestore()
  })

  it('counts a record once that D1 has already when the object is lost', async () => {
    await env.DB.prepare('DELETE FROM requests').run()
    const pool = await openPool([{}])
    await callMany(pool, 2)
    const [before] = await pool.rows('SELECT pending FROM accounts')
    await pool.alarm()
    await runInDurableObject(pool.stub, (_object, { storage }) => {
      storage.sql.exec('UPDATE accounts SET pending = ?', before?.pending ?? null)
    })
    const sum = 'SELECT sum(requests) AS requests FROM usage_totals'
    const once = await env.DB.prepare(sum).first()
    await pool.evict()
    await pool.settle(await pool.lease(), success, { record: makeRecord({ id: 'req_third' }) })
    await pool.alarm()
    expect(await logged()).toHaveLength(3)
    expect(await env.DB.prepare(sum).first()).toEqual({ requests: Number(once?.requests) + 1 })
  })

  it('goes on with leases and records that an older version gave rows of their own', async () => {
    await env.DB.prepare('DELETE FROM requests').run()
    const pool = await openPool([{}])
    const lease = await pool.lease({ requestId: 'req_open' })
    await runInDurableObject(pool.stub, (_object, { storage: { sql } }) => {
      sql.exec(`INSERT INTO leases (id, lease, record) SELECT value ->> '$.lease.id', value -> '$.lease',
        value -> '$.record' FROM accounts, json_each(pending, '$.leases')`)
      sql.exec(
        'INSERT INTO leases (id, lease, record) VALUES (?, NULL, ?)',
        'lease_old',
        JSON.stringify(makeRecord()),
      )
      sql.exec('ALTER TABLE accounts DROP COLUMN pending')
      sql.exec('DELETE FROM migrations WHERE version >= 4')
    })
    await pool.evict()
    expect(await pool.window('requests', 'day')).toMatchObject({ used: 0, reserved: 1 })
    await pool.settle(lease, success, { record: makeRecord({ id: 'req_open' }) })
    await pool.alarm()
    expect((await logged()).map(({ id }) => id)).toEqual(['req_1', 'req_open'])
    expect(await pool.rows('SELECT id FROM leases')).toEqual([])
    expect(await pool.window('requests', 'day')).toMatchObject({ used: 1, reserved: 0 })
  })
})

describe('a pool under load', () => {
  it.each([
    ['one key', 1, 'exhaust-first'],
    ['a hundred keys in turn', 100, 'round-robin'],
  ])(
    'writes less than a row per call, with %s',
    async (_name, keys, strategy) => {
      const pool = await openPool(
        Array.from({ length: keys }, () => ({})),
        strategy,
      )
      await callMany(pool, 50, 15)
      const written = await countRows(pool)
      const calls = 200
      // 66 calls a second, the alarm every two seconds as it would be.
      for (let second = 0; second < 3; second++) {
        await callMany(pool, Math.ceil(calls / 3), 15)
        await pool.alarm()
      }
      expect(written()).toBeLessThan(calls)
      expect(written()).toBeGreaterThan(0)
    },
    30_000,
  )

  it('puts everything in order when the load is over, and has every call in the log', async () => {
    await env.DB.prepare('DELETE FROM requests').run()
    const pool = await openPool([{}])
    await callMany(pool, 120, 10)
    const open = await pool.lease({ requestId: 'req_open' })
    expect(await pool.rows("SELECT name FROM facts WHERE name = 'ahead'")).toHaveLength(1)
    pool.now += 30_000
    await pool.alarm()
    expect(await pool.rows("SELECT name FROM facts WHERE name = 'ahead'")).toHaveLength(0)
    expect(await logged()).toHaveLength(120)
    expect(await pool.window('requests', 'day')).toMatchObject({ used: 120, reserved: 1 })
    await pool.evict()
    expect(await pool.window('requests', 'day')).toMatchObject({ used: 120, reserved: 1 })
    await pool.settle(open, success)
    expect(await pool.window('requests', 'day')).toMatchObject({ used: 121, reserved: 0 })
  })

  it('reports calls that were lost with it, and counts them as used', async () => {
    await env.DB.prepare('DELETE FROM requests').run()
    const pool = await openPool([{}])
    await callMany(pool, 60, 10)
    await pool.alarm()
    const lost = await Promise.all(
      Array.from({ length: 5 }, (_, i) => pool.lease({ requestId: `req_lost_${i}` })),
    )
    await pool.evict()
    expect((await pool.window('requests', 'day'))?.used).toBeGreaterThanOrEqual(65)
    // One of the Workers is still there.
    await pool.settle(lost[0] ?? { id: '' }, success, { record: makeRecord({ id: 'req_lost_0' }) })
    pool.now += 20 * minuteMs
    await pool.alarm()
    pool.now += 5_000
    await pool.alarm()
    const rows = await logged()
    expect(rows.filter(({ id }) => id === 'req_lost_0')).toHaveLength(1)
    const [row] = rows.filter(({ unaccounted }) => unaccounted !== null)
    expect(Number(row?.unaccounted)).toBeGreaterThanOrEqual(4)
    expect(row).toMatchObject({ owner: 'u1', unsettled: 1, status: 500, cost: null })
  })
})

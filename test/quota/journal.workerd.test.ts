/**
 * Records on their way to D1: nothing that a record holds, and nothing that D1 says of one, stops
 * the others.
 */
import { applyD1Migrations, reset, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { writeRecords } from '../../src/db/log-writer.ts'
import type { RequestRecord } from '../../src/observe/record.ts'
import { deliver } from '../../src/quota/deliver.ts'
import { Journal } from '../../src/quota/journal.ts'
import { Pending } from '../../src/quota/pending.ts'
import { PoolStore } from '../../src/quota/tables.ts'
import { anyRecord } from '../observe/hostile-records.ts'
import { makeRecord } from './fixtures.ts'
import { minuteMs, start, TestPool } from './pool.workerd.ts'

beforeEach(async () => {
  await reset()
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
  vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => vi.restoreAllMocks())

const many = (count: number): RequestRecord[] =>
  Array.from({ length: count }, (_, index) => makeRecord({ id: `req_${String(index).padStart(3, '0')}` }))

async function logged(): Promise<string[]> {
  const { results } = await env.DB.prepare('SELECT id FROM requests ORDER BY id').all<{ id: string }>()
  return results.map(({ id }) => id)
}

/** A database that refuses batches in which a text stands, and counts them all. */
function refusing(text: string, message: string, alsoMinimal = false) {
  const seen = { batches: 0 }
  const bound: { json: string }[] = []
  const db = {
    prepare(sql: string) {
      const statement = env.DB.prepare(sql)
      return Object.assign(Object.create(statement) as D1PreparedStatement, {
        run: () => statement.run(),
        bind(json: string) {
          bound.push({ json })
          return statement.bind(json)
        },
      })
    },
    async batch(statements: D1PreparedStatement[]) {
      seen.batches++
      const [{ json } = { json: '' }] = bound.splice(0)
      if (json.includes(text) && (alsoMinimal || json.includes('"asked":"smart"'))) throw new Error(message)
      return env.DB.batch(statements)
    },
  }
  return { db: db as unknown as D1Database, seen }
}

describe('a delivery', () => {
  it('writes whatever records hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { minLength: 1, maxLength: 8 }), async (records) => {
        const { written, refused, outage } = await deliver(env.DB, records)
        expect({ written: written.length, refused, outage }).toEqual({
          written: records.length,
          refused: [],
          outage: undefined,
        })
      }),
      { numRuns: 20 },
    )
    const sums = await env.DB.prepare(
      'SELECT sum(input_tokens) AS tokens, sum(cost) AS cost, min(requests) AS least FROM usage_hourly',
    ).first<{ tokens: number; cost: number; least: number }>()
    expect(Number.isFinite(sums?.tokens)).toBe(true)
    expect(Number.isFinite(sums?.cost)).toBe(true)
  }, 120_000)

  it('writes the least of a record that D1 refuses, and all the others whole', async () => {
    const { db, seen } = refusing('req_037', 'D1_ERROR: string or blob too big: SQLITE_TOOBIG')
    const { written, refused, outage } = await deliver(db, many(100))
    expect([written.length, refused, outage]).toEqual([100, [], undefined])
    expect(await logged()).toHaveLength(100)
    const row = await env.DB.prepare("SELECT asked, input_tokens FROM requests WHERE id = 'req_037'").first()
    expect(row).toMatchObject({ asked: '', input_tokens: makeRecord().usage?.inputTokens })
    expect(seen.batches).toBeLessThan(24)
  })

  it.each(['SQLITE_TOOBIG', 'D1_ERROR: nothing that is known'])(
    'sets aside what D1 takes nothing of: %s',
    async (words) => {
      const { db } = refusing('req_000', words, true)
      const { written, refused, outage } = await deliver(db, many(3))
      expect(written).toHaveLength(2)
      expect(refused).toMatchObject([{ record: { id: 'req_000' }, reason: words }])
      expect(outage).toBeUndefined()
      expect(await logged()).toEqual(['req_001', 'req_002'])
    },
  )

  it('of a database that is down loses nothing', async () => {
    const fails = { run: () => Promise.reject(new Error('Network connection lost')), bind: () => fails }
    const db = { prepare: () => fails, batch: () => Promise.reject(new Error('Network connection lost')) }
    const { written, refused, outage } = await deliver(db as unknown as D1Database, many(5))
    expect([written, refused]).toEqual([[], []])
    expect(outage).toMatchObject({ message: 'Network connection lost' })
  })

  it('of a database that takes no record at all, for reasons that are not theirs, loses nothing', async () => {
    const { db } = refusing('', 'D1_ERROR: Exceeded maximum DB size', true)
    const { refused, outage } = await deliver(db, many(4))
    expect(refused).toEqual([])
    expect(outage).toMatchObject({ message: expect.stringContaining('maximum DB size') })
  })
})

describe('the journal of a pool', () => {
  it('that holds a huge record of an older version brings it and all others to the log', async () => {
    const pool = await TestPool.open()
    await pool.stub.journal(
      makeRecord({ id: 'req_huge', asked: 'y'.repeat(1_500_000), model: 'y'.repeat(300_000) }),
    )
    await pool.stub.journal(makeRecord({ id: 'req_next' }))
    pool.now += minuteMs
    await vi.waitFor(async () => {
      await pool.alarm()
      expect(await logged()).toEqual(['req_huge', 'req_next'])
    })
    const row = await env.DB.prepare(
      "SELECT length(asked) AS asked FROM requests WHERE id = 'req_huge'",
    ).first()
    expect(row).toEqual({ asked: 200 })
    expect((await pool.stub.report()).recordsSetAside).toBeUndefined()
  })

  it('lets records gather again that come while D1 writes, and goes on at once with those left over', async () => {
    const { stub } = await TestPool.open()
    await runInDurableObject(stub, async (_object, { storage: { sql } }) => {
      const journal = new Journal(new PoolStore(sql), new Pending(new Map()), start)
      for (const record of many(501)) journal.add(record.id, record, start)
      const dueAfterFlush = async (db: D1Database): Promise<number | undefined> => {
        await journal.flush(db, () => start + minuteMs)
        return journal.dueAt()
      }
      expect(await dueAfterFlush(env.DB)).toBe(start + minuteMs)
      const slow = {
        prepare: (statement: string) => env.DB.prepare(statement),
        batch: async (statements: D1PreparedStatement[]) => {
          journal.add('req_next', makeRecord({ id: 'req_next' }), start)
          return env.DB.batch(statements)
        },
      }
      expect(await dueAfterFlush(slow as unknown as D1Database)).toBe(start + minuteMs + 40_000)
      expect(await dueAfterFlush(env.DB)).toBeUndefined()
    })
    expect(await logged()).toHaveLength(502)
  })

  it('goes on past a record that a table refuses, and says that it is set aside', async () => {
    await env.DB.prepare(
      "CREATE TRIGGER refuses BEFORE INSERT ON requests WHEN NEW.id = 'req_bad' BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed'); END",
    ).run()
    const pool = await TestPool.open()
    for (const id of ['req_bad', 'req_1', 'req_2']) await pool.stub.journal(makeRecord({ id }))
    pool.now += minuteMs
    await pool.alarm()
    expect(await logged()).toEqual(['req_1', 'req_2'])
    expect((await pool.stub.report()).recordsSetAside).toBe(1)
    await pool.stub.journal(makeRecord({ id: 'req_3' }))
    pool.now += minuteMs
    await pool.alarm()
    expect(await logged()).toEqual(['req_1', 'req_2', 'req_3'])
  })
})

it('a record is counted once, however often it is written', async () => {
  await writeRecords(env.DB, many(2))
  await deliver(env.DB, many(2))
  const { count } =
    (await env.DB.prepare('SELECT sum(requests) AS count FROM usage_hourly').first<{ count: number }>()) ?? {}
  expect(count).toBe(2)
})

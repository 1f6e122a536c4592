/** Hours become days: what was used is the same before and after, whatever comes in late. */
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { foldUsage, hoursKeptMs, totalsKeptMs } from '../../src/db/usage-rollup.ts'
import { writeRecords } from '../../src/db/log-writer.ts'
import { findDurations, sumUsage, type UsageDimension } from '../../src/db/usage.ts'
import type { RequestRecord } from '../../src/observe/record.ts'
import { makeRecord, makeUsage, storeUser } from '../quota/fixtures.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const now = Date.UTC(2100, 0, 31, 12)
const from = now - 69.5 * dayMs
const dimensions: (UsageDimension | undefined)[] = [undefined, 'provider', 'model', 'key', 'token', 'user']
let written = 0

beforeEach(async () => {
  const tables = ['requests', 'usage_hourly', 'usage_totals', 'usage_daily', 'users']
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)))
  await storeUser(env.DB, 'u1')
  await storeUser(env.DB, 'u2')
})

function record(daysAgo: number, change: Partial<RequestRecord> = {}): RequestRecord {
  written++
  const startedAt = now - daysAgo * dayMs
  const usage = makeUsage(written, 2 * written)
  return makeRecord({
    id: `req_${written}`,
    startedAt,
    usage,
    durationMs: 50 * written,
    cost: 0.5,
    saved: 0.25,
    ...change,
  })
}

/** Some of everything, over sixty days. */
function manyRecords(): RequestRecord[] {
  return Array.from({ length: 120 }, (_, i) =>
    record(i / 2, {
      owner: ['u1', 'u2', 'hub'][i % 3] ?? 'u1',
      keyId: `k${i % 5}`,
      provider: ['groq', 'openai', null][i % 3] ?? null,
      tokenId: i % 2 ? 't1' : null,
      status: i % 7 ? 200 : 502,
    }),
  )
}

async function everySum(stepMs: number | undefined): Promise<unknown[]> {
  return Promise.all(
    dimensions.map((dimension) =>
      sumUsage(
        env.DB,
        'everyone',
        { dimension, stepMs, from: Math.floor(from / dayMs) * dayMs, to: now + 1 },
        { limit: 10_000 },
      ),
    ),
  )
}

async function count(table: string): Promise<number> {
  return (await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')) ?? 0
}

describe('the folding of hours into days', () => {
  it('changes no sum, by the day or of the whole, in any dimension', async () => {
    await writeRecords(env.DB, manyRecords())
    const before = [await everySum(dayMs), await everySum(undefined)]
    await foldUsage(env.DB, now)
    expect([await everySum(dayMs), await everySum(undefined)]).toEqual(before)
    expect(await count('usage_daily')).toBeGreaterThan(0)
  })

  it('leaves the hours of the last days as they are, and no older ones', async () => {
    await writeRecords(env.DB, manyRecords())
    await foldUsage(env.DB, now)
    await foldUsage(env.DB, now)
    await foldUsage(env.DB, now)
    await foldUsage(env.DB, now)
    for (const [table, keptMs] of [
      ['usage_hourly', hoursKeptMs],
      ['usage_totals', totalsKeptMs],
    ] as const) {
      const oldest = await env.DB.prepare(`SELECT min(hour) AS hour FROM ${table}`).first<number>('hour')
      expect(oldest).toBeGreaterThanOrEqual(Math.floor((now - keptMs) / dayMs) * dayMs)
      expect(oldest).toBeLessThan(now - keptMs + dayMs)
    }
  })

  it('adds what comes in late to what a day has', async () => {
    await writeRecords(env.DB, [record(40, { durationMs: 100 })])
    await foldUsage(env.DB, now)
    await writeRecords(env.DB, [record(40, { durationMs: 100 }), record(40, { durationMs: 9_000 })])
    const before = await everySum(dayMs)
    await foldUsage(env.DB, now)
    expect(await everySum(dayMs)).toEqual(before)
    expect([await count('usage_hourly'), await count('usage_totals')]).toEqual([0, 0])
    const question = { dimension: undefined, stepMs: dayMs, from, to: now }
    const durationsOf = await findDurations(env.DB, { owner: 'u1' }, question)
    expect([
      ...durationsOf({ at: Math.floor((now - 40 * dayMs) / dayMs) * dayMs, name: null }).values(),
    ]).toEqual([2, 1])
  })

  it('is nothing the second time', async () => {
    await writeRecords(env.DB, manyRecords())
    await foldUsage(env.DB, now)
    const once = await everySum(dayMs)
    await foldUsage(env.DB, now)
    expect(await everySum(dayMs)).toEqual(once)
  })

  it('goes on the next day where much is left over', async () => {
    await writeRecords(env.DB, [record(60), record(59), record(20)])
    await foldUsage(env.DB, now)
    expect(await count('usage_hourly')).toBe(1)
    await foldUsage(env.DB, now)
    expect(await count('usage_hourly')).toBe(0)
  })

  it('has a day cost as many rows as had a part in it, not as many as hours did', async () => {
    const hours = Array.from({ length: 24 }, (_, hour) =>
      record(40, { startedAt: Date.UTC(2099, 11, 20, hour) }),
    )
    await writeRecords(env.DB, hours)
    await foldUsage(env.DB, now)
    // All of it, and one provider, model, key and token.
    expect(await count('usage_daily')).toBe(5)
  })
})

import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { writeRecords } from '../../src/db/log-writer.ts'
import { durationClass } from '../../src/observe/durations.ts'
import type { RequestRecord } from '../../src/observe/record.ts'
import { makeRecord, makeUsage } from '../quota/fixtures.ts'

const attempt = {
  provider: 'groq',
  model: 'm',
  keyId: 'k1',
  status: 429,
  verdict: 'rate-limited',
  blame: 'account',
  startedAt: 1,
  durationMs: 1,
} as const

const hour = Date.UTC(2100, 0, 1, 10)

async function rows(table: string): Promise<Record<string, unknown>[]> {
  return (await env.DB.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3, 4`).all()).results
}

describe('writeRecords', () => {
  beforeEach(async () => {
    const tables = ['requests', 'usage_hourly', 'usage_totals']
    await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)))
  })

  it('writes a row with everything that is known of a request', async () => {
    const usage = {
      inputTokens: 5,
      outputTokens: 4,
      cachedTokens: 3,
      cacheWriteTokens: 2,
      reasoningTokens: 1,
    }
    const record: RequestRecord = {
      ...makeRecord({
        usage: { ...usage, estimated: true, claimed: { ...usage, inputTokens: -5, outputTokens: 1e308 } },
        stream: true,
        tokenId: 't1',
        cost: 0.25,
        saved: 0.5,
        unsettled: true,
      }),
      firstContentMs: 42,
      trail: [attempt],
      message: 'All keys are cooling down.',
      skipped: [{ provider: 'groq', model: null, reason: 'disabled', keys: 2 }],
      route: 'smart',
      client: 'codex/1',
    }
    await writeRecords(env.DB, [record])
    expect(await rows('requests')).toEqual([
      {
        owner: 'u1',
        id: 'req_1',
        started_at: record.startedAt,
        duration_ms: 100,
        first_content_ms: 42,
        token_id: 't1',
        dialect: 'openai-chat',
        asked: 'smart',
        stream: 1,
        provider: 'groq',
        model: 'm',
        key_id: 'k1',
        status: 200,
        code: null,
        attempts: 1,
        input_tokens: 5,
        output_tokens: 4,
        cached_tokens: 3,
        cache_write_tokens: 2,
        reasoning_tokens: 1,
        estimated: 1,
        unsettled: 1,
        cost: 0.25,
        trail: JSON.stringify([attempt]),
        unaccounted: null,
        saved: 0.5,
        claimed_usage: JSON.stringify({ ...usage, inputTokens: -5, outputTokens: 1e308 }),
        message: 'All keys are cooling down.',
        skipped: JSON.stringify([{ provider: 'groq', model: null, reason: 'disabled', keys: 2 }]),
        route: 'smart',
        client: 'codex/1',
      },
    ])
  })

  it('writes what is not known as null, and as nothing in the sums', async () => {
    const nobody = { provider: null, model: null, keyId: null, usage: null, status: 429 }
    await writeRecords(env.DB, [makeRecord({ ...nobody, code: 'QUOTA_EXHAUSTED' })])
    expect(await rows('requests')).toMatchObject([
      { provider: null, first_content_ms: null, input_tokens: null, estimated: 0, unsettled: 0, trail: '[]' },
    ])
    expect(await rows('usage_hourly')).toMatchObject([
      { provider: '', model: '', key_id: '', token_id: '', requests: 1, errors: 1, input_tokens: 0, cost: 0 },
    ])
  })

  it('adds requests up by hour and by who served whom', async () => {
    await writeRecords(env.DB, [
      makeRecord({ id: 'a', usage: makeUsage(10, 1), cost: 0.5 }),
      makeRecord({ id: 'b', usage: makeUsage(20, 2), cost: 0.25, trail: [attempt, attempt] }),
      makeRecord({ id: 'c', usage: null, status: 502, trail: [attempt, attempt] }),
      makeRecord({ id: 'd', startedAt: hour + 3_600_000 }),
      makeRecord({ id: 'e', owner: 'u2' }),
    ])
    await writeRecords(env.DB, [
      makeRecord({ id: 'f', startedAt: hour + 3_599_999, usage: makeUsage(30, 3) }),
    ])
    expect(await rows('usage_hourly')).toMatchObject([
      {
        owner: 'u1',
        hour,
        requests: 4,
        errors: 1,
        rescued: 1,
        input_tokens: 60,
        output_tokens: 6,
        duration_ms: 400,
        cost: 0.75,
      },
      { owner: 'u1', hour: hour + 3_600_000, requests: 1, errors: 0, rescued: 0 },
      { owner: 'u2', hour, requests: 1 },
    ])
  })

  it('adds requests up by hour alone, with how long those took that went well', async () => {
    const trail = [attempt]
    await writeRecords(env.DB, [
      makeRecord({ id: 'a', provider: 'groq', cost: 0.5, saved: 0.25, trail }),
      makeRecord({ id: 'b', provider: 'openai', keyId: 'k2', trail }),
      makeRecord({ id: 'c', durationMs: 3_000, trail }),
      makeRecord({ id: 'd', durationMs: 1, status: 429, trail }),
      makeRecord({ id: 'e', owner: 'u2', status: 429, trail }),
    ])
    await writeRecords(env.DB, [makeRecord({ id: 'f', saved: 0.25, trail })])
    expect(await rows('usage_totals')).toMatchObject([
      {
        owner: 'u1',
        hour,
        requests: 5,
        errors: 1,
        duration_ms: 3_301,
        cost: 0.5,
        saved: 0.5,
        durations: JSON.stringify({ [durationClass(100)]: 3, [durationClass(3_000)]: 1 }),
      },
      { owner: 'u2', hour, requests: 1, errors: 1, durations: '{}' },
    ])
  })

  it('changes nothing the second time', async () => {
    const batch = [makeRecord({ id: 'a' }), makeRecord({ id: 'b', status: 500 })]
    await writeRecords(env.DB, batch)
    const all = () => Promise.all(['requests', 'usage_hourly', 'usage_totals'].map(rows))
    const before = await all()
    await writeRecords(env.DB, batch)
    expect(await all()).toEqual(before)
    await writeRecords(env.DB, [...batch, makeRecord({ id: 'c' })])
    expect(await rows('usage_hourly')).toMatchObject([{ requests: 3, errors: 1 }])
  })

  it('counts a request once that stands twice in a batch', async () => {
    await writeRecords(env.DB, [makeRecord(), makeRecord()])
    expect(await rows('usage_hourly')).toMatchObject([{ requests: 1 }])
  })

  it('writes five hundred at once', async () => {
    await writeRecords(
      env.DB,
      Array.from({ length: 500 }, (_, i) => makeRecord({ id: `req_${i}` })),
    )
    expect(await rows('usage_hourly')).toMatchObject([{ requests: 500 }])
  })
})

/**
 * What each view of the dashboard reads of D1 where there is much: bounded by what it shows,
 * whatever the log holds.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { readConfiguration } from '../../src/db/configuration.ts'
import { foldUsage } from '../../src/db/usage-rollup.ts'
import { listLogs } from '../../src/db/logs.ts'
import { writeRecords } from '../../src/db/log-writer.ts'
import { timeOrderedId } from '../../src/ids.ts'
import type { RequestRecord } from '../../src/observe/record.ts'
import { app } from '../../src/index.ts'
import { countRows } from '../counting-d1.ts'
import { settleIn, type Settled } from '../hub.workerd.ts'
import { makeRecord } from '../quota/fixtures.ts'

const requests = 100_000
const keys = 1_000
const providers = ['groq', 'openai', 'mistral', 'openrouter']
const daysOfLog = 30
const dayMs = 86_400_000
/**
 * Noon of today, for all of the hub: hours are folded by whole days, so that what is read grows
 * from one midnight to the next. The test is of the same hour whenever it is run.
 */
const now = Math.floor(Date.now() / dayMs) * dayMs + dayMs / 2
vi.useFakeTimers({ toFake: ['Date'], now })

const counter = countRows(env.DB)
let ada: Settled

beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'x' })
  await fill()
}, 240_000)

/**
 * Each key has served in turn over the whole time, with each model and each token: what makes the
 * most rows of sums.
 */
async function fill(): Promise<void> {
  const numbers = `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ${keys})`
  const provider = `CASE n % 4 ${providers.map((id, index) => `WHEN ${index} THEN '${id}'`).join(' ')} END`
  await env.DB.batch(
    [
      `INSERT INTO accounts (owner, id, provider, created_at)
       ${numbers} SELECT ?1, 'acc_' || n, ${provider}, 1 FROM numbers`,
      `INSERT INTO keys (owner, id, provider, account_id, ciphertext, fingerprint, masked, created_at, updated_at, row_owner)
       ${numbers} SELECT ?1, 'key_' || n, ${provider}, 'acc_' || n, '', n, 'sk-****', 1, 1, 'built-in' FROM numbers`,
    ].map((statement) => env.DB.prepare(statement).bind(ada.userId)),
  )
  for (let done = 0; done < requests; done += 500) {
    await writeRecords(
      env.DB,
      Array.from({ length: 500 }, (_, i) => record(done + i)),
    )
  }
  for (let run = 0; run < 3; run++) await foldUsage(env.DB, now)
}

function record(n: number): RequestRecord {
  const startedAt = now - (n * daysOfLog * dayMs) / requests
  const provider = providers[n % providers.length] ?? ''
  const keyId = `key_${n % keys}`
  const model = `m${n % 7}`
  const entry = { provider, model, keyId, status: 200, verdict: 'ok', blame: null, startedAt, durationMs: 90 }
  return makeRecord({
    owner: ada.userId,
    id: timeOrderedId('req', startedAt),
    startedAt,
    provider,
    model,
    keyId,
    tokenId: `tok_${n % 3}`,
    trail: [entry],
  })
}

/** The rows that some requests to the hub read together, as a page makes them. */
async function rowsReadBy(calls: string[]): Promise<number> {
  counter.reset()
  for (const one of calls) {
    const [method = 'GET', path] = one.startsWith('/') ? ['GET', one] : one.split(' ')
    const context = createExecutionContext()
    const response = await app.fetch(
      new Request(`http://localhost${path}`, {
        method,
        headers: { authorization: `Bearer ${ada.session}`, 'content-type': 'application/json' },
        ...(method === 'POST' && { body: '{}' }),
      }),
      { ...env, DB: counter.d1 },
      context,
    )
    expect(response.ok, one).toBe(true)
    await response.text()
    await waitOnExecutionContext(context)
  }
  return counter.rowsRead()
}

const since = (days: number): string => new Date(now - days * dayMs).toISOString()
const usage = (by: string, days: number): string[] => {
  const query = `/api/usage?owner=all&groupBy=${by}&from=${since(days)}`
  return [query, `${query}&top=4&interval=${days > 1 ? 'day' : 'hour'}`]
}
/** What the frame asks for on every page. */
const frame = ['/api/auth/session', '/api/keys', '/api/pools', '/api/providers']

describe('with 100,000 requests in the log and 1,000 keys, what is read for', () => {
  it.each([
    ['the overview of an hour', [...frame, `/api/usage?interval=hour&from=${since(1 / 24)}`], 6_000],
    ['the overview of 30 days', [...frame, `/api/usage?interval=day&from=${since(30)}`], 10_000],
    ['the overview’s routes and health', ['/api/health/routes?limit=6', '/api/health/providers'], 2_000],
    ['keys', [...frame, '/api/accounts', '/v1/models', '/api/keys/key_7/explain'], 6_000],
    ['routes', [...frame, '/api/routes', '/v1/models', 'POST /api/routes/fast/explain'], 5_000],
    ['providers', [...frame, '/api/health/providers', '/api/accounts'], 7_000],
    ['tokens, playground and connect', [...frame, '/api/tokens', '/v1/models'], 5_000],
    ['the log', ['/api/logs?limit=100'], 1_000],
    ['a filter of the log that nothing fits', ['/api/logs?limit=100&provider=nobody&outcome=error'], 65_000],
    ['a search in everyone’s log', ['/api/logs?limit=100&owner=all&text=nothing'], 65_000],
    ['usage of a day by model', usage('model', 1), 30_000],
    ['usage of 30 days by model', usage('model', 30), 80_000],
    // Here each of a thousand keys has a figure for each day.
    ['usage of 30 days by key', usage('key', 30), 10 * keys * daysOfLog],
    ['usage of 90 days by user', usage('user', 90), 10_000],
    ['settings, users and audit', ['/api/settings', '/api/users', '/api/invitations', '/api/audit'], 200],
  ])('%s is bounded', async (_view, calls, most) => {
    const rows = await rowsReadBy(calls)
    expect(rows).toBeGreaterThan(0)
    expect(rows).toBeLessThanOrEqual(most)
  })

  it('a look of the live view is a handful of rows', async () => {
    counter.reset()
    const { rows } = await listLogs(counter.d1, 'everyone', { from: now - 20 * 60_000, limit: 25 })
    expect(rows.length).toBeGreaterThan(0)
    expect(counter.rowsRead()).toBeLessThan(300)
  })

  it('another person is not what these keys are', async () => {
    const bob = await settleIn({ provider: 'sandbox', apiKey: 'y' }, 'bob')
    counter.reset()
    expect((await readConfiguration(counter.d1, bob.userId))?.reach).toHaveLength(1)
    expect(counter.rowsRead()).toBeLessThan(30)
  })
})

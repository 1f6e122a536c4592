/**
 * The log, the sums and the health of providers: a person sees their own, an administrator
 * everyone's.
 */
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { writeRecords } from '../../src/db/log-writer.ts'
import type { RequestRecord } from '../../src/observe/record.ts'
import { timeOrderedId } from '../../src/ids.ts'
import { call, refusal, send, settleIn, type Settled } from '../hub.workerd.ts'
import { makeRecord, makeUsage } from '../quota/fixtures.ts'

const hourMs = 3_600_000
const now = Date.UTC(2100, 0, 3, 10, 30)
let ada: Settled
let bob: Settled

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now })
  ada = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'ada')
  bob = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'bob')
  await writeRecords(env.DB, [
    record(ada.userId, 1, {
      provider: 'groq',
      usage: makeUsage(100, 10),
      cost: 0.5,
      saved: 0.25,
      durationMs: 200,
    }),
    record(ada.userId, 2, { provider: 'openai', usage: makeUsage(1, 1), durationMs: 400 }),
    record(ada.userId, 30 * 60, { provider: 'openai', status: 502, code: 'PROVIDER_ERROR', usage: null }),
    record(bob.userId, 3, {
      provider: 'groq',
      usage: makeUsage(7, 7),
      trail: [tried('overloaded'), tried('ok')],
    }),
    record('hub', 4, { provider: 'groq', usage: makeUsage(3, 3) }),
  ])
})
afterAll(() => {
  vi.useRealTimers()
})

function tried(verdict: string): RequestRecord['trail'][number] {
  const blame = verdict === 'ok' ? null : 'provider'
  return {
    provider: 'groq',
    model: 'm',
    keyId: 'k',
    status: 200,
    verdict,
    blame,
    startedAt: now,
    durationMs: 80,
  }
}

function record(owner: string, minutesAgo: number, change: Partial<RequestRecord>): RequestRecord {
  const startedAt = now - minutesAgo * 60_000
  return makeRecord({
    owner,
    id: timeOrderedId('req', startedAt),
    startedAt,
    model: 'm',
    trail: [tried('ok')],
    ...change,
  })
}

interface Page<Row> {
  data: Row[]
  nextCursor: string | null
  names: Record<string, string>
}
interface Log {
  id: string
  owner: string
}
interface Usage {
  at: string | null
  group: string | null
  requests: number
  inputTokens: number | null
}

const logs = (query: string, as = ada) => call<Page<Log>>('GET', `/api/logs${query}`, undefined, as.session)
const usage = async (query: string, as = ada) =>
  (await call<Page<Usage>>('GET', `/api/usage${query}`, undefined, as.session)).data

describe('the log', () => {
  it('of a person is their own', async () => {
    const { data } = await logs('')
    expect(data).toHaveLength(3)
    expect(data.every(({ owner }) => owner === ada.userId)).toBe(true)
  })

  it('of everyone is one list, the newest first, by pages', async () => {
    const { data } = await logs('?owner=all')
    expect(data.map(({ owner }) => owner)).toEqual([ada.userId, ada.userId, bob.userId, 'hub', ada.userId])
    const paged: Log[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page<Log> = await logs(`?owner=all&limit=2&cursor=${cursor}`)
      paged.push(...page.data)
      cursor = page.nextCursor
    }
    expect(paged).toEqual(data)
  })

  it('is filtered for everyone as for one', async () => {
    expect((await logs('?owner=all&provider=groq')).data).toHaveLength(3)
    expect((await logs('?provider=groq')).data).toHaveLength(1)
    expect((await logs('?owner=all&text=overloaded')).data).toMatchObject([{ owner: bob.userId }])
  })

  it('is of one person, or of open access, where an administrator says so', async () => {
    const owners = async (owner: string) => (await logs(`?owner=${owner}`)).data.map((row) => row.owner)
    expect(await owners(bob.userId)).toEqual([bob.userId])
    expect(await owners('hub')).toEqual(['hub'])
    expect(await owners(ada.userId)).toEqual([ada.userId, ada.userId, ada.userId])
    const [bobs] = await usage(`?owner=${bob.userId}`)
    expect(bobs).toMatchObject({ requests: 1, rescued: 1 })
    for (const path of ['/api/logs', '/api/usage']) {
      const unknown = await refusal('GET', `${path}?owner=usr_nobody`, undefined, ada.session)
      expect(unknown, path).toMatchObject({ status: 404, code: 'NOT_FOUND', param: 'owner' })
    }
  })

  it('is filtered by what came of it', async () => {
    const ids = async (query: string) => (await logs(query)).data.map(({ id }) => id)
    const { data } = await logs('?owner=all')
    expect(data).toHaveLength(5)
    const [first, second, bobs, hubs, failed] = data.map(({ id }) => id)
    expect(await ids('?owner=all&outcome=ok')).toEqual([first, second, hubs])
    expect(await ids('?owner=all&outcome=rescued')).toEqual([bobs])
    expect(await ids('?owner=all&outcome=error')).toEqual([failed])
    expect(await ids('?outcome=rescued')).toEqual([])
    expect(await refusal('GET', '/api/logs?outcome=good', undefined, ada.session)).toMatchObject({
      status: 400,
      param: 'outcome',
    })
  })

  it('calls people, tokens and keys by their names, as far as the caller may know them', async () => {
    const [bobsKey] = (
      await call<Page<{ id: string; masked: string }>>('GET', '/api/keys', undefined, bob.session)
    ).data
    const [bobsToken] = (await call<Page<{ id: string }>>('GET', '/api/tokens', undefined, bob.session)).data
    const adasKeys = (await call<Page<{ id: string }>>('GET', '/api/keys', undefined, ada.session)).data
    const keyId = bobsKey?.id ?? ''
    const tokenId = bobsToken?.id ?? ''
    await writeRecords(env.DB, [
      record(bob.userId, 60 * 30, {
        tokenId,
        provider: 'named',
        trail: [
          { ...tried('ok'), keyId },
          { ...tried('ok'), keyId: adasKeys[0]?.id ?? null },
        ],
      }),
    ])
    const named = { [bob.userId]: 'bob', [tokenId]: 'test', [keyId]: `sandbox ${bobsKey?.masked}` }
    const own = await logs('?provider=named', bob)
    // Of a key that somebody shares one learns nothing.
    expect(own.names).toEqual(named)
    const everyones = await logs('?owner=all&provider=named')
    expect(everyones.names).toMatchObject(named)
    expect(Object.keys(everyones.names)).toContain(adasKeys[0]?.id)
    expect(await call('GET', `/api/logs/${own.data[0]?.id}`, undefined, bob.session)).toMatchObject({
      names: named,
    })
    await env.DB.prepare("DELETE FROM requests WHERE provider = 'named'").run()
  })

  it('shows one request of anybody to an admin who asks for everyone’s', async () => {
    const [bobs] = (await logs('', bob)).data
    expect((await send('GET', `/api/logs/${bobs?.id}`, { as: ada.session })).status).toBe(404)
    expect(await call('GET', `/api/logs/${bobs?.id}?owner=all`, undefined, ada.session)).toMatchObject({
      id: bobs?.id,
    })
  })

  it('finds every match however rare, and no page is empty though there are more', async () => {
    const many = Array.from({ length: 2_500 }, (_, i) =>
      record(i % 2 ? bob.userId : ada.userId, 600 + i, { provider: 'openai' }),
    )
    for (let i = 0; i < many.length; i += 500) await writeRecords(env.DB, many.slice(i, i + 500))
    await writeRecords(env.DB, [
      record(ada.userId, 9_000, { provider: 'rare' }),
      record(bob.userId, 8_999, { provider: 'rare' }),
    ])
    const found: Log[] = []
    let pages = 0
    for (let cursor: string | null = ''; cursor !== null; pages++) {
      const page: Page<Log> = await logs(`?owner=all&provider=rare&cursor=${cursor}`)
      expect(page.data.length).toBeGreaterThan(0)
      found.push(...page.data)
      cursor = page.nextCursor
    }
    expect(found.map(({ owner }) => owner)).toEqual([bob.userId, ada.userId])
    expect(pages).toBe(1)
  })

  it('is read by the key of the table', async () => {
    const { results } = await env.DB.prepare(
      `EXPLAIN QUERY PLAN SELECT requests.id FROM (SELECT id AS person FROM users UNION ALL SELECT 'hub') AS people
       CROSS JOIN requests WHERE requests.owner = people.person AND requests.id IN (
         SELECT newest.id FROM requests AS newest WHERE newest.owner = people.person ORDER BY newest.id DESC LIMIT 51 OFFSET 0)
       ORDER BY requests.id DESC LIMIT 51`,
    ).all<{ detail: string }>()
    const plan = results.map(({ detail }) => detail)
    expect(plan).toContain('SEARCH requests USING PRIMARY KEY (owner=? AND id=?)')
    expect(plan).toContain('SEARCH newest USING PRIMARY KEY (owner=?)')
    expect(plan.join('\n')).not.toMatch(/SCAN (requests|newest)/)
  })
})

describe('usage', () => {
  const recent = `from=${new Date(now - 2 * hourMs).toISOString()}`

  it('is summed over a span, and is a person’s own', async () => {
    expect(await usage(`?${recent}`)).toMatchObject([
      {
        at: null,
        group: null,
        requests: 2,
        errors: 0,
        inputTokens: 101,
        outputTokens: 11,
        averageMs: 300,
        latency: { p50Ms: expect.closeTo(200, -2), p95Ms: expect.closeTo(400, -2) },
        cost: 0.5,
        saved: 0.25,
      },
    ])
    expect(await usage(`?${recent}`, bob)).toMatchObject([{ requests: 1, rescued: 1, inputTokens: 7 }])
  })

  it.each([
    ['provider', ['groq', 'openai']],
    ['model', ['groq/m', 'openai/m']],
    ['key', ['k1']],
    ['token', ['']],
  ])('is told apart by %s', async (groupBy, groups) => {
    expect((await usage(`?${recent}&groupBy=${groupBy}`)).map(({ group }) => group)).toEqual(groups)
  })

  it('is told apart by the top of the groups, the others together', async () => {
    const rows = await usage(`?${recent}&owner=all&groupBy=provider&top=1`)
    expect(rows.map(({ group, requests }) => [group, requests])).toEqual([
      [null, 1],
      ['groq', 3],
    ])
    const byTokens = await usage(`?${recent}&owner=all&groupBy=user&top=1&by=tokens&interval=hour`)
    expect(byTokens.map(({ group, requests }) => [group, requests])).toEqual([
      [null, 2],
      [ada.userId, 2],
    ])
    expect(await usage(`?${recent}&owner=all&groupBy=provider&top=5`)).toEqual(
      await usage(`?${recent}&owner=all&groupBy=provider`),
    )
  })

  it('calls its groups by their names', async () => {
    const answer = await call<Page<Usage>>(
      'GET',
      `/api/usage?${recent}&groupBy=user&owner=all`,
      undefined,
      ada.session,
    )
    expect(answer.names).toEqual({ [ada.userId]: 'ada', [bob.userId]: 'bob' })
    expect((await call<Page<Usage>>('GET', `/api/usage?${recent}`, undefined, ada.session)).names).toEqual({})
  })

  it('is told apart by status, as far as the sums tell', async () => {
    const rows = await usage(`?${recent}&groupBy=status&owner=all`)
    expect(rows.map(({ group, requests, inputTokens }) => [group, requests, inputTokens])).toEqual([
      ['ok', 3, null],
      ['rescued', 1, null],
      ['error', 0, null],
    ])
  })

  it('is told apart by user for an admin', async () => {
    const rows = await usage(`?${recent}&groupBy=user&owner=all`)
    const counted = Object.fromEntries(rows.map(({ group, requests }) => [group, requests]))
    expect(counted).toEqual({ [ada.userId]: 2, [bob.userId]: 1, hub: 1 })
  })

  it('is stepped by the hour, or by the day of UTC', async () => {
    const from = new Date(now - 40 * hourMs).toISOString()
    const steps = async (interval: string) =>
      (await usage(`?from=${from}&interval=${interval}&groupBy=provider`))
        .filter(({ group }) => group === 'groq')
        .map(({ at }) => at)
    expect(await steps('hour')).toEqual(['2100-01-03T10:00:00.000Z'])
    expect(await steps('day')).toEqual(['2100-01-03T00:00:00.000Z'])
  })

  it.each([
    ['?interval=hour&from=2099-01-01T00:00:00Z', 'from'],
    ['?interval=day&from=2090-01-01T00:00:00Z', 'from'],
    ['?from=2100-02-01T00:00:00Z', 'from'],
    ['?groupBy=colour', 'groupBy'],
    ['?interval=minute', 'interval'],
    ['?interval=hour&from=2099-12-01T00:00:00Z&to=2099-12-02T00:00:00Z', 'from'],
    ['?groupBy=key&interval=hour&from=2099-12-20T00:00:00Z&to=2099-12-21T00:00:00Z', 'from'],
    ['?top=0', 'top'],
    ['?top=3&by=colour', 'by'],
    ['?who=me', 'who'],
  ])('refuses %s, and names %s', async (query, param) => {
    const response = await send('GET', `/api/usage${query}`, { as: ada.session })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { param } })
  })
})

describe('the health of providers', () => {
  const health = (query: string, as: Settled) =>
    call<Page<unknown>>('GET', `/api/health/providers${query}`, undefined, as.session)

  it('is what a person’s own requests met in the last hour', async () => {
    expect((await health('', bob)).data).toEqual([
      {
        provider: 'groq',
        model: 'm',
        attempts: 2,
        errors: 1,
        medianMs: 80,
        lastError: { verdict: 'overloaded', at: new Date(now).toISOString() },
      },
    ])
  })

  it('is what everyone’s requests met, for an admin', async () => {
    expect((await health('?owner=all', ada)).data).toMatchObject([
      { provider: 'groq', attempts: 5, errors: 1 },
    ])
  })
})

describe('what others did', () => {
  it.each(['/api/logs', '/api/logs/x', '/api/usage', '/api/health/providers'])(
    'is not for a plain user: %s',
    async (path) => {
      expect((await send('GET', `${path}?owner=all`, { as: bob.session })).status).toBe(403)
    },
  )

  it.each(['/api/logs', '/api/usage'])('is not for a plain user, person by person: %s', async (path) => {
    for (const owner of [ada.userId, 'hub', 'usr_nobody']) {
      expect((await send('GET', `${path}?owner=${owner}`, { as: bob.session })).status, owner).toBe(403)
    }
    expect((await send('GET', `${path}?owner=${bob.userId}`, { as: bob.session })).status).toBe(200)
  })
})

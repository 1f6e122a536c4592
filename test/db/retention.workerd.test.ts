import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { removeOutdated } from '../../src/db/retention.ts'
import { changeSettings } from '../../src/db/settings.ts'
import { keepResponses, removeOldestResponses } from '../../src/db/stored-responses.ts'
import { timeOrderedId } from '../../src/ids.ts'
import { storeUser } from '../quota/fixtures.ts'

const dayMs = 86_400_000
const now = Date.UTC(2100, 0, 31)

beforeEach(async () => {
  await env.DB.batch([env.DB.prepare('DELETE FROM requests'), env.DB.prepare('DELETE FROM users')])
  await storeUser(env.DB, 'u1', 1)
  await storeUser(env.DB, 'u2', 1)
  await changeSettings(env.DB, { logRetentionDays: 10 }, 'u1')
})

/** So many requests of one age, written by the database itself. */
async function log(owner: string, ageDays: number, count = 1): Promise<void> {
  await env.DB.prepare(
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?3)
     INSERT INTO requests (owner, id, started_at, duration_ms, dialect, asked, stream, status, attempts, trail)
     SELECT ?1, ?2 || n, 1, 1, 'openai-chat', 'm', 0, 200, 1, '[]' FROM numbers`,
  )
    .bind(owner, timeOrderedId('req', now - ageDays * dayMs), count)
    .run()
}

async function counts(): Promise<Record<string, number>> {
  const { results } = await env.DB.prepare('SELECT owner, count(*) AS n FROM requests GROUP BY owner').all<{
    owner: string
    n: number
  }>()
  return Object.fromEntries(results.map(({ owner, n }) => [owner, n]))
}

describe('the daily cleaning', () => {
  it('removes requests that are older than the setting says, of everyone and of nobody in particular', async () => {
    for (const owner of ['u1', 'u2', 'hub']) {
      await log(owner, 9.9)
      await log(owner, 10.1)
      await log(owner, 300)
    }
    await removeOutdated(env.DB, now)
    expect(await counts()).toEqual({ hub: 1, u1: 1, u2: 1 })
  })

  it('goes on where one statement did not remove all', async () => {
    await log('u1', 20, 20_500)
    await log('u1', 1)
    await removeOutdated(env.DB, now)
    expect(await counts()).toEqual({ u1: 1 })
  })

  it('finds old rows by the key of the log, without looking at the new ones', async () => {
    const { results } = await env.DB.prepare(
      `EXPLAIN QUERY PLAN DELETE FROM requests WHERE (owner, id) IN (
        SELECT old.owner, old.id
        FROM (SELECT id AS person FROM users UNION ALL SELECT 'hub') CROSS JOIN requests AS old
        WHERE old.owner = person AND old.id < 'req_5' LIMIT 10)`,
    ).all<{ detail: string }>()
    const plan = results.map(({ detail }) => detail).join('\n')
    expect(plan).toContain('SEARCH requests USING PRIMARY KEY (owner=? AND id=?)')
    expect(plan).toContain('SEARCH old USING PRIMARY KEY (owner=? AND id<?)')
  })

  it('keeps sessions that last and invitations that are open', async () => {
    const session = env.DB.prepare(
      'INSERT INTO sessions (id, user_id, created_at, expires_at) VALUES (?, ?, 0, ?)',
    )
    const invitation = env.DB.prepare(
      "INSERT INTO invitations (id, hash, role, invited_by, created_at, expires_at) VALUES (?1, ?1, 'user', 'u1', 0, ?2)",
    )
    await env.DB.batch([
      session.bind('over', 'u1', now - 1),
      session.bind('open', 'u1', now + 1),
      invitation.bind('old', now - 40 * dayMs),
      invitation.bind('over', now - dayMs),
      invitation.bind('open', now + dayMs),
    ])
    await removeOutdated(env.DB, now)
    const ids = async (table: string) =>
      (await env.DB.prepare(`SELECT id FROM ${table} ORDER BY id`).all()).results.map(({ id }) => id)
    expect(await ids('sessions')).toEqual(['open'])
    expect(await ids('invitations')).toEqual(['open', 'over'])
  })
})

describe('stored answers', () => {
  const keep = (id: string, expiresAt: number, items = 'x'): Promise<unknown> =>
    keepResponses(env.DB, [{ owner: 'u1', id, expiresAt, items }])

  async function kept(): Promise<string[]> {
    const { results } = await env.DB.prepare('SELECT id FROM kept_responses ORDER BY id').all<{
      id: string
    }>()
    return results.map(({ id }) => id)
  }

  beforeEach(() => env.DB.prepare('DELETE FROM kept_responses').run())

  it('are removed by the daily cleaning when their day is over', async () => {
    await keep('over', now - 1)
    await keep('good', now)
    await removeOutdated(env.DB, now)
    expect(await kept()).toEqual(['good'])
  })

  it('make room by their bytes, the oldest first, and small ones by their number', async () => {
    const bounds = { now, mostBytes: 1_000, leastBytes: 100 }
    await keep('a', now + 1, 'x'.repeat(900))
    await keep('b', now + 2, 'x'.repeat(900))
    await keep('over', now - 1)
    await removeOldestResponses(env.DB, 'u2', bounds)
    expect(await kept()).toEqual(['a', 'b', 'over'])
    await removeOldestResponses(env.DB, 'u1', bounds)
    expect(await kept()).toEqual(['b'])
    for (let at = 0; at < 12; at++) await keep(`c${at}`, now + 10 + at)
    await removeOldestResponses(env.DB, 'u1', bounds)
    expect(await kept()).toHaveLength(10)
  })
})

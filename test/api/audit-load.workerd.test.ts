/** The audit log under many changes at once: each has its entry, and costs as much as one alone. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { sealPending } from '../../src/db/audit-sealing.ts'
import { app } from '../../src/index.ts'
import { countRows } from '../counting-d1.ts'
import { call } from '../hub.workerd.ts'
import { claim, type Hub } from './audit-changes.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 })

let hub: Hub
beforeAll(async () => {
  hub = await claim()
})

const counter = countRows(env.DB)
async function addToken(name: string): Promise<number> {
  const context = createExecutionContext()
  const response = await app.fetch(
    new Request('http://localhost/api/tokens', {
      method: 'POST',
      headers: { authorization: `Bearer ${hub.session}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    }),
    { ...env, DB: counter.d1 },
    context,
  )
  await response.text()
  await waitOnExecutionContext(context)
  return response.status
}

const verify = () =>
  call<{ valid: boolean; end: { sequence: number } }>('GET', '/api/audit/verify', undefined, hub.session)
const count = (from: string): Promise<number | null> =>
  env.DB.prepare(`SELECT count(*) AS n FROM ${from}`).first<number>('n')

describe('changes of one user at once', () => {
  it.each([300, 1_000])(
    '%i of them are all made, all with entries, at the price of one each',
    async (many) => {
      counter.reset()
      await addToken('alone')
      const price = counter.statements()
      const tokens = (await count('tokens')) ?? 0
      const { end } = await verify()
      counter.reset()
      const startedAt = performance.now()
      const statuses = await Promise.all(Array.from({ length: many }, (_, i) => addToken(`at-once-${i}`)))
      const seconds = (performance.now() - startedAt) / 1_000
      console.info(`${many} parallel changes took ${seconds.toFixed(1)} s.`)
      expect(statuses).toEqual(Array.from({ length: many }, () => 201))
      expect(counter.statements()).toBeLessThanOrEqual(many * price)
      expect(await count('tokens')).toBe(tokens + many)
      expect(await count("audit WHERE action = 'token.added'")).toBe(tokens + many)
      expect(await verify()).toMatchObject({ valid: true, end: { sequence: end.sequence + many } })
    },
  )

  it('seals a thousand entries with a few statements, by whichever of several sealers comes first', async () => {
    await env.DB.prepare(
      `INSERT INTO audit_pending (at, actor, action, subject, detail)
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
        SELECT i, 'usr_x', 'test.wrote', 'many-' || i, '{}' FROM n`,
    ).run()
    const { sequence } = (await env.DB.prepare('SELECT max(sequence) AS sequence FROM audit').first<{
      sequence: number
    }>()) ?? { sequence: 0 }
    counter.reset()
    await Promise.all([sealPending(counter.d1), sealPending(counter.d1), sealPending(counter.d1)])
    expect(counter.statements()).toBeLessThanOrEqual(3 * 24)
    expect(await count('audit_pending')).toBe(0)
    const { results } = await env.DB.prepare('SELECT subject FROM audit WHERE sequence > ? ORDER BY sequence')
      .bind(sequence)
      .all<{ subject: string }>()
    expect(results.map(({ subject }) => subject)).toEqual(
      Array.from({ length: 1_000 }, (_, i) => `many-${i + 1}`),
    )
    expect(await verify()).toMatchObject({ valid: true })
  })

  it('loses no entry that the sealer could not seal when its change was made', async () => {
    await env.DB.prepare(
      `CREATE TRIGGER sealing BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'not now'); END`,
    ).run()
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(await addToken('unsealed')).toBe(201)
    errors.mockRestore()
    expect(await count('audit_pending')).toBe(1)
    await env.DB.prepare('DROP TRIGGER sealing').run()
    const { data } = await call<{ data: { action: string }[] }>(
      'GET',
      '/api/audit?limit=1',
      undefined,
      hub.session,
    )
    expect(data[0]?.action).toBe('token.added')
    expect(await count('audit_pending')).toBe(0)
    expect(await verify()).toMatchObject({ valid: true })
  })
})

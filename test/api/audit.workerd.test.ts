/**
 * The audit log over its routes: every change is in it, it has one order however many write, and
 * what was done to it shows.
 */
import { env, exports } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { writeAudit } from '../../src/db/audit.ts'
import { call, settleIn, type Settled } from '../hub.workerd.ts'

// Each test is a life of a hub, and machines may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

interface Entry {
  sequence: number
  actor: string
  address: string | null
  action: string
  subject: string
  detail: Record<string, unknown>
  hash: string
}
interface Page {
  data: Entry[]
  nextCursor: string | null
}
interface Verdict {
  valid: boolean
  broken: { sequence: number; problem: string } | null
  checked: number
  unchained: number
  end: { sequence: number; hash: string }
}

let ada: Settled
const read = (query = '') => call<Page>('GET', `/api/audit${query}`, undefined, ada.session)
const verify = (query = '') => call<Verdict>('GET', `/api/audit/verify${query}`, undefined, ada.session)

beforeAll(async () => {
  ada = await settleIn({ provider: 'openai', apiKey: 'sk-audit-0123456789' })
})

describe('the audit log', () => {
  it('holds what was done, by whom and to what, and no secret', async () => {
    const { data } = await read()
    expect(data.map(({ action }) => action)).toEqual(['token.added', 'key.added', 'user.registered'])
    expect(data.every(({ actor }) => actor === ada.userId)).toBe(true)
    expect(JSON.stringify(data)).not.toContain('0123456789')
    expect(JSON.stringify(data)).not.toContain('correct horse')
  })

  it('holds the address that Cloudflare saw, whatever else the client says', async () => {
    await exports.default.fetch(
      new Request('http://localhost/api/tokens', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${ada.session}`,
          'content-type': 'application/json',
          'cf-connecting-ip': '198.51.100.9',
          'x-forwarded-for': '127.0.0.1',
          'x-real-ip': '127.0.0.1',
          forwarded: 'for=127.0.0.1',
        },
        body: JSON.stringify({ name: 'from afar' }),
      }),
    )
    expect((await read('?limit=1')).data[0]?.address).toBe('198.51.100.9')
  })

  it('keeps one order without gaps while many write at once', async () => {
    const before = (await verify()).end.sequence
    await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        writeAudit(env.DB, { actor: 'usr_x', action: 'test.wrote', subject: `at-once-${i}` }),
      ),
    )
    const verdict = await verify()
    expect(verdict).toMatchObject({ valid: true, broken: null, unchained: 0 })
    expect(verdict.end.sequence).toBe(before + 16)
    const { data } = await read('?action=test.wrote&limit=200')
    expect(new Set(data.map(({ subject }) => subject)).size).toBe(16)
  })

  it('is read by actor, action, subject and time, page by page', async () => {
    expect((await read('?subject=at-once-7')).data).toHaveLength(1)
    expect((await read('?actor=usr_x&limit=200')).data).toHaveLength(16)
    expect((await read('?from=2999-01-01T00:00:00Z')).data).toEqual([])
    const all = (await read('?limit=200')).data
    const paged: Entry[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = await read(`?limit=7${cursor && `&cursor=${cursor}`}`)
      paged.push(...page.data)
      cursor = page.nextCursor
    }
    expect(paged).toEqual(all)
  })

  it('refuses a field that it does not know, and half of what was noted', async () => {
    await expect(read('?who=me')).rejects.toThrow('`who`')
    await expect(verify('?sequence=1')).rejects.toThrow('hash')
  })

  it('shows what was altered or cut off behind its back', async () => {
    const { end } = await verify()
    const noted = `?sequence=${end.sequence}&hash=${end.hash}`
    expect(await verify(noted)).toMatchObject({ valid: true })
    await env.DB.prepare('DELETE FROM audit WHERE sequence = ?').bind(end.sequence).run()
    expect(await verify()).toMatchObject({ valid: true })
    expect(await verify(noted)).toMatchObject({
      valid: false,
      broken: { sequence: end.sequence, problem: 'missing' },
    })
    await env.DB.prepare("UPDATE audit SET actor = 'usr_other' WHERE sequence = 5").run()
    expect(await verify()).toMatchObject({ valid: false, broken: { sequence: 5, problem: 'altered' } })
  })
})

/**
 * Ciphertexts that somebody altered or moved: nothing is called with them, it is on record once,
 * and other keys go on.
 */
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { auditTampering } from '../../src/vault/tamper-audit.ts'
import { call, completionBody, settleIn, type Settled } from '../hub.workerd.ts'

// Each test is a life of a hub, and machines may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let turn = 0
let ada: Settled
let used: (string | null)[]

beforeEach(async () => {
  turn++
  used = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    used.push(new Headers(init?.headers).get('authorization'))
    return Response.json(completionBody)
  })
  ada = await settleIn({ provider: 'openai', apiKey: `sk-first-${turn}-0123456789` }, `ada${turn}`)
  await env.DB.prepare('DELETE FROM audit').run()
})
afterEach(() => vi.restoreAllMocks())

interface KeyView {
  id: string
  state: { status: string; reason: { verdict: string } | null }
}

async function keyIds(): Promise<string[]> {
  const { data } = await call<{ data: KeyView[] }>('GET', '/api/keys', undefined, ada.session)
  return data.map(({ id }) => id)
}

/** Writes to the database behind the hub's back, and has the pool read it. */
async function store(id: string, ciphertext: string): Promise<void> {
  await env.DB.prepare('UPDATE keys SET ciphertext = ? WHERE id = ?').bind(ciphertext, id).run()
  await env.KEY_POOL.getByName(`${ada.userId}/openai`).refresh()
}

async function ciphertextOf(id: string): Promise<string> {
  const row = await env.DB.prepare('SELECT ciphertext FROM keys WHERE id = ?')
    .bind(id)
    .first<{ ciphertext: string }>()
  return row?.ciphertext ?? ''
}

const ask = () =>
  call(
    'POST',
    '/v1/chat/completions',
    { model: 'openai/gpt-fake', messages: [{ role: 'user', content: 'Hello' }] },
    ada.token,
  )

async function findings(): Promise<{ subject: string; detail: string }[]> {
  const { results } = await env.DB.prepare(
    "SELECT subject, detail FROM audit WHERE action = 'secret.refused'",
  ).all<{ subject: string; detail: string }>()
  return results
}

describe('a ciphertext', () => {
  it('that was altered is refused and audited, once, while another key serves', async () => {
    const [first = ''] = await keyIds()
    const ciphertext = await ciphertextOf(first)
    await store(first, ciphertext.slice(0, -6) + (ciphertext.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'))
    await expect(ask()).rejects.toThrow('502')
    await expect(ask()).rejects.toThrow()
    expect(used).toEqual([])
    expect(await findings()).toEqual([
      { subject: first, detail: JSON.stringify({ what: 'key', owner: ada.userId }) },
    ])
    const { state } = await call<KeyView>('GET', `/api/keys/${first}`, undefined, ada.session)
    expect(state).toMatchObject({ status: 'quarantined', reason: { verdict: 'not-openable' } })

    await call(
      'POST',
      '/api/keys',
      { provider: 'openai', apiKey: `sk-second-${turn}-0123456789` },
      ada.session,
    )
    await ask()
    expect(used).toEqual([`Bearer sk-second-${turn}-0123456789`])

    await call(
      'PATCH',
      `/api/keys/${first}`,
      { apiKey: `sk-third-${turn}-0123456789`, priority: 1 },
      ada.session,
    )
    await ask()
    expect(used.at(-1)).toBe(`Bearer sk-third-${turn}-0123456789`)
  })

  it('that was moved to another row opens nowhere, and is audited under that row', async () => {
    await call(
      'POST',
      '/api/keys',
      { provider: 'openai', apiKey: `sk-second-${turn}-0123456789` },
      ada.session,
    )
    const [first = '', second = ''] = await keyIds()
    await store(second, await ciphertextOf(first))
    await call('DELETE', `/api/keys/${first}`, undefined, ada.session)
    await expect(ask()).rejects.toThrow('502')
    expect(used).toEqual([])
    expect((await findings()).map(({ subject }) => subject)).toEqual([second])
  })

  it('of another user’s key opens for nobody else', async () => {
    const bob = await settleIn({ provider: 'openai', apiKey: `sk-bob-${turn}-0123456789` }, `bob${turn}`)
    const { data } = await call<{ data: KeyView[] }>('GET', '/api/keys', undefined, bob.session)
    const [first = ''] = await keyIds()
    await store(first, await ciphertextOf(data[0]?.id ?? ''))
    await expect(ask()).rejects.toThrow('502')
    expect(used).toEqual([])
    expect(await findings()).toHaveLength(1)
  })

  it('of a conversation is refused in another place and audited', async () => {
    const sealed = await env.DB.prepare('SELECT ciphertext FROM keys LIMIT 1').first<{ ciphertext: string }>()
    await env.DB.prepare('INSERT INTO kept_responses (owner, id, expires_at, items) VALUES (?, ?, ?, ?)')
      .bind(ada.userId, `resp_${turn}`, Date.now() + 60_000, sealed?.ciphertext ?? '')
      .run()
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const body = { model: 'openai/gpt-fake', input: 'Hello', previous_response_id: `resp_${turn}` }
    await expect(call('POST', '/v1/responses', body, ada.token)).rejects.toThrow('500')
    expect(used).toEqual([])
    expect(await findings()).toEqual([
      { subject: `resp_${turn}`, detail: JSON.stringify({ what: 'response', owner: ada.userId }) },
    ])
  })

  it('floods the audit log in no way: fifty findings an hour, whatever is found', async () => {
    const find = (i: number, at: number) =>
      auditTampering(env.DB, { what: 'key', owner: 'usr_x', id: `key_${i}` }, at)
    const now = Date.now()
    for (let i = 0; i < 70; i++) await find(i, now)
    for (let i = 0; i < 70; i++) await find(i, now + 1)
    expect(await findings()).toHaveLength(50)
  })
})

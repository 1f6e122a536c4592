/**
 * The rotation of the master key: under load, interrupted, and with the old key gone at the end.
 */
import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Env } from '../../src/env.ts'
import { app } from '../../src/index.ts'
import { call, completionBody, sentText, settleIn, type Settled } from '../hub.workerd.ts'

// Each test is a life of a hub, and machines may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const newer = btoa(String.fromCharCode(...Array.from({ length: 32 }, (_, i) => (i * 53 + 9) % 256)))
/** Both master keys, and the new one alone. */
const both: Env = { ...env, MASTER_KEY_2: newer }
const { MASTER_KEY: _old, ...rest } = both
const onlyNew = rest as Env

interface Rotation {
  current: string
  keys: { done: number; left: number }
  responses: { done: number; left: number }
  stuck: { id: string; problem: string }[]
  complete: boolean
  retired: { key: string; variable: string }[]
  nextCursor: string | null
}

let ada: Settled
let turn = 0
let secrets: string[]
/** The keys that the provider was called with. */
let seen: string[]

beforeEach(async () => {
  turn++
  seen = []
  secrets = Array.from({ length: 9 }, (_, i) => `sk-rotation-${turn}-${i}-0123456789`)
  ada = await settleIn({ provider: 'openai', apiKey: secrets[0] ?? '' }, `ada${turn}`)
  await env.DB.prepare("UPDATE users SET role = 'admin'").run()
  for (const apiKey of secrets.slice(1)) {
    await call('POST', '/api/keys', { provider: 'openai', apiKey }, ada.session)
  }
  await call('PATCH', '/api/providers/openai', { strategy: 'round-robin' }, ada.session)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    const key = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '') ?? ''
    seen.push(key)
    return secrets.includes(key)
      ? Response.json(completionBody)
      : Response.json(
          { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } },
          { status: 401 },
        )
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await env.DB.batch(
    ['keys', 'accounts', 'kept_responses'].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  )
})

async function send(
  bindings: Env,
  method: string,
  path: string,
  body: unknown,
  as: string,
): Promise<Response> {
  const context = createExecutionContext()
  const request = new Request(`http://localhost${path}`, {
    method,
    headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const response = await app.fetch(request, bindings, context)
  await waitOnExecutionContext(context)
  return response
}

async function rotate(bindings: Env, body: object = {}): Promise<Rotation> {
  const response = await send(bindings, 'POST', '/api/vault/rotate', body, ada.session)
  if (response.status !== 201) throw new Error(await response.text())
  return response.json()
}

async function rotateAll(bindings: Env, limit = 2): Promise<Rotation> {
  for (let cursor: string | null = null; ;) {
    const batch: Rotation = await rotate(bindings, { limit, ...(cursor !== null && { cursor }) })
    if (batch.nextCursor === null) return batch
    cursor = batch.nextCursor
  }
}

const ask = (bindings: Env) =>
  send(
    bindings,
    'POST',
    '/v1/chat/completions',
    { model: 'openai/gpt-fake', messages: [{ role: 'user', content: 'Hello' }] },
    ada.token,
  )

const sealedWith = async (table: string, column: string): Promise<string[]> => {
  const { results } = await env.DB.prepare(`SELECT ${column} AS text FROM ${table}`).all<{ text: string }>()
  return [...new Set(results.map(({ text }) => text.split('.')[0] ?? ''))]
}

describe('the rotation of the master key', () => {
  it('goes on under load, and then needs the old key for nothing', async () => {
    const before = await env.DB.prepare('SELECT id, masked, priority FROM keys ORDER BY id').all()
    const load = async (): Promise<number[]> => {
      const statuses: number[] = []
      for (let i = 0; i < 12; i++) statuses.push((await ask(both)).status)
      return statuses
    }
    const [done, ...answers] = await Promise.all([rotateAll(both), load(), load(), load(), load()])
    expect(new Set(answers.flat())).toEqual(new Set([200]))
    expect(done).toMatchObject({ current: 'v2', complete: true, stuck: [] })
    expect(done.retired).toEqual([{ key: 'v1', variable: 'MASTER_KEY' }])
    expect(await sealedWith('keys', 'ciphertext')).toEqual(['v2'])
    expect(await sealedWith('keys', 'fingerprint')).toEqual(['v2'])
    expect((await env.DB.prepare('SELECT id, masked, priority FROM keys ORDER BY id').all()).results).toEqual(
      before.results,
    )

    seen = []
    for (let i = 0; i < secrets.length; i++) expect((await ask(onlyNew)).status).toBe(200)
    expect(new Set(seen)).toEqual(new Set(secrets))
    const again = await send(
      onlyNew,
      'POST',
      '/api/keys',
      { provider: 'openai', apiKey: secrets[3] },
      ada.session,
    )
    expect(again.status).toBe(409)
    expect(await rotateAll(onlyNew)).toMatchObject({
      complete: true,
      keys: { done: 0, left: 0 },
      retired: [],
    })
  })

  it('knows a key that is entered again while only half is done', async () => {
    await rotate(both, { limit: 4 })
    for (const apiKey of secrets) {
      const response = await send(both, 'POST', '/api/keys', { provider: 'openai', apiKey }, ada.session)
      expect(response.status).toBe(409)
    }
  })

  it('goes on where it was interrupted, without being told where that was', async () => {
    expect(await rotate(both, { limit: 4 })).toMatchObject({ keys: { done: 4, left: 5 }, complete: false })
    expect((await sealedWith('keys', 'ciphertext')).toSorted()).toEqual(['v1', 'v2'])
    expect((await ask(both)).status).toBe(200)
    expect(await rotateAll(both)).toMatchObject({ complete: true })
    expect(await sealedWith('keys', 'ciphertext')).toEqual(['v2'])
  })

  it('has lost nothing when the database fails in the middle of it', async () => {
    const failing = new Proxy(env.DB, {
      get(target, name) {
        if (name !== 'withSession') return Reflect.get(target, name)
        return (constraint: string) => {
          const session = target.withSession(constraint)
          return {
            prepare: (text: string) => {
              if (/UPDATE keys SET/.test(text)) throw new Error('The database went away.')
              return session.prepare(text)
            },
            batch: (statements: D1PreparedStatement[]) => session.batch(statements),
          }
        }
      },
    })
    vi.spyOn(console, 'error').mockImplementation(() => {})
    await expect(rotate({ ...both, DB: failing })).rejects.toThrow('INTERNAL_ERROR')
    expect(await sealedWith('keys', 'ciphertext')).toEqual(['v1'])
    expect(await rotateAll(both)).toMatchObject({ complete: true })
  })

  it('serves with the old key gone although a pool never heard of it', async () => {
    expect((await ask(both)).status).toBe(200)
    const deaf = new Proxy(env.KEY_POOL, {
      get(target, name) {
        if (name !== 'getByName') return Reflect.get(target, name)
        return () => ({
          refresh: async () => {
            throw new Error('The object is overloaded.')
          },
        })
      },
    })
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
    expect(await rotateAll({ ...both, KEY_POOL: deaf }, 100)).toMatchObject({ complete: true })
    expect(warned).toHaveBeenCalled()
    for (let i = 0; i < 3; i++) expect((await ask(onlyNew)).status).toBe(200)
  })

  it('takes the conversations along that clients go on from', async () => {
    const answer = {
      id: `resp_rotation_${turn}`,
      object: 'response',
      created_at: 1_790_000_000,
      status: 'completed',
      model: 'gpt-fake',
      output: [
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'The word is heron.', annotations: [] }],
        },
      ],
      usage: { input_tokens: 5, output_tokens: 5, total_tokens: 10 },
    }
    const bodies: string[] = []
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
      bodies.push(sentText(init))
      return Response.json(answer)
    })
    const respond = (bindings: Env, body: object) =>
      send(bindings, 'POST', '/v1/responses', { model: 'openai/gpt-fake', ...body }, ada.token)
    expect((await respond(env, { input: 'Which word?' })).status).toBe(200)
    expect(await sealedWith('kept_responses', 'items')).toEqual(['v1'])

    expect(await rotateAll(both)).toMatchObject({ complete: true, responses: { left: 0 } })
    expect(await sealedWith('kept_responses', 'items')).toEqual(['v2'])
    // Only another key than the one that made the answer is sent the conversation itself.
    await env.DB.prepare('DELETE FROM keys').run()
    await call(
      'POST',
      '/api/keys',
      { provider: 'openai', apiKey: `sk-other-${turn}-0123456789` },
      ada.session,
    )
    await rotateAll(both)
    const next = await respond(onlyNew, { input: 'And again?', previous_response_id: answer.id })
    expect(next.status).toBe(200)
    expect(bodies.at(-1)).toContain('heron')
  })

  it('neither overwrites a secret that is entered meanwhile, nor lifts the quarantine of one that is bad', async () => {
    const bad = await call<{ id: string }>(
      'POST',
      '/api/keys',
      { provider: 'openai', apiKey: `sk-bad-${turn}-0123456789`, priority: 1 },
      ada.session,
    )
    for (let i = 0; i < 10; i++) expect((await ask(both)).status).toBe(200)
    const statusOf = async (id: string): Promise<string> =>
      (await call<{ state: { status: string } }>('GET', `/api/keys/${id}`, undefined, ada.session)).state
        .status
    expect(await statusOf(bad.id)).toBe('quarantined')
    await rotateAll(both)
    expect(await statusOf(bad.id)).toBe('quarantined')

    const entered = `sk-entered-${turn}-0123456789`
    secrets.push(entered)
    const changed = await send(both, 'PATCH', `/api/keys/${bad.id}`, { apiKey: entered }, ada.session)
    expect(changed.status).toBe(200)
    expect(await statusOf(bad.id)).toBe('active')
    seen = []
    for (let i = 0; i < secrets.length; i++) await ask(onlyNew)
    expect(seen).toContain(entered)
  })

  it('names what it cannot open, and is complete without it only when it was entered again', async () => {
    const row = await env.DB.prepare('SELECT id, ciphertext FROM keys LIMIT 1').first<{
      id: string
      ciphertext: string
    }>()
    if (!row) throw new Error('There is no key.')
    await env.DB.prepare('UPDATE keys SET ciphertext = ? WHERE id = ?')
      .bind(row.ciphertext.slice(0, -4) + 'AAAA', row.id)
      .run()
    const first = await rotate(both)
    expect(first).toMatchObject({ complete: false, keys: { done: 8, left: 1 }, retired: [] })
    expect(first.stuck).toMatchObject([{ id: row.id, problem: 'altered' }])
    await send(both, 'PATCH', `/api/keys/${row.id}`, { apiKey: `sk-anew-${turn}-0123456789` }, ada.session)
    expect(await rotateAll(both)).toMatchObject({ complete: true })
  })

  it('leaves no old ciphertext in a pool that was told', async () => {
    await ask(both)
    await rotateAll(both)
    const stub = env.KEY_POOL.getByName(`${ada.userId}/openai`)
    const copies = await runInDurableObject(stub, (_pool, state) =>
      state.storage.sql.exec<{ body: string }>('SELECT body FROM keys').toArray(),
    )
    expect(copies).toHaveLength(9)
    for (const { body } of copies) expect(body).toContain('"ciphertext":"v2.')
  })
})

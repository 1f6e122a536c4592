/**
 * A thousand requests on a limit of fifty, through the whole hub, while the key pool comes and
 * goes.
 */
import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { poolStub } from '../../src/quota/stub.ts'
import { call, completionBody, settleIn } from '../hub.workerd.ts'

afterEach(() => vi.restoreAllMocks())

interface Answer {
  status: number
  retryAt: string | undefined
}

async function ask(token: string): Promise<Answer> {
  const response = await exports.default.fetch(
    new Request('http://localhost/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'groq/llama', messages: [{ role: 'user', content: 'Hello' }] }),
    }),
  )
  const body = await response.json<{ hub?: { retryAt?: string } }>()
  return { status: response.status, retryAt: body.hub?.retryAt }
}

describe('a thousand requests', () => {
  it('reach a provider exactly fifty times, and all others are told the same true reset', async () => {
    const { session, token, userId } = await settleIn({ provider: 'groq', apiKey: 'gsk_one' })
    const { data } = await call<{ data: { id: string }[] }>('GET', '/api/keys', undefined, session)
    const limits = [{ unit: 'requests', per: 'day', limit: 50, resets: 'utc' }]
    await call('PATCH', `/api/keys/${data[0]?.id}`, { limits }, session)
    const provider = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(() => Promise.resolve(Response.json(completionBody)))

    const pool = poolStub(env, userId, 'groq')
    const answers: Answer[] = []
    // From the middle of the first crowd on the object is lost, and its alarm runs, whenever there
    // is a moment.
    for (const [size, disturb] of [
      [30, () => evictDurableObject(pool)],
      [470, () => runDurableObjectAlarm(pool)],
      [100, () => evictDurableObject(pool)],
      [400, () => runDurableObjectAlarm(pool)],
    ] as const) {
      answers.push(...(await Promise.all(Array.from({ length: size }, () => ask(token)))))
      await disturb()
    }
    expect(provider).toHaveBeenCalledTimes(50)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(950)
    const midnight = new Date(Math.ceil(Date.now() / 86_400_000) * 86_400_000).toISOString()
    expect(new Set(refused.map(({ retryAt }) => retryAt))).toEqual(new Set([midnight]))
  }, 60_000)
})

describe('more requests than one person may have in a line', () => {
  it('are refused at once, and do not keep the pool from serving those that wait', async () => {
    const { session, token } = await settleIn({ provider: 'cerebras', apiKey: 'csk_one' }, 'bob')
    const { data } = await call<{ data: { id: string }[] }>('GET', '/api/keys', undefined, session)
    await call('PATCH', `/api/keys/${data[0]?.id}`, { maxConcurrent: 1 }, session)
    const upstream = Promise.withResolvers<void>()
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
      await upstream.promise
      return Response.json(completionBody)
    })
    const leaving = new AbortController()
    const statuses: number[] = []
    const crowd = Array.from({ length: 40 }, async () => {
      const request = new Request('http://localhost/v1/chat/completions', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'x-hub-max-wait': '60' },
        body: JSON.stringify({ model: 'cerebras/m1', messages: [{ role: 'user', content: 'Hello' }] }),
        signal: leaving.signal,
      })
      const response = await exports.default.fetch(request)
      statuses.push(response.status)
    })
    // One is served, twenty wait.
    await vi.waitFor(() => expect(statuses).toHaveLength(19), { timeout: 8_000 })
    expect(new Set(statuses)).toEqual(new Set([429]))
    upstream.resolve()
    leaving.abort()
    await Promise.allSettled(crowd)
  }, 60_000)
})

/** What a provider said of a failed attempt: in the log of who owns the key, and nowhere else. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { app } from '../../src/index.ts'
import { call, send, settleIn, type Settled } from '../hub.workerd.ts'

const words = 'Rate limit reached for organization org-of-ada.'

let ada: Settled
let bob: Settled

beforeAll(async () => {
  ada = await settleIn({ provider: 'openai', apiKey: 'sk-words-of-ada-000001' })
  bob = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'bob')
  const shared = { provider: 'mistral', apiKey: 'words-of-ada-shared-000002', shared: true }
  await call('POST', '/api/keys', shared, ada.session)
})
beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
    Response.json({ error: { message: words, code: 'rate_limit_exceeded' } }, { status: 429 }),
  )
})
afterEach(() => vi.restoreAllMocks())

/** Asks in vain. @returns the answer's text, and what the log says of it. */
async function fail(model: string, { token, session }: Settled): Promise<{ answer: string; log: string }> {
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  const response = await app.fetch(request, env, context)
  const answer = await response.text()
  await waitOnExecutionContext(context)
  const path = `/api/logs/${response.headers.get('x-hub-request-id')}`
  const log = await vi.waitFor(
    async () => {
      const found = await send('GET', path, { as: session })
      expect(found.status).toBe(200)
      return found.text()
    },
    { timeout: 20_000, interval: 200 },
  )
  return { answer, log }
}

describe('what a provider said', () => {
  it('is in the log of whoever owns the key, and in no answer', async () => {
    const { answer, log } = await fail('openai/gpt-4.1', ada)
    const { trail } = JSON.parse(log) as { trail: { verdict: string; message: string | null }[] }
    expect(trail).toMatchObject([{ verdict: 'rate-limited', message: words }])
    const { hub } = JSON.parse(answer) as { hub: { trail: object[] } }
    expect(hub.trail).toHaveLength(1)
    expect(Object.keys(hub.trail[0] ?? {})).not.toContain('message')
    expect(answer).not.toContain('org-of-ada')
  })

  it('of a shared key is not in the log of those who may use it, and is not found there', async () => {
    const { answer, log } = await fail('mistral/mistral-large-latest', bob)
    const { trail } = JSON.parse(log) as { trail: { verdict: string; message: string | null }[] }
    expect(trail).toMatchObject([{ verdict: 'rate-limited', message: null }])
    expect(answer + log).not.toContain('org-of-ada')
    const found = await call<{ data: object[] }>('GET', '/api/logs?text=org-of-ada', undefined, bob.session)
    expect(found.data).toEqual([])
  })
})

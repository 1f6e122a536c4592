/**
 * A client that leaves before a whole answer is there: the provider is not paid for the rest of it.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { app } from '../../src/index.ts'
import { call, settleIn, type Settled } from '../hub.workerd.ts'

vi.setConfig({ testTimeout: 30_000 })

let ada: Settled
beforeAll(async () => {
  ada = await settleIn({ provider: 'openai', apiKey: 'sk-left-0123456789' })
})
afterEach(() => vi.restoreAllMocks())

it('cuts the call of a whole answer when its client leaves, and settles it as cancelled', async () => {
  const calls: (AbortSignal | null | undefined)[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation((_url, init) => {
    calls.push(init?.signal)
    return new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
    })
  })
  const leaving = new AbortController()
  const context = createExecutionContext()
  const asking = app.fetch(
    new Request('http://localhost/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'openai/gpt-5', messages: [{ role: 'user', content: 'left' }] }),
      signal: leaving.signal,
    }),
    env,
    context,
  )
  await vi.waitFor(() => expect(calls).toHaveLength(1), 10_000)
  leaving.abort()
  expect((await asking).status).toBe(499)
  await waitOnExecutionContext(context)
  expect(calls[0]?.aborted).toBe(true)
  const { data } = await vi.waitFor(async () => {
    const page = await call<{ data: object[] }>('GET', '/api/logs?status=499', undefined, ada.session)
    expect(page.data).toHaveLength(1)
    return page
  }, 10_000)
  expect(data[0]).toMatchObject({ status: 499, attempts: 1, trail: [{ verdict: 'client-left' }] })
  const keys = await call<{ data: { state: { status: string } }[] }>(
    'GET',
    '/api/keys',
    undefined,
    ada.session,
  )
  expect(keys.data[0]?.state.status).toBe('active')
})

/**
 * What a request cost and saved, as its log and the sums have it: with a key that costs nothing it
 * is all saved.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { app } from '../../src/index.ts'
import { call, completionBody, settleIn, type Settled } from '../hub.workerd.ts'

// GPT-4.1: $2 for a million tokens of input, $0.50 of those from the cache, and $8 for as many of
// output.
const usage = {
  prompt_tokens: 100_000,
  completion_tokens: 10_000,
  total_tokens: 110_000,
  prompt_tokens_details: { cached_tokens: 40_000 },
}
const listPrice = 0.28
const fromCache = 0.06

let ada: Settled
let keyId: string

beforeAll(async () => {
  ada = await settleIn({ provider: 'openai', apiKey: 'sk-spending-00000001' })
  const { data } = await call<{ data: { id: string }[] }>('GET', '/api/keys', undefined, ada.session)
  keyId = data[0]?.id ?? ''
})
beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({ ...completionBody, usage }))
})
afterEach(() => vi.restoreAllMocks())

interface Spending {
  cost: number | null
  saved: number | null
}

/** Asks once, and reads what the log says of it. */
async function spendingOf(model: string): Promise<Spending> {
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  const response = await app.fetch(request, env, context)
  expect(response.status).toBe(200)
  await response.text()
  await waitOnExecutionContext(context)
  const id = response.headers.get('x-hub-request-id')
  return vi.waitFor(() => call<Spending>('GET', `/api/logs/${id}`, undefined, ada.session), {
    timeout: 20_000,
    interval: 200,
  })
}

describe('what a request cost and saved', () => {
  it('is its price, and what the provider’s cache took off it', async () => {
    const { cost, saved } = await spendingOf('openai/gpt-4.1')
    expect(cost).toBeCloseTo(listPrice - fromCache, 10)
    expect(saved).toBeCloseTo(fromCache, 10)
  })

  it('is nothing and its list price with a key that costs nothing', async () => {
    await call('PATCH', `/api/keys/${keyId}`, { free: true }, ada.session)
    expect(await call('GET', `/api/keys/${keyId}`, undefined, ada.session)).toMatchObject({ free: true })
    const { cost, saved } = await spendingOf('openai/gpt-4.1')
    expect(cost).toBe(0)
    expect(saved).toBeCloseTo(listPrice, 10)
    await call('PATCH', `/api/keys/${keyId}`, { free: false }, ada.session)
    expect((await spendingOf('openai/gpt-4.1')).cost).toBeGreaterThan(0)
  }, 60_000)

  it('is not known where the price is not', async () => {
    expect(await spendingOf('openai/gpt-nobody-knows')).toMatchObject({ cost: null, saved: null })
  })

  it('is summed up', async () => {
    const { data } = await call<{ data: Spending[] }>('GET', '/api/usage', undefined, ada.session)
    expect(data[0]?.cost).toBeCloseTo(2 * (listPrice - fromCache), 10)
    expect(data[0]?.saved).toBeCloseTo(2 * fromCache + listPrice, 10)
  })
})

/** Limits of tokens over real sockets: what many clients at once get through to a provider. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { addFake, type Hub, settleIn, startHub } from './hub.ts'
import { completion, type FakeProvider, sendJson, startProvider, streamCompletion } from './provider.ts'

let hub: Hub
let session = ''
let provider: FakeProvider

beforeAll(async () => {
  ;[hub, provider] = await Promise.all([startHub(), startProvider()])
  session = (await settleIn(hub)).session
  await addFake(hub, session, provider)
  await hub.call('POST', '/api/keys', { as: session, body: { provider: 'fake', apiKey: 'key-a' } })
})
afterAll(() => Promise.all([hub?.stop(), provider?.stop()]))

async function makeToken(fields: object): Promise<string> {
  const body = { name: 'limited', ...fields }
  return (await hub.call<{ token: string }>('POST', '/api/tokens', { as: session, body })).token
}

async function ask(token: string, body: object = {}): Promise<{ status: number; retryAfter: number }> {
  const response = await fetch(`${hub.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'fake/fake-1', messages: [{ role: 'user', content: 'Hello' }], ...body }),
  })
  await response.text()
  return { status: response.status, retryAfter: Number(response.headers.get('retry-after')) }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50))

describe('200 requests at once', () => {
  it('on a token with 20 per minute: exactly 20 reach the provider', async () => {
    provider.behave((response) => sendJson(response, 200, completion('Good.')))
    const token = await makeToken({ limits: [{ unit: 'requests', per: 'minute', limit: 20 }] })
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(token)))
    expect(provider.received).toHaveLength(20)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(180)
    for (const { retryAfter } of refused) expect(retryAfter).toBeGreaterThan(0)
  })

  it('on a token with 5 at once: no more than 5 streams ever run, and its places become free again', async () => {
    let running = 0
    let most = 0
    provider.behave(async (response, received) => {
      most = Math.max(most, ++running)
      await pause()
      running--
      streamCompletion(response, received, ['Good.'])
    })
    const token = await makeToken({ maxConcurrent: 5 })
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(token, { stream: true })))
    expect(most).toBeLessThanOrEqual(5)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(provider.received.length)
    await vi.waitFor(async () => expect((await ask(token, { stream: true })).status).toBe(200), 5_000)
  })
})

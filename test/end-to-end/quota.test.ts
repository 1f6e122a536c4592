/**
 * Quota over real sockets: limits that many callers run into at once, and callers that would rather
 * wait.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Hub, type Person, settleIn, startHub } from './hub.ts'
import { completion, type FakeProvider, sendJson, startProvider, streamCompletion } from './provider.ts'

let hub: Hub
let person: Person
let provider: FakeProvider

beforeAll(async () => {
  ;[hub, provider] = await Promise.all([startHub(), startProvider()])
  person = await settleIn(hub)
})
afterAll(() => Promise.all([hub?.stop(), provider?.stop()]))

let number = 0

/**
 * A provider of its own with keys of these settings.
 * @returns its name, which is what to ask for.
 */
async function setUp(keys: object[]): Promise<string> {
  const id = `q${++number}`
  const as = person.session
  await hub.call('POST', '/api/providers', {
    as,
    body: { id, name: id, baseUrl: provider.baseUrl, dialect: 'openai-chat', models: ['fake-1'] },
  })
  for (const [index, key] of keys.entries()) {
    await hub.call('POST', '/api/keys', { as, body: { provider: id, apiKey: `${id}-key-${index}`, ...key } })
  }
  return id
}

function ask(model: string, headers: Record<string, string> = {}, more: object = {}, signal?: AbortSignal) {
  return fetch(`${hub.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], ...more }),
    ...(signal && { signal }),
  })
}

/** What a refused request is told, as far as this file looks at it. */
interface Refusal {
  hub?: { retryAt?: string }
}

interface Pool {
  provider: string
  waiting: number
}

async function waitingAt(model: string): Promise<number> {
  const { data } = await hub.call<{ data: Pool[] }>('GET', '/api/pools', { as: person.session })
  return data.find((pool) => pool.provider === model)?.waiting ?? 0
}

const rateLimited = {
  error: { message: 'Rate limit reached', type: 'requests', param: null, code: 'rate_limit_exceeded' },
}

describe('a thousand requests, two hundred at a time', () => {
  it('reach a provider exactly as often as its limit allows, and the others are told the same true reset', async () => {
    const model = await setUp([{ limits: [{ unit: 'requests', per: 'day', limit: 50, resets: 'utc' }] }])
    provider.behave((response) => sendJson(response, 200, completion('ok')))
    const answers: { status: number; retryAt: string | undefined }[] = []
    let left = 1_000
    // So many sockets at once; workerd closes one that it has not looked at for fifteen seconds.
    const caller = async (): Promise<void> => {
      while (left-- > 0) {
        const response = await ask(model)
        const { hub: ours = {} }: Refusal = JSON.parse(await response.text())
        answers.push({ status: response.status, retryAt: ours.retryAt })
      }
    }
    await Promise.all(Array.from({ length: 200 }, caller))
    expect(provider.received).toHaveLength(50)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(950)
    const midnight = new Date(Math.ceil(Date.now() / 86_400_000) * 86_400_000).toISOString()
    expect(new Set(refused.map(({ retryAt }) => retryAt))).toEqual(new Set([midnight]))
  })
})

describe('requests that would wait', () => {
  it('are served when the first key is free again, and none gets a 429 that the provider caused', async () => {
    const model = await setUp([{}, {}])
    let limited = true
    provider.behave((response, received) => {
      if (limited) return sendJson(response, 429, rateLimited, { 'retry-after': '4' })
      if (received.body.stream) return streamCompletion(response, received, ['ok'])
      return sendJson(response, 200, completion('ok'))
    })
    expect((await ask(model)).status).toBe(429)
    limited = false
    const from = Date.now()
    const answers = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const response = await ask(model, { 'x-hub-max-wait': '10' }, { stream: index % 2 === 0 })
        return { status: response.status, text: await response.text() }
      }),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    expect(answers.every(({ text }) => text.includes('ok'))).toBe(true)
    // The rest that was stated was kept.
    expect(Date.now() - from).toBeGreaterThan(3_000)
    expect(await waitingAt(model)).toBe(0)
  })

  it('are refused with the soonest true reset where they would not wait so long', async () => {
    const model = await setUp([{ limits: [{ unit: 'requests', per: 'day', limit: 1, resets: 'utc' }] }])
    provider.behave((response) => sendJson(response, 200, completion('ok')))
    await ask(model)
    const response = await ask(model, { 'x-hub-max-wait': '1' })
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(1)
  })

  it('give up their place when the client has left, by the next keep-alive at the latest', async () => {
    const model = await setUp([{}])
    provider.behave((response) => sendJson(response, 429, rateLimited, { 'retry-after': '120' }))
    await ask(model)
    const leave = new AbortController()
    const response = await ask(model, { 'x-hub-max-wait': '200' }, { stream: true }, leave.signal)
    expect(response.status).toBe(200)
    const reader = response.body?.getReader()
    const { value } = (await reader?.read()) ?? {}
    expect(new TextDecoder().decode(value)).toContain(': keep-alive')
    expect(await waitingAt(model)).toBe(1)
    leave.abort()
    const deadline = Date.now() + 20_000
    while ((await waitingAt(model)) > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 250))
    expect(await waitingAt(model)).toBe(0)
  })

  it.each(['', 'soon', '-1', '301'])('are told what is wrong with x-hub-max-wait: "%s"', async (value) => {
    const model = await setUp([{}])
    const response = await ask(model, { 'x-hub-max-wait': value })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { param: 'x-hub-max-wait', message: expect.stringContaining('from 0 to 300') },
      hub: { code: 'VALIDATION_ERROR' },
    })
  })
})

describe('what a provider states of its limits', () => {
  it('binds from the next request on', async () => {
    const model = await setUp([{}])
    provider.behave((response) =>
      sendJson(response, 200, completion('ok'), {
        'x-ratelimit-limit-requests-minute': '2',
        'x-ratelimit-remaining-requests-minute': '0',
      }),
    )
    expect((await ask(model)).status).toBe(200)
    expect((await ask(model)).status).toBe(429)
    expect(provider.received).toHaveLength(1)
  })
})

describe('the trial of a key', () => {
  it('lifts its quarantine when it works, and says what the provider said where it does not', async () => {
    const model = await setUp([{}])
    const as = person.session
    const bad = {
      error: {
        message: 'Incorrect API key provided',
        type: 'invalid_request_error',
        code: 'invalid_api_key',
      },
    }
    provider.behave((response) => sendJson(response, 401, bad))
    await ask(model)
    const { data } = await hub.call<{ data: { id: string; provider: string }[] }>('GET', '/api/keys', { as })
    const id = data.find((key) => key.provider === model)?.id
    const failed = await hub.call('POST', `/api/keys/${id}/test`, { as })
    expect(failed).toMatchObject({
      ok: false,
      verdict: 'bad-key',
      status: 401,
      message: 'Incorrect API key provided',
      key: { state: { status: 'quarantined' } },
    })
    provider.behave((response) => sendJson(response, 200, completion('OK')))
    const worked = await hub.call('POST', `/api/keys/${id}/test`, { as })
    expect(worked).toMatchObject({ ok: true, model: 'fake-1', key: { state: { status: 'active' } } })
    expect(provider.received[0]?.body).toMatchObject({ model: 'fake-1', max_tokens: 16 })
    expect((await ask(model)).status).toBe(200)
  })
})

describe('why a request would be served by whom', () => {
  it('is told without a call and without quota', async () => {
    const model = await setUp([
      { limits: [{ unit: 'requests', per: 'day', limit: 1, resets: 'utc' }] },
      { enabled: false },
      {},
    ])
    provider.behave((response) => sendJson(response, 200, completion('ok')))
    await ask(model)
    const as = person.session
    const explained = await hub.call('POST', `/api/routes/${model}/explain`, {
      as,
      body: { inputTokens: 50 },
    })
    expect(explained).toMatchObject({
      serves: { provider: model },
      retryAt: null,
      pools: [
        {
          provider: model,
          scope: 'user',
          refusals: [{ reason: 'requests-used-up', retryAt: expect.any(String) }, { reason: 'disabled' }],
        },
      ],
      leftOut: [],
    })
    expect(provider.received).toHaveLength(1)
    const { data } = await hub.call<{ data: { id: string; provider: string }[] }>('GET', '/api/keys', { as })
    const ids = data.filter((key) => key.provider === model).map(({ id }) => id)
    const why = await Promise.all(
      ids.map((id) => hub.call('GET', `/api/keys/${id}/explain?model=fake-1`, { as })),
    )
    expect(why).toMatchObject([
      { serves: false, goesFirst: ids[2], refusal: { reason: 'requests-used-up' } },
      { serves: false, goesFirst: ids[2], refusal: { reason: 'disabled' } },
      { serves: true, goesFirst: null, refusal: null },
    ])
    const nowhere = await hub.call('POST', '/api/routes/nowhere/explain', { as, body: {}, expect: 404 })
    expect(nowhere).toMatchObject({ hub: { code: 'NOT_FOUND' } })
  })
})

/**
 * Limits and budgets of tokens as requests meet them: what reaches a provider, what is sent there,
 * and what is counted.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { JsonObject } from '../../src/chat/json.ts'
import type { Env } from '../../src/env.ts'
import { app } from '../../src/index.ts'
import { call, completionBody, sentText, settleIn, type Settled } from '../hub.workerd.ts'

let ada: Settled
/** What was sent to the provider. */
let sent: JsonObject[]
/** How the provider answers. */
let behave: (body: JsonObject) => Response | Promise<Response>

beforeAll(async () => {
  ada = await settleIn({ provider: 'openai', apiKey: 'sk-token-gate-000001' })
  await call('POST', '/api/keys', { provider: 'gemini', apiKey: 'AIza-token-gate-000002' }, ada.session)
  await call(
    'POST',
    '/api/providers',
    { id: 'own', name: 'Own', baseUrl: 'http://127.0.0.1:9/v1', dialect: 'openai-chat', models: ['m'] },
    ada.session,
  )
  await call('POST', '/api/keys', { provider: 'own', apiKey: 'own-000003' }, ada.session)
})
beforeEach(() => {
  sent = []
  behave = () => Response.json(completionBody)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    const body: JsonObject = JSON.parse(sentText(init))
    sent.push(body)
    return behave(body)
  })
})
afterEach(() => vi.restoreAllMocks())

interface MadeToken {
  id: string
  token: string
}

interface ShownToken {
  id: string
  state: {
    running: number
    windows: { used: number; reserved: number }[]
    budget: { spent: number; reserved: number } | null
  }
}

function makeToken(fields: object): Promise<MadeToken> {
  return call('POST', '/api/tokens', { name: 'a token', ...fields }, ada.session)
}

async function stateOf({ id }: MadeToken): Promise<ShownToken['state']> {
  const { data } = await call<{ data: ShownToken[] }>('GET', '/api/tokens', undefined, ada.session)
  const found = data.find((token) => token.id === id)
  if (!found) throw new Error('The token is gone.')
  return found.state
}

interface Answer {
  status: number
  code: string | undefined
  text: string
  retryAfter: string | null
}

async function ask(
  { token }: MadeToken,
  body: object = {},
  path = '/v1/chat/completions',
  bindings: Env = env,
): Promise<Answer> {
  const context = createExecutionContext()
  const request = new Request(`http://localhost${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({
      model: 'openai/gpt-4o-mini',
      messages: [{ role: 'user', content: 'Hello' }],
      ...body,
    }),
  })
  const response = await app.fetch(request, bindings, context)
  const text = await response.text()
  await waitOnExecutionContext(context)
  return {
    status: response.status,
    code: response.ok ? undefined : JSON.parse(text).hub.code,
    text,
    retryAfter: response.headers.get('retry-after'),
  }
}

/** The bindings, noting each call of a Durable Object. */
function noteCalls(log: string[]): Env {
  const noting = <Stub extends object>(name: string, stub: Stub): Stub =>
    new Proxy(stub, {
      get(target, verb) {
        const method: unknown = Reflect.get(target, verb)
        if (typeof method !== 'function') return method
        return (...args: unknown[]) => {
          log.push(`${name} ${String(verb)}`)
          return Reflect.apply(method, target, args)
        }
      },
    })
  return {
    ...env,
    KEY_POOL: new Proxy(env.KEY_POOL, {
      get: () => (id: string) => noting('pool', env.KEY_POOL.getByName(id)),
    }),
    USER_OBJECT: new Proxy(env.USER_OBJECT, {
      get: () => (id: string) => noting('user', env.USER_OBJECT.getByName(id)),
    }),
  }
}

const requestsPerMinute = (limit: number) => ({ limits: [{ unit: 'requests', per: 'minute', limit }] })

describe('a token with a limit of requests', () => {
  it('of 200 at once lets exactly its 20 reach a provider, and tells the others when to come back', async () => {
    const token = await makeToken(requestsPerMinute(20))
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(token)))
    expect(sent).toHaveLength(20)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(180)
    for (const { code, retryAfter } of refused) {
      expect(code).toBe('RATE_LIMIT_EXCEEDED')
      expect(Number(retryAfter)).toBeGreaterThan(0)
    }
    expect((await stateOf(token)).windows).toMatchObject([{ used: 20, reserved: 0 }])
  })

  it('gives the key back what was reserved there for a request that it refuses', async () => {
    interface State {
      data: {
        provider: string
        state: { windows: { unit: string; per: string; used: number; reserved: number }[] }
      }[]
    }
    const count = async () => {
      const { data } = await call<State>('GET', '/api/keys', undefined, ada.session)
      const key = data.find(({ provider }) => provider === 'openai')
      const window = key?.state.windows.find(({ unit, per }) => unit === 'requests' && per === 'day')
      return window && { used: window.used, reserved: window.reserved }
    }
    const token = await makeToken(requestsPerMinute(1))
    await ask(token)
    const before = await count()
    expect(before?.used).toBeGreaterThan(0)
    expect((await ask(token)).status).toBe(429)
    expect(await count()).toEqual(before)
  })

  it('counts a request that failed at a provider, and none that never reached one', async () => {
    const token = await makeToken(requestsPerMinute(5))
    behave = () => Response.json({ error: { message: 'Wrong.' } }, { status: 400 })
    expect((await ask(token)).status).toBe(400)
    expect((await ask(token, { model: 'mistral/m' })).code).toBe('NO_ELIGIBLE_KEY')
    expect((await stateOf(token)).windows).toMatchObject([{ used: 1, reserved: 0 }])
  })

  it('that is set while an isolate is warm holds at once, and ends at once', async () => {
    const token = await makeToken({})
    expect((await ask(token)).status).toBe(200)
    await call('PATCH', `/api/tokens/${token.id}`, requestsPerMinute(1), ada.session)
    expect((await ask(token)).status).toBe(200)
    expect((await ask(token)).code).toBe('RATE_LIMIT_EXCEEDED')
    await call('PATCH', `/api/tokens/${token.id}`, requestsPerMinute(2), ada.session)
    expect((await ask(token)).status).toBe(200)
    expect((await ask(token)).code).toBe('RATE_LIMIT_EXCEEDED')
    await call('PATCH', `/api/tokens/${token.id}`, { limits: null }, ada.session)
    expect((await ask(token)).status).toBe(200)
  })

  it('takes nothing from the key pools while it is refused', async () => {
    const token = await makeToken(requestsPerMinute(1))
    await ask(token)
    await ask(token)
    const log: string[] = []
    expect((await ask(token, {}, undefined, noteCalls(log))).status).toBe(429)
    expect(log).toEqual(['user reserve', 'pool journal'])
  })

  it('is refused at once when it is revoked while an isolate is warm', async () => {
    const token = await makeToken(requestsPerMinute(5))
    expect((await ask(token)).status).toBe(200)
    await call('DELETE', `/api/tokens/${token.id}`, undefined, ada.session)
    expect((await ask(token)).status).toBe(401)
    expect(sent).toHaveLength(1)
  })

  it('lets nothing through while nobody can count', async () => {
    const token = await makeToken(requestsPerMinute(5))
    const broken = new Proxy(env.USER_OBJECT, {
      get: () => () => ({ reserve: () => Promise.reject(new Error('overloaded')) }),
    })
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const answer = await ask(token, {}, undefined, { ...env, USER_OBJECT: broken })
    expect(answer).toMatchObject({ status: 500, code: 'INTERNAL_ERROR' })
    expect(sent).toHaveLength(0)
  })
})

describe('a token with a limit of tokens', () => {
  it('counts what was used, not what was estimated', async () => {
    const token = await makeToken({ limits: [{ unit: 'tokens', per: 'day', limit: 2_000 }] })
    await ask(token)
    expect((await stateOf(token)).windows).toMatchObject([{ used: 12, reserved: 0 }])
  })
})

describe('a token with a limit of concurrency', () => {
  it('never runs more at once', async () => {
    const token = await makeToken({ maxConcurrent: 3 })
    const gate = Promise.withResolvers<void>()
    let running = 0
    let most = 0
    behave = async () => {
      most = Math.max(most, ++running)
      await gate.promise
      running--
      return Response.json(completionBody)
    }
    const asking = Array.from({ length: 20 }, () => ask(token))
    await vi.waitFor(() => expect(running).toBe(3), { timeout: 60_000 })
    const refused = await Promise.race([Promise.all(asking), ask(token)])
    expect(refused).toMatchObject({ status: 429, code: 'RATE_LIMIT_EXCEEDED', retryAfter: '1' })
    gate.resolve()
    const answers = await Promise.all(asking)
    expect(most).toBe(3)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3)
    expect((await ask(token)).status).toBe(200)
    expect((await stateOf(token)).running).toBe(0)
  })
})

/** A stream that uses all of the output that it may, as the provider bills it. */
function streamToTheLimit(body: JsonObject): Response {
  const usage = { prompt_tokens: 5, completion_tokens: Number(body.max_completion_tokens), total_tokens: 0 }
  const events = [
    { choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'length' }] },
    { choices: [], usage },
  ]
  const text = [...events.map((event) => JSON.stringify(event)), '[DONE]'].map((data) => `data: ${data}\n\n`)
  return new Response(text.join(''), { headers: { 'content-type': 'text/event-stream' } })
}

describe('a token with a budget', () => {
  it('of $1.00 is not exceeded by a cent under parallel streams', async () => {
    const token = await makeToken({ budget: { amount: 1, per: 'day' } })
    behave = streamToTheLimit
    const limits = [3_000, 5_000, undefined, 700]
    const askAll = () =>
      Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          ask(token, { model: 'openai/gpt-5.5', stream: true, max_completion_tokens: limits[i % 4] }),
        ),
      )
    const answers = [...(await askAll()), ...(await askAll())]
    // 5 dollars for a million tokens of input, 30 for a million of output.
    const billed = sent.reduce(
      (sum, body) => sum + (5 * 5 + Number(body.max_completion_tokens) * 30) / 1e6,
      0,
    )
    expect(billed).toBeGreaterThan(0.9)
    expect(billed).toBeLessThanOrEqual(1)
    const refused = answers.filter(({ status }) => status !== 200)
    expect(refused.length).toBe(answers.length - sent.length)
    expect(new Set(refused.map(({ status, code }) => `${status} ${code}`))).toEqual(
      new Set(['402 BUDGET_EXCEEDED']),
    )
    const { budget } = await stateOf(token)
    expect(budget?.spent).toBeCloseTo(billed, 6)
    expect(budget?.reserved).toBe(0)
  })

  const limitOf: [string, string, object, (body: JsonObject) => unknown][] = [
    ['OpenAI chat', '/v1/chat/completions', {}, (body) => body.max_completion_tokens],
    ['Responses', '/v1/responses', { messages: undefined, input: 'Hello' }, (body) => body.max_output_tokens],
    ['the hub’s own', '/api/chat', {}, (body) => body.max_output_tokens],
    [
      'Gemini',
      '/v1beta/models/gemini%2Fgemini-2.5-flash:generateContent',
      { model: undefined, messages: undefined, contents: [{ parts: [{ text: 'Hello' }] }] },
      (body) => Object(body.generationConfig).maxOutputTokens,
    ],
  ]
  it.each(limitOf)('limits the output that is asked for, in %s', async (_name, path, body, read) => {
    const price = path.includes('gemini') ? 2.5 : 0.6
    const token = await makeToken({ budget: { amount: (1_000 * price) / 1_000_000, per: 'month' } })
    await ask(token, body, path)
    expect(sent).toHaveLength(1)
    const limit = Number(read(sent[0] ?? {}))
    expect(limit).toBeGreaterThan(900)
    expect(limit).toBeLessThan(1_000)
  })

  it('leaves a limit alone that the client set', async () => {
    const token = await makeToken({ budget: { amount: 1, per: 'month' } })
    await ask(token, { max_completion_tokens: 50 })
    expect(sent).toMatchObject([{ max_completion_tokens: 50 }])
  })

  it('refuses a model whose price nobody knows, by its name, and takes another candidate', async () => {
    const token = await makeToken({ budget: { amount: 1, per: 'month' } })
    const refused = await ask(token, { model: 'own/m' })
    expect(refused).toMatchObject({ status: 400, code: 'NO_ELIGIBLE_KEY' })
    expect(JSON.parse(refused.text).error.message).toContain('no known price for "m"')
    expect(sent).toHaveLength(0)
    const candidates = [{ provider: 'own' }, { provider: 'openai', model: 'gpt-4o-mini' }]
    await call('PUT', '/api/routes/mixed', { candidates }, ada.session)
    expect((await ask(token, { model: 'mixed' })).status).toBe(200)
    expect(sent).toMatchObject([{ model: 'gpt-4o-mini' }])
  })

  it('pays for a model of a custom provider whose price somebody has set', async () => {
    const token = await makeToken({ budget: { amount: 1, per: 'month' } })
    const prices = { m: { input: 100, output: 1_000 } }
    expect(await call('PATCH', '/api/providers/own', { prices }, ada.session)).toMatchObject({ prices })
    expect((await ask(token, { model: 'own/m' })).status).toBe(200)
    // 10 tokens of input, 2 of output.
    expect((await stateOf(token)).budget).toMatchObject({ spent: 0.003, reserved: 0 })
    await call('PATCH', '/api/providers/own', { prices: {} }, ada.session)
    expect((await ask(token, { model: 'own/m' })).code).toBe('NO_ELIGIBLE_KEY')
  })

  it('costs nothing for what failed before it began to answer', async () => {
    const token = await makeToken({ budget: { amount: 1, per: 'month' } })
    behave = () => Response.json({ error: { message: 'Wrong.' } }, { status: 400 })
    await ask(token)
    expect((await stateOf(token)).budget).toMatchObject({ spent: 0, reserved: 0 })
  })
})

it('a token says how long its requests wait for a slot, where they do not say it themselves', async () => {
  const key = { provider: 'groq', apiKey: 'gsk_token_gate_0004', maxConcurrent: 1 }
  await call('POST', '/api/keys', key, ada.session)
  behave = () =>
    sent.length % 2 === 1
      ? Response.json({ error: { message: 'Slow down.' } }, { status: 429, headers: { 'retry-after': '1' } })
      : Response.json(completionBody)
  const token = await makeToken({ defaultWait: 5 })
  expect((await ask(token, { model: 'groq/m' })).status).toBe(200)
  expect((await ask(token, { model: 'groq/m', hub: { maxWait: 0 } })).code).toBe('QUOTA_EXHAUSTED')
})

it('a token with limits costs one question beside the first key pool, and one word at the end', async () => {
  const token = await makeToken(requestsPerMinute(5))
  await ask(token)
  const log: string[] = []
  behave = () => {
    log.push('provider called')
    return Response.json(completionBody)
  }
  await ask(token, {}, undefined, noteCalls(log))
  expect(log.slice(0, 3).toSorted()).toEqual(['pool admit', 'provider called', 'user reserve'])
  expect(log[2]).toBe('provider called')
  expect(log.slice(3).toSorted()).toEqual(['pool settle', 'user settle'])
})

/**
 * A provider that lies about usage, and a token that would spend more than it may: what is counted,
 * sent and refused.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { JsonObject } from '../../src/chat/json.ts'
import { app } from '../../src/index.ts'
import { call, completionBody, sentText, settleIn, type Settled } from '../hub.workerd.ts'

let ada: Settled
let cleo: Settled
let sent: { body: JsonObject; headers: Headers }[]
let behave: (body: JsonObject, signal: AbortSignal | undefined) => Response

const prices = { m1: { input: 5, output: 5 } }

beforeAll(async () => {
  ada = await settleIn({ provider: 'openai', apiKey: 'sk-money-000000001' })
  const own = { id: 'oc', name: 'Own', baseUrl: 'http://127.0.0.1:9/v1', dialect: 'openai-chat' }
  await call('POST', '/api/providers', { ...own, models: ['m1'], prices }, ada.session)
  await call('POST', '/api/keys', { provider: 'oc', apiKey: 'oc-money-000000002' }, ada.session)
  await call(
    'POST',
    '/api/keys',
    { provider: 'groq', apiKey: 'gsk_money000000003', shared: true },
    ada.session,
  )
  await call(
    'POST',
    '/api/keys',
    { provider: 'openai', apiKey: 'sk-money-shared-000004', shared: true },
    ada.session,
  )
  cleo = await settleIn({ provider: 'mistral', apiKey: 'mistral-money-0005' }, 'cleo')
}, 60_000)
beforeEach(() => {
  sent = []
  behave = () => Response.json(completionBody)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    const body: JsonObject = JSON.parse(sentText(init))
    sent.push({ body, headers: new Headers(init?.headers) })
    return behave(body, init?.signal ?? undefined)
  })
})
afterEach(() => vi.restoreAllMocks())

interface MadeToken {
  id: string
  token: string
}

const makeToken = (fields: object): Promise<MadeToken> =>
  call('POST', '/api/tokens', { name: 'a token', ...fields }, ada.session)

interface State {
  windows: { used: number; reserved: number }[]
  budget: { spent: number; reserved: number } | null
}

async function stateOf({ id }: MadeToken): Promise<State> {
  const { data } = await call<{ data: { id: string; state: State }[] }>(
    'GET',
    '/api/tokens',
    undefined,
    ada.session,
  )
  const found = data.find((token) => token.id === id)
  if (!found) throw new Error('The token is gone.')
  return found.state
}

async function ask(
  token: string,
  body: object,
  { path = '/v1/chat/completions', headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; text: string; headers: Headers; id: string }> {
  const context = createExecutionContext()
  const request = new Request(`http://localhost${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify({ model: 'oc/m1', messages: [{ role: 'user', content: 'Hello' }], ...body }),
  })
  const response = await app.fetch(request, env, context)
  const text = await response.text()
  await waitOnExecutionContext(context)
  const id = response.headers.get('x-hub-request-id') ?? ''
  return { status: response.status, text, headers: response.headers, id }
}

interface Log {
  cost: number | null
  saved: number | null
  usage: { inputTokens: number; outputTokens: number; estimated: boolean; claimed: JsonObject | null }
}

const logOf = (id: string): Promise<Log> =>
  vi.waitFor(() => call<Log>('GET', `/api/logs/${id}`, undefined, ada.session), {
    timeout: 30_000,
    interval: 300,
  })

const answering = (usage: unknown) => () => Response.json({ ...completionBody, usage })

describe('a provider that lies about usage', () => {
  it('never makes a budget, a window or a sum go down, or infinite', async () => {
    const token = await makeToken({
      budget: { amount: 1, per: 'month' },
      limits: [{ unit: 'tokens', per: 'day', limit: 100_000 }],
    })
    behave = answering({ prompt_tokens: 20_000, completion_tokens: 20_000, total_tokens: 40_000 })
    const honest = await ask(token.token, {})
    const before = await stateOf(token)
    expect(before.windows[0]?.used).toBe(40_000)
    const lies = [
      { prompt_tokens: -1_000_000, completion_tokens: -1_000_000, total_tokens: -2_000_000 },
      { prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 1e9 } },
      { prompt_tokens: 1e308, completion_tokens: 1e308, total_tokens: 1e308 },
      { prompt_tokens: 10, completion_tokens: 2.5, completion_tokens_details: { reasoning_tokens: 1e15 } },
    ]
    let last = before
    let lied = ''
    for (const usage of lies) {
      behave = answering(usage)
      lied = (await ask(token.token, {})).id
      const state = await stateOf(token)
      expect(state.budget?.spent).toBeGreaterThanOrEqual(last.budget?.spent ?? Infinity)
      expect(state.windows[0]?.used).toBeGreaterThanOrEqual(last.windows[0]?.used ?? Infinity)
      last = state
    }
    // What the hub counts of a greeting and its answer costs next to nothing.
    expect(last.budget?.spent).toBeLessThan((before.budget?.spent ?? 0) + 0.001)
    expect(last.windows[0]?.used).toBeLessThan(40_200)

    expect((await logOf(honest.id)).usage).toMatchObject({ estimated: false, claimed: null })
    const log = await logOf(lied)
    expect(log.usage.estimated).toBe(true)
    expect(log.usage.claimed).toMatchObject({ inputTokens: 10, outputTokens: 2.5, reasoningTokens: 1e15 })
    expect(log.cost).toBeGreaterThanOrEqual(0)
    expect(log.saved).toBeGreaterThanOrEqual(0)
  }, 60_000)
})

describe('a client that leaves in the middle of a stream', () => {
  it('pays for the words that it got, however few events they came in', async () => {
    const token = await makeToken({ limits: [{ unit: 'tokens', per: 'day', limit: 100_000 }] })
    const sentence = Array.from({ length: 20 }, (_, n) => ` word${n}`).join('')
    const chunk = JSON.stringify({
      choices: [{ index: 0, delta: { content: sentence }, finish_reason: null }],
    })
    behave = (_body, signal) => {
      const stream = new ReadableStream({
        type: 'bytes',
        start(controller) {
          signal?.addEventListener('abort', () => controller.error(new Error('aborted')))
          for (let n = 0; n < 68; n++) controller.enqueue(new TextEncoder().encode(`data: ${chunk}\n\n`))
        },
      })
      return new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
    }
    const context = createExecutionContext()
    const leaving = new AbortController()
    const request = new Request('http://localhost/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${token.token}` },
      body: JSON.stringify({ model: 'oc/m1', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
      signal: leaving.signal,
    })
    const response = await app.fetch(request, env, context)
    const reader = response.body?.getReader()
    let got = ''
    while (got.split(' word19').length <= 68) {
      const read = await reader?.read()
      if (!read || read.done) throw new Error(`The stream ended after ${got.length} characters.`)
      got += new TextDecoder().decode(read.value)
    }
    leaving.abort()
    await reader?.cancel()
    await waitOnExecutionContext(context)
    const used = await vi.waitFor(
      async () => {
        const [window] = (await stateOf(token)).windows
        if (!window || window.reserved > 0) throw new Error('The request is still running.')
        return window.used
      },
      { timeout: 20_000, interval: 200 },
    )
    expect(used).toBeGreaterThan(1_000)
    expect(used).toBeLessThan(6_000)
  }, 60_000)
})

describe('a token with a list and a budget', () => {
  it('sends one output limit, the one that was reserved', async () => {
    const token = await makeToken({ budget: { amount: 1, per: 'month' } })
    await ask(token.token, {
      max_completion_tokens: 1,
      max_tokens: 100_000,
      extra_body: { max_tokens: 9_000 },
    })
    const { max_tokens, max_completion_tokens, extra_body } = sent[0]?.body ?? {}
    expect([max_tokens, max_completion_tokens].filter((limit) => limit !== undefined)).toEqual([1])
    expect(extra_body ?? {}).toEqual({})
  })

  it('of 40 requests with two limits lets through what the larger of both pays for', async () => {
    const token = await makeToken({ budget: { amount: 0.01, per: 'month' } })
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => ask(token.token, { max_completion_tokens: 500, best_of: 4 })),
    )
    // Four answers of 500 tokens at $5 for a million are a cent, to which the input is added.
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
  }, 30_000)

  it('has what chooses another model, price or tier left out, and is told', async () => {
    const token = await makeToken({ allowedModels: ['oc/m1'], budget: { amount: 1, per: 'month' } })
    const choices = {
      models: ['vendor/most-expensive'],
      provider: { order: ['x'] },
      service_tier: 'priority',
      extra_body: { プラグイン: { plugins: [{ id: 'web' }] } },
    }
    const { status, headers } = await ask(token.token, { ...choices, seed: 7 })
    expect(status).toBe(200)
    expect(Object.keys(sent[0]?.body ?? {})).not.toEqual(expect.arrayContaining(['models']))
    expect(JSON.stringify(sent[0]?.body)).not.toMatch(/most-expensive|order|priority|plugins/)
    expect(sent[0]?.body.seed).toBe(7)
    expect(headers.get('x-hub-dropped')).toContain('models, provider, service_tier')
  })

  it('of a person without a bound says what they like', async () => {
    await ask(ada.token, { models: ['vendor/most-expensive'], service_tier: 'priority' })
    expect(sent[0]?.body).toMatchObject({ models: ['vendor/most-expensive'], service_tier: 'priority' })
  })
})

describe('state that is kept at a provider', () => {
  const responses = { path: '/v1/responses' }
  const search = { tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] }
  const answer = { id: 'resp_1', object: 'response', status: 'completed', output: [], usage: null }

  it.each([
    [search, 'tools[0].vector_store_ids'],
    [{ input: [{ role: 'user', content: 'Hi' }, { id: 'msg_abc' }] }, 'input[1]'],
    [{ tools: [{ type: 'code_interpreter', container: 'cntr_1' }] }, 'tools[0].container'],
    [
      {
        input: [
          { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
          { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_file', file_id: 'file-1' }] },
        ],
      },
      'input[1].output[0].file_id',
    ],
  ])('is never asked for with a shared account: %j', async (fields, field) => {
    const { status, text } = await ask(
      cleo.token,
      { model: 'openai/gpt-5.5', input: 'Hi', messages: undefined, ...fields },
      responses,
    )
    expect(status).toBeGreaterThanOrEqual(400)
    expect(text).toContain(field)
    expect(text).toContain('shared accounts cannot read it')
    expect(sent).toEqual([])
  })

  it('is asked for with an account of the caller', async () => {
    behave = () => Response.json(answer)
    const { status } = await ask(
      ada.token,
      { model: 'openai/gpt-5.5', input: 'Hi', messages: undefined, ...search },
      responses,
    )
    expect(status).toBe(200)
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer sk-money-000000001')
  })
})

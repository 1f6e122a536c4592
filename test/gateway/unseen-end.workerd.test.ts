/**
 * Answers whose end the hub does not see: a budget is charged what was reserved, unless nothing was
 * begun.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { app } from '../../src/index.ts'
import { call, completionBody, settleIn, type Settled } from '../hub.workerd.ts'

vi.setConfig({ testTimeout: 60_000 })

let ada: Settled
let behave: (signal: AbortSignal | undefined) => Response | Promise<Response>
let calls = 0

// A dollar for a thousand tokens of output; input costs nothing.
const prices = { m1: { input: 0, output: 1_000 } }

beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'x' })
  const own = { id: 'oc', name: 'Own', baseUrl: 'http://127.0.0.1:9/v1', dialect: 'openai-chat' }
  await call('POST', '/api/providers', { ...own, models: ['m1'], prices }, ada.session)
  await call('POST', '/api/keys', { provider: 'oc', apiKey: 'oc-unseen-000001' }, ada.session)
}, 60_000)
beforeEach(() => {
  calls = 0
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    calls++
    return behave(init?.signal ?? undefined)
  })
})
afterEach(() => vi.restoreAllMocks())

interface MadeToken {
  id: string
  token: string
}

interface State {
  windows: { used: number; reserved: number }[]
  budget: { spent: number; reserved: number } | null
}

const makeToken = (): Promise<MadeToken> =>
  call(
    'POST',
    '/api/tokens',
    {
      name: 'a token',
      budget: { amount: 10, per: 'month' },
      limits: [{ unit: 'tokens', per: 'day', limit: 100_000 }],
    },
    ada.session,
  )

/** The counters of a token, once nothing of it is running. */
function stateOf({ id }: MadeToken): Promise<State> {
  return vi.waitFor(
    async () => {
      const { data } = await call<{ data: { id: string; state: State }[] }>(
        'GET',
        '/api/tokens',
        undefined,
        ada.session,
      )
      const state = data.find((token) => token.id === id)?.state
      if (!state || state.budget?.reserved !== 0) throw new Error('The request is still running.')
      return state
    },
    { timeout: 20_000, interval: 100 },
  )
}

interface Asking {
  stream?: boolean
  /** In seconds. */
  timeout?: number
  /** Leaves when the answer holds this text, or with `now` once the provider was called. */
  leaveAt?: string
}

/** Asks for at most 2,000 tokens, which are two dollars. */
async function ask({ token }: MadeToken, { stream = true, timeout, leaveAt }: Asking): Promise<void> {
  const context = createExecutionContext()
  const leaving = new AbortController()
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(timeout !== undefined && { 'x-hub-timeout': String(timeout) }),
    },
    body: JSON.stringify({
      model: 'oc/m1',
      stream,
      max_tokens: 2_000,
      messages: [{ role: 'user', content: 'Hello' }],
    }),
    signal: leaving.signal,
  })
  const asking = Promise.resolve(app.fetch(request, env, context))
  if (leaveAt === 'now') {
    await vi.waitFor(() => expect(calls).toBe(1), 10_000)
    leaving.abort()
  }
  const response = await asking
  const reader = response.body?.getReader()
  let got = ''
  for (;;) {
    const read = await reader?.read().catch(() => undefined)
    if (!read || read.done) break
    got += new TextDecoder().decode(read.value)
    if (leaveAt !== undefined && got.includes(leaveAt)) {
      leaving.abort()
      await reader?.cancel()
      break
    }
  }
  await waitOnExecutionContext(context)
}

const event = (fields: object): string => `data: ${JSON.stringify(fields)}\n\n`
const words = event({ choices: [{ index: 0, delta: { content: 'Four.' }, finish_reason: null }] })
const finish = event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
const usage = { prompt_tokens: 9, completion_tokens: 500, total_tokens: 509 }
const report = event({ choices: [], usage })
const comment = ': thinking\n\n'

/** A stream that sends these texts and then goes on for ever, until it is cut. */
const endless =
  (...texts: string[]) =>
  (signal: AbortSignal | undefined): Response =>
    new Response(
      new ReadableStream({
        type: 'bytes',
        start(controller) {
          signal?.addEventListener('abort', () => controller.error(new Error('aborted')))
          for (const text of texts) controller.enqueue(new TextEncoder().encode(text))
        },
      }),
      { headers: { 'content-type': 'text/event-stream' } },
    )
/** A stream that ends after these texts. */
const ending =
  (...texts: string[]) =>
  (): Response =>
    new Response(texts.join(''), { headers: { 'content-type': 'text/event-stream' } })
const silent = (signal: AbortSignal | undefined): Promise<Response> =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('aborted')))
  })

interface Log {
  cost: number | null
  usage: { outputTokens: number; estimated: boolean } | null
}

/** The log of a token's one request. */
const logOf = ({ id }: MadeToken): Promise<Log> =>
  vi.waitFor(
    async () => {
      const { data } = await call<{ data: Log[] }>('GET', `/api/logs?token=${id}`, undefined, ada.session)
      const [log] = data
      if (!log) throw new Error('The log is not written yet.')
      return log
    },
    { timeout: 30_000, interval: 300 },
  )

describe('an answer whose end is not seen costs what was reserved', () => {
  it.each<[string, typeof behave, Asking]>([
    ['where the client leaves in the middle', endless(words), { leaveAt: 'Four.' }],
    ['where the client leaves before the usage', endless(words, finish), { leaveAt: 'stop' }],
    ['where the client leaves before the first word', silent, { leaveAt: 'now' }],
    ['where the client leaves a whole answer', silent, { leaveAt: 'now', stream: false }],
    ['where its time is over', endless(words), { timeout: 0.3 }],
    ['where its time is over before the first word', endless(comment), { timeout: 0.3 }],
    ['where its time is over before a whole answer', silent, { timeout: 0.3, stream: false }],
    ['where the stream breaks off', ending(words), {}],
  ])('%s', async (_, provider, asking) => {
    behave = provider
    const token = await makeToken()
    await ask(token, asking)
    const { budget, windows } = await stateOf(token)
    expect(budget?.spent).toBeCloseTo(2, 6)
    expect(windows[0]?.used).toBeGreaterThanOrEqual(2_000)
    expect(windows[0]?.used).toBeLessThan(2_100)
    const log = await logOf(token)
    expect(log.usage).toMatchObject({ outputTokens: 2_000, estimated: true })
    expect(log.cost).toBeCloseTo(2, 6)
  })

  it('for each call that was begun, where several keys are tried', async () => {
    behave = ending(comment)
    const token = await makeToken()
    const other = await call<{ id: string }>(
      'POST',
      '/api/keys',
      { provider: 'oc', apiKey: 'oc-unseen-000002' },
      ada.session,
    )
    await ask(token, {})
    await call('DELETE', `/api/keys/${other.id}`, undefined, ada.session)
    expect(calls).toBeGreaterThan(1)
    expect((await stateOf(token)).budget?.spent).toBeCloseTo(2 * calls, 6)
    expect((await logOf(token)).usage).toMatchObject({ outputTokens: 2_000 * calls, estimated: true })
    await restore()
  })
})

describe('an answer costs what it came to', () => {
  it('where the client leaves after its usage', async () => {
    behave = endless(words, finish, report, ': more\n\n')
    const token = await makeToken()
    await ask(token, { leaveAt: 'more' })
    expect((await stateOf(token)).budget?.spent).toBeCloseTo(0.5, 6)
  })

  it('where all of it was seen', async () => {
    behave = () => Response.json({ ...completionBody, usage })
    const token = await makeToken()
    await ask(token, { stream: false })
    expect((await stateOf(token)).budget?.spent).toBeCloseTo(0.5, 6)
  })
})

describe('a call that was never begun costs nothing', () => {
  it.each<[string, typeof behave]>([
    ['refused', () => Response.json({ error: { message: 'No.', code: 'x' } }, { status: 400 })],
    ['not connected', () => Promise.reject(new Error('connection refused'))],
    ['overloaded', () => Response.json({ error: { message: 'Busy.' } }, { status: 503 })],
  ])('%s', async (_, provider) => {
    behave = provider
    const token = await makeToken()
    await ask(token, { stream: false })
    const { budget, windows } = await stateOf(token)
    expect(budget?.spent).toBe(0)
    expect(windows[0]?.used ?? 0).toBe(0)
    await restore()
  })
})

/** Lifts what the hub learned of the keys by a provider that failed. */
async function restore(): Promise<void> {
  const { data } = await call<{ data: { id: string }[] }>('GET', '/api/keys', undefined, ada.session)
  for (const { id } of data) await call('POST', `/api/keys/${id}/restore`, undefined, ada.session)
}

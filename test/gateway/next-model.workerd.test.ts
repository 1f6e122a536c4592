/** What a failed call leaves to try: the same key for other models, other keys, and other providers. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { call, completionBody, send, sentText, settleIn, type Settled } from '../hub.workerd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

interface Sent {
  model: string
  key: string
  url: string
}

let turn = 0
let ada: Settled
/** The providers of one test: nothing that an earlier test taught their pools is left. */
let first: string
let second: string
let answer: (sent: Sent) => Response
let calls: string[]

beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'x' })
})
beforeEach(async () => {
  turn++
  first = `first-${turn}`
  second = `second-${turn}`
  calls = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const { url } = new Request(input)
    const headers = new Headers(init?.headers)
    const key = headers.get('authorization')?.replace('Bearer ', '') ?? headers.get('x-goog-api-key') ?? ''
    const { model = /models\/([^:]+):/.exec(url)?.[1] ?? '' } = JSON.parse(sentText(init)) as Partial<Sent>
    calls.push(`${model} ${key}`)
    return answer({ model, key, url })
  })
  for (const id of [first, second]) {
    const row = { id, name: id, baseUrl: `http://127.0.0.1:9/${id}`, dialect: 'openai-chat', models: ['m1'] }
    await call('POST', '/api/providers', row, ada.session)
  }
})
afterEach(() => vi.restoreAllMocks())

const good = () => Response.json(completionBody)
const bad = (status: number, error: object, headers: Record<string, string> = {}) =>
  Response.json({ error }, { status, headers })

async function addKey(provider: string, more: object = {}): Promise<string> {
  const apiKey = `secret-${turn}-${calls.length}-${Math.random()}`
  const key = await call<{ id: string }>('POST', '/api/keys', { provider, apiKey, ...more }, ada.session)
  return key.id
}

interface Asked {
  status: number
  attempts: number
  trail: { model: string; verdict: string }[]
}

/** Asks a route of these candidates, each as `provider/model`, or a provider alone. */
async function ask(candidates: string[], more: object = {}): Promise<Asked> {
  const named = candidates.map((name) => {
    const [provider, model] = name.split(/\/(.*)/)
    return { provider, ...(model && { model }) }
  })
  await call('PUT', `/api/routes/lane-${turn}`, { candidates: named }, ada.session)
  const body = { model: `lane-${turn}`, messages: [{ role: 'user', content: 'Hello' }], ...more }
  const response = await send('POST', '/v1/chat/completions', { body, as: ada.token })
  const { hub } = await response.json<{ hub?: { trail: Asked['trail'] } }>()
  const attempts = Number(response.headers.get('x-hub-attempts'))
  return { status: response.status, attempts, trail: hub?.trail ?? [] }
}

describe('a fault at one model leaves the only key to the second model of the provider', () => {
  it.each<[string, () => Response]>([
    [
      'a rate limit that names the model',
      () =>
        bad(
          429,
          {
            message:
              'Rate limit reached for model `m1` in organization `org_1` on tokens per minute (TPM): Limit 6000, Used 5990.',
            type: 'tokens',
            code: 'rate_limit_exceeded',
          },
          { 'retry-after': '20' },
        ),
    ],
    ['a code', () => bad(404, { message: 'No.', code: 'model_not_found' })],
    ['a 410', () => bad(410, { message: 'Gone' })],
    ['an empty 404', () => new Response(null, { status: 404 })],
    [
      'a context that is too small',
      () => bad(400, { message: 'Too long.', code: 'context_length_exceeded' }),
    ],
    ['a failure of the provider', () => bad(503, { message: 'Overloaded' })],
    ['an error that no rule knows', () => bad(418, { message: 'I am a teapot' })],
    ['an answer that is not JSON', () => new Response('<html>')],
  ])('%s', async (_title, failure) => {
    await addKey(first)
    answer = ({ model }) => (model === 'm1' ? failure() : good())
    expect(await ask([`${first}/m1`, `${first}/m2`])).toMatchObject({ status: 200, attempts: 2 })
  })

  it('Groq’s limit of a model', async () => {
    await addKey('groq')
    answer = ({ model }) =>
      model.startsWith('llama')
        ? bad(
            429,
            {
              message:
                'Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_1` service tier `on_demand` on tokens per minute (TPM): Limit 12000, Used 11990, Requested 50. Please try again in 20s.',
              type: 'tokens',
              code: 'rate_limit_exceeded',
            },
            { 'retry-after': '20' },
          )
        : good()
    const lane = ['groq/llama-3.3-70b-versatile', 'groq/openai/gpt-oss-120b']
    expect(await ask(lane)).toMatchObject({ status: 200, attempts: 2 })
  })

  it('Gemini’s daily quota of a model', async () => {
    await addKey('gemini')
    const failure = () =>
      bad(429, {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message: 'You exceeded your current quota, please check your plan and billing details.',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
            violations: [
              {
                quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
                quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
                quotaDimensions: { model: 'gemini-2.5-pro', location: 'global' },
                quotaValue: '50',
              },
            ],
          },
        ],
      })
    answer = ({ model }) => (model === 'gemini-2.5-pro' ? failure() : good())
    expect(await ask(['gemini/gemini-2.5-pro', 'gemini/gemini-2.5-flash'])).toMatchObject({
      status: 200,
      attempts: 2,
    })
  })

  it('also where the second model is the default of the key', async () => {
    await addKey(first, { defaultModel: 'm2' })
    answer = ({ model }) => (model === 'm1' ? bad(410, { message: 'Gone' }) : good())
    expect(await ask([`${first}/m1`, first])).toMatchObject({ status: 200, attempts: 2 })
  })
})

it('a fault of the account leaves its key to no model', async () => {
  await addKey(first)
  answer = () => bad(429, { message: 'You have no credits left.', code: 'insufficient_quota' })
  expect(await ask([`${first}/m1`, `${first}/m2`])).toMatchObject({ status: 429, attempts: 1 })
})

describe('after an error that no rule knows', () => {
  const teapot = () => bad(418, { message: 'I am a teapot' })

  it('one more key of the pool is asked', async () => {
    await addKey(first)
    await addKey(first)
    answer = () => (calls.length === 1 ? teapot() : good())
    expect(await ask([`${first}/m1`])).toMatchObject({ status: 200, attempts: 2 })
  })

  it('no third one is, and the next candidate serves', async () => {
    for (let index = 0; index < 3; index++) await addKey(first)
    await addKey(second)
    answer = ({ url }) => (url.includes(first) ? teapot() : good())
    expect(await ask([`${first}/m1`, `${second}/m1`])).toMatchObject({ status: 200, attempts: 3 })
  })
})

describe('where nobody else can serve, one call is made again', () => {
  it.each<[string, () => Response]>([
    ['a 502', () => bad(502, { message: 'Bad gateway' })],
    ['a 503', () => bad(503, { message: 'Overloaded' })],
    ['a 503 that asks for a second', () => bad(503, { message: 'Overloaded' }, { 'retry-after': '1' })],
    [
      'a lost connection',
      () => {
        throw new TypeError('Network connection lost.')
      },
    ],
  ])('after %s', async (_title, failure) => {
    await addKey(first)
    answer = () => (calls.length === 1 ? failure() : good())
    expect(await ask([`${first}/m1`])).toMatchObject({ status: 200, attempts: 2 })
  })

  it('once, however often it fails', async () => {
    await addKey(first)
    answer = () => bad(503, { message: 'Overloaded' })
    expect(await ask([`${first}/m1`])).toMatchObject({ status: 502, attempts: 2 })
  })

  it.each<[string, () => Response]>([
    ['a 503 that asks for a minute', () => bad(503, { message: 'Overloaded' }, { 'retry-after': '60' })],
    ['a 500', () => bad(500, { message: 'Server error' })],
    ['a refusal', () => bad(400, { message: 'Bad.' })],
  ])('but not after %s', async (_title, failure) => {
    await addKey(first)
    answer = failure
    expect(await ask([`${first}/m1`])).toMatchObject({ attempts: 1 })
  })

  it('and not before the others were asked', async () => {
    await addKey(first)
    await addKey(second)
    answer = ({ url }) => (url.includes(first) ? bad(503, { message: 'Overloaded' }) : good())
    expect(await ask([`${first}/m1`, `${second}/m1`])).toMatchObject({ status: 200, attempts: 2 })
  })
})

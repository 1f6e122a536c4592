/**
 * What a failed call leaves to try: the same key for other models, other keys, and other providers.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { budgets } from '../../src/gateway/timeouts.ts'
import { call, completionBody } from '../hub.workerd.ts'
import { failWith as bad, type Sent, useLane } from './lanes.workerd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const lane = useLane()
const { addKey, ask } = lane
afterEach(() => vi.restoreAllMocks())

const good = () => Response.json(completionBody)

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
    await addKey(lane.first)
    lane.answer = ({ model }) => (model === 'm1' ? failure() : good())
    expect(await ask([`${lane.first}/m1`, `${lane.first}/m2`])).toMatchObject({ status: 200, attempts: 2 })
  })

  it('Groq’s limit of a model', async () => {
    await addKey('groq')
    lane.answer = ({ model }) =>
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
    const models = ['groq/llama-3.3-70b-versatile', 'groq/openai/gpt-oss-120b']
    expect(await ask(models)).toMatchObject({ status: 200, attempts: 2 })
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
    lane.answer = ({ model }) => (model === 'gemini-2.5-pro' ? failure() : good())
    expect(await ask(['gemini/gemini-2.5-pro', 'gemini/gemini-2.5-flash'])).toMatchObject({
      status: 200,
      attempts: 2,
    })
  })

  it('also where the second model is the default of the key', async () => {
    await addKey(lane.first, { defaultModel: 'm2' })
    lane.answer = ({ model }) => (model === 'm1' ? bad(410, { message: 'Gone' }) : good())
    expect(await ask([`${lane.first}/m1`, lane.first])).toMatchObject({ status: 200, attempts: 2 })
  })
})

it('a fault of the account leaves its key to no model', async () => {
  await addKey(lane.first)
  lane.answer = () => bad(429, { message: 'You have no credits left.', code: 'insufficient_quota' })
  expect(await ask([`${lane.first}/m1`, `${lane.first}/m2`])).toMatchObject({ status: 429, attempts: 1 })
})

describe('after an error that no rule knows', () => {
  const teapot = () => bad(418, { message: 'I am a teapot' })

  it('one more key of the pool is asked', async () => {
    await addKey(lane.first)
    await addKey(lane.first)
    lane.answer = () => (lane.calls.length === 1 ? teapot() : good())
    expect(await ask([`${lane.first}/m1`])).toMatchObject({ status: 200, attempts: 2 })
  })

  it('no third one is, and the next candidate serves', async () => {
    for (let index = 0; index < 3; index++) await addKey(lane.first)
    await addKey(lane.second)
    lane.answer = ({ url }) => (url.includes(lane.first) ? teapot() : good())
    expect(await ask([`${lane.first}/m1`, `${lane.second}/m1`])).toMatchObject({ status: 200, attempts: 3 })
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
    await addKey(lane.first)
    lane.answer = () => (lane.calls.length === 1 ? failure() : good())
    expect(await ask([`${lane.first}/m1`])).toMatchObject({ status: 200, attempts: 2 })
  })

  it('once, however often it fails', async () => {
    await addKey(lane.first)
    lane.answer = () => bad(503, { message: 'Overloaded' })
    expect(await ask([`${lane.first}/m1`])).toMatchObject({ status: 502, attempts: 2 })
  })

  it.each<[string, () => Response]>([
    ['a 503 that asks for a minute', () => bad(503, { message: 'Overloaded' }, { 'retry-after': '60' })],
    ['a 500', () => bad(500, { message: 'Server error' })],
    ['a refusal', () => bad(400, { message: 'Bad.' })],
  ])('but not after %s', async (_title, failure) => {
    await addKey(lane.first)
    lane.answer = failure
    expect(await ask([`${lane.first}/m1`])).toMatchObject({ attempts: 1 })
  })

  it('and not before the others were asked', async () => {
    await addKey(lane.first)
    await addKey(lane.second)
    lane.answer = ({ url }) => (url.includes(lane.first) ? bad(503, { message: 'Overloaded' }) : good())
    expect(await ask([`${lane.first}/m1`, `${lane.second}/m1`])).toMatchObject({ status: 200, attempts: 2 })
  })
})

describe('a whole answer', () => {
  /** Never answers: it only ends with its call. */
  const hang = ({ signal }: Sent): Promise<Response> =>
    new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('Ended.'))))
  const slowly = (): Promise<Response> => new Promise((resolve) => setTimeout(() => resolve(good()), 100))

  /** Lets the time of one limit pass at once. */
  function hurry(limitMs: number): void {
    const plain = globalThis.setTimeout
    const hurried = (run: () => void, ms?: number) => plain(run, ms === limitMs ? 5 : ms)
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(hurried)
  }

  it('that does not come in time leaves time for another candidate, and costs one key’s', async () => {
    for (const provider of [lane.first, lane.first, lane.second]) await addKey(provider)
    hurry(budgets.answerMs)
    lane.answer = (sent) => (sent.url.includes(lane.first) ? hang(sent) : good())
    expect(await ask([`${lane.first}/m1`, `${lane.second}/m1`])).toMatchObject({ status: 200, attempts: 2 })
  })

  it('that stops in its middle does the same', async () => {
    for (const provider of [lane.first, lane.second]) await addKey(provider)
    hurry(budgets.answerMs)
    const half = ({ signal }: Sent): Response => {
      const begin = (controller: ReadableStreamDefaultController): void => {
        controller.enqueue(new TextEncoder().encode('{"choices":'))
        signal?.addEventListener('abort', () => controller.error(new Error('Ended.')))
      }
      const headers = { 'content-type': 'application/json' }
      return new Response(new ReadableStream({ start: begin }), { headers })
    }
    lane.answer = (sent) => (sent.url.includes(lane.first) ? half(sent) : good())
    expect(await ask([`${lane.first}/m1`, `${lane.second}/m1`])).toMatchObject({ status: 200, attempts: 2 })
  })

  it('of the only candidate has all the time of the request', async () => {
    await addKey(lane.first)
    hurry(budgets.answerMs)
    lane.answer = slowly
    expect(await ask([`${lane.first}/m1`])).toMatchObject({ status: 200, attempts: 1 })
  })

  it('of a model that reasons has more time', async () => {
    for (const provider of [lane.first, lane.second]) await addKey(provider)
    hurry(budgets.answerMs)
    lane.answer = slowly
    const asked = await ask([`${lane.first}/m1`, `${lane.second}/m1`], { reasoning_effort: 'high' })
    expect(asked).toMatchObject({ status: 200, attempts: 1 })
  })

  it('has the time that the client sets for one attempt', async () => {
    for (const provider of [lane.first, lane.second]) await addKey(provider)
    lane.answer = (sent) => (sent.url.includes(lane.first) ? hang(sent) : good())
    const asked = await ask(
      [`${lane.first}/m1`, `${lane.second}/m1`],
      {},
      { 'x-hub-attempt-timeout': '0.05' },
    )
    expect(asked).toMatchObject({ status: 200, attempts: 2 })
  })

  it('says nothing against a provider where the client or its deadline made it short', async () => {
    for (const provider of [lane.first, lane.second]) await addKey(provider)
    lane.answer = (sent) => (sent.url.includes(lane.first) ? hang(sent) : good())
    const names = [`${lane.first}/m1`, `${lane.second}/m1`]
    for (const header of ['x-hub-attempt-timeout', 'x-hub-timeout']) {
      const value = header === 'x-hub-timeout' ? '2' : '0.05'
      // A provider that failed three requests would not be asked by the fourth.
      for (let time = 0; time < 4; time++) {
        expect(await ask(names, {}, { [header]: value })).toMatchObject({ status: 200, attempts: 2 })
      }
    }
  })
})

it('a key that was restored is asked in its turn at once', async () => {
  const key = await addKey(lane.first)
  await addKey(lane.second)
  const names = [`${lane.first}/m1`, `${lane.second}/m1`]
  lane.answer = ({ url }) =>
    url.includes(lane.first) ? bad(429, { message: 'Slow down.', code: 'insufficient_quota' }) : good()
  for (let time = 0; time < 2; time++) await ask(names)
  await call('POST', `/api/keys/${key}/restore`, undefined, lane.ada.session)
  lane.answer = good
  expect((await ask(names)).headers.get('x-llm-provider')).toBe(lane.first)
})

/**
 * A drill: the models of a route are retired one after the other, and last a whole provider, each
 * in its vendor's words. No client may notice.
 */
import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { poolStub } from '../../src/quota/stub.ts'
import { call, completionBody, send, settleIn, type Settled } from '../hub.workerd.ts'
import { candidateOf, readCall } from './lanes.workerd.ts'

const json = (status: number, body: object) => Response.json(body, { status })
const openai = (status: number, message: string, more: object = {}) =>
  json(status, { error: { message, type: 'invalid_request_error', param: null, code: null, ...more } })

/** Each victim of the route in turn, and what its vendor says from then on. */
const victims: [candidate: string, retired: () => Response][] = [
  [
    'groq/m-groq',
    () =>
      openai(400, 'The model `m-groq` has been decommissioned and is no longer supported.', {
        code: 'model_decommissioned',
      }),
  ],
  [
    'gemini/m-gemini',
    () =>
      json(404, {
        error: {
          code: 404,
          message:
            'models/m-gemini is not found for API version v1beta, or is not supported for generateContent. Call ModelService.ListModels to see the list of available models and their supported methods.',
          status: 'NOT_FOUND',
        },
      }),
  ],
  [
    'anthropic/m-anthropic',
    () => json(404, { type: 'error', error: { type: 'not_found_error', message: 'model: m-anthropic' } }),
  ],
  [
    'mistral/m-mistral',
    () =>
      json(400, {
        object: 'error',
        message: 'Invalid model: m-mistral',
        type: 'invalid_model',
        code: '1500',
      }),
  ],
  ['deepseek/m-deepseek', () => openai(400, 'Model Not Exist', { code: 'invalid_request_error' })],
  [
    'openrouter/m/m-router',
    () => json(404, { error: { message: 'No endpoints found for m/m-router.', code: 404 } }),
  ],
  [
    'together/m-together',
    () => openai(404, 'Unable to access model m-together.', { code: 'model_not_available' }),
  ],
  [
    'fireworks/m-fireworks',
    () => openai(404, 'Model not found, inaccessible, and/or not deployed', { code: 'NOT_FOUND' }),
  ],
  [
    'nvidia/m-nvidia',
    () =>
      json(410, {
        status: 410,
        title: 'Gone',
        detail: "The model 'm-nvidia' has reached its end of life on 2026-05-01 and is no longer available.",
      }),
  ],
  [
    'cerebras/m-cerebras',
    () =>
      json(404, {
        message: 'Model m-cerebras does not exist or you do not have access to it.',
        type: 'not_found_error',
        param: 'model',
        code: 'model_not_found',
      }),
  ],
  [
    'xai/m-xai',
    () =>
      json(404, {
        code: 'Some requested entity was not found',
        error: 'The model m-xai does not exist or your team does not have access to it.',
      }),
  ],
  [
    'openai/m-openai',
    () =>
      openai(404, 'The model `m-openai` does not exist or you do not have access to it.', {
        code: 'model_not_found',
      }),
  ],
  [
    'cohere/m-cohere',
    () => json(404, { id: 'e1', message: "model 'm-cohere' was removed on September 15, 2025." }),
  ],
  [
    'huggingface/m/m-face',
    () => openai(400, "The requested model 'm/m-face' does not exist", { code: 'model_not_found' }),
  ],
  [
    'twokeys/m-deployed',
    () =>
      json(404, {
        error: {
          code: 'DeploymentNotFound',
          message: 'The API deployment for this resource does not exist.',
        },
      }),
  ],
  ['twokeys/m-empty', () => new Response(null, { status: 404 })],
  ['twokeys/m-gone', () => new Response('Gone', { status: 410 })],
  ['closing/m-1', () => openai(410, 'This service was retired on 30 July 2026.')],
]
/** Dies together with its provider. */
const sibling = 'closing/m-2'
const survivor = 'survivor/m'
const names = [...victims.map(([name]) => name), sibling, survivor]
const said = new Set(['gone', 'no-such-model', 'not-found'])
const calls = 1_000

let ada: Settled
const retired = new Map<string, () => Response>()

beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'x' })
  for (const id of ['twokeys', 'closing', 'survivor']) {
    const row = { id, name: id, baseUrl: `http://127.0.0.1:9/${id}`, dialect: 'openai-chat' }
    await call('POST', '/api/providers', row, ada.session)
  }
  for (const provider of new Set(names.map((name) => candidateOf(name).provider))) {
    for (let number = 0; number < (provider === 'twokeys' ? 2 : 1); number++) {
      const apiKey = `secret-of-${provider}-${number}-0123456789`
      await call('POST', '/api/keys', { provider, apiKey }, ada.session)
    }
  }
  await call('PUT', '/api/routes/drill', { candidates: names.map(candidateOf) }, ada.session)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const { model, url } = readCall(input, init)
    return retired.get(model)?.() ?? answerTo(url)
  })
})
afterAll(() => vi.restoreAllMocks())

/** A good answer in the dialect of the address. */
function answerTo(url: string): Response {
  if (url.includes(':generateContent')) {
    return json(200, {
      candidates: [{ content: { role: 'model', parts: [{ text: 'Hello.' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 2, totalTokenCount: 11 },
    })
  }
  if (url.endsWith('/messages')) {
    return json(200, {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'Hello.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 9, output_tokens: 2 },
    })
  }
  if (url.endsWith('/v2/chat')) {
    return json(200, {
      id: 'c1',
      finish_reason: 'COMPLETE',
      message: { role: 'assistant', content: [{ type: 'text', text: 'Hello.' }] },
      usage: { tokens: { input_tokens: 9, output_tokens: 2 } },
    })
  }
  return json(200, completionBody)
}

async function ask() {
  const body = { model: 'drill', messages: [{ role: 'user', content: 'Hello' }] }
  const response = await send('POST', '/v1/chat/completions', { body, as: ada.token })
  await response.arrayBuffer()
  return {
    status: response.status,
    requestId: response.headers.get('x-hub-request-id') ?? '',
    attempts: Number(response.headers.get('x-hub-attempts')),
    served: response.headers.get('x-llm-model'),
  }
}

it('no request fails, and each death is found and named by the first that meets it', async () => {
  const found: { victim: string; pool: string; requestId: string }[] = []
  const statuses = new Map<number, number>()
  const perVictim = Math.ceil(calls / victims.length)
  for (const [index, [victim, words]] of victims.entries()) {
    const { provider, model = '' } = candidateOf(victim)
    expect((await ask()).served).toBe(model)
    retired.set(model, words)
    const isProvider = provider === 'closing'
    if (isProvider) retired.set(candidateOf(sibling).model ?? '', words)
    const first = await ask()
    expect(first.attempts, victim).toBeGreaterThan(1)
    const next = candidateOf(isProvider ? survivor : (names[index + 1] ?? ''))
    expect(first).toMatchObject({ status: 200, served: next.model })
    expect((await ask()).attempts, victim).toBe(1)
    found.push({ victim, pool: next.provider, requestId: first.requestId })
    for (let made = 3; made < perVictim; made++) {
      const { status } = await ask()
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  expect([...statuses.keys()]).toEqual([200])
  for (const { victim, pool, requestId } of found) {
    const { model } = candidateOf(victim)
    await runDurableObjectAlarm(poolStub(env, ada.userId, pool))
    const { trail } = await call<{ trail: { model: string; verdict: string }[] }>(
      'GET',
      `/api/logs/${requestId}`,
      undefined,
      ada.session,
    )
    const verdicts = trail.filter((entry) => entry.model === model).map(({ verdict }) => verdict)
    expect(verdicts.length, victim).toBeGreaterThan(0)
    for (const verdict of verdicts) expect(said, `${victim}: ${verdict}`).toContain(verdict)
  }
})

/** A hub that conceals who serves: no answer to a token names a provider, a model or a key. */
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { call, completionBody, send, settleIn, type Settled } from '../hub.workerd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const provider = 'hidden-provider'
const model = 'hidden-model'
let ada: Settled
let keyId: string

beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'x' })
  await env.DB.prepare("UPDATE users SET role = 'admin'").run()
  const row = {
    id: provider,
    name: 'HiddenName',
    baseUrl: 'https://93.184.215.14/v1',
    dialect: 'openai-chat',
    models: [model],
  }
  await call('POST', '/api/providers', row, ada.session)
  const key = { provider, apiKey: 'hidden-secret-0123456789' }
  const added = await call<{ id: string }>('POST', '/api/keys', key, ada.session)
  keyId = added.id
  await call('PUT', '/api/routes/lane', { candidates: [{ provider, model }] }, ada.session)
  await call('PATCH', '/api/settings', { exposeServedBy: false }, ada.session)
})
afterEach(() => vi.restoreAllMocks())

const words = `VendorWord: ${model} of ${provider} is not for this key`
const chunk = {
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' }, finish_reason: null }],
}
const stream = (...events: object[]): Response =>
  new Response(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''), {
    headers: { 'content-type': 'text/event-stream' },
  })
const failures: [string, () => Response][] = [
  [
    'a refusal of the request',
    () =>
      Response.json(
        { error: { message: words, type: 'VendorWord', code: 'VendorWord', param: 'VendorWord' } },
        { status: 422 },
      ),
  ],
  ['a failure of the provider', () => Response.json({ error: { message: words } }, { status: 500 })],
  [
    'an error in the middle of a stream',
    () => stream(chunk, { error: { message: words, code: 'VendorWord' } }),
  ],
]
const messages = [{ role: 'user', content: 'Hello' }]
const calls: [string, object][] = [
  ['/v1/chat/completions', { model: 'lane', messages }],
  ['/v1/responses', { model: 'lane', input: 'Hello' }],
  ['/v1/messages', { model: 'lane', messages, max_tokens: 9 }],
  [
    '/v1beta/models/lane:streamGenerateContent?alt=sse',
    { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
  ],
  ['/api/chat', { model: 'lane', messages }],
]

describe.each(failures)('after %s', (_what, answer) => {
  it.each(calls)('a token is told nothing of who was asked at %s', async (path, body) => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answer())
    const response = await send('POST', path, {
      body: { ...body, ...(!path.includes('v1beta') && { stream: true }) },
      as: ada.token,
    })
    const text = `${JSON.stringify([...response.headers])} ${await response.text()}`
    for (const name of [provider, model, keyId, 'VendorWord', 'HiddenName']) expect(text).not.toContain(name)
    expect(text).toMatch(/refused|could not be served|broke off|out of quota|No key/)
    await call('POST', `/api/keys/${keyId}/restore`, undefined, ada.session)
  })
})

describe.each([false, true])('a good answer (streamed: %s)', (streamed) => {
  const named = {
    ...chunk,
    id: 'gen-VendorWord',
    model,
    provider: 'HiddenName',
    system_fingerprint: 'fp_VendorWord',
    usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4, cost_details: { VendorWord: 1 } },
  }
  const last = { ...named, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
  const whole = {
    ...completionBody,
    id: 'gen-VendorWord',
    choices: [{ ...completionBody.choices[0], native_finish_reason: 'VendorWord' }],
    model,
    provider: 'HiddenName',
    system_fingerprint: 'fp_VendorWord',
  }

  it.each(calls)('names nobody to a token at %s', async (path, body) => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
      streamed ? stream(named, last) : Response.json(whole),
    )
    const gemini = path.includes('v1beta')
    const asked =
      gemini && !streamed ? path.replace('streamGenerateContent?alt=sse', 'generateContent') : path
    const response = await send('POST', asked, {
      body: { ...body, ...(streamed && !gemini && { stream: true }) },
      as: ada.token,
    })
    expect(response.status).toBe(200)
    const text = `${JSON.stringify([...response.headers])} ${await response.text()}`
    for (const name of [provider, model, keyId, 'VendorWord', 'HiddenName']) expect(text).not.toContain(name)
    expect(text).toContain('lane')
    // The id is the hub's, and says which request it was.
    const requestId = response.headers.get('x-hub-request-id') ?? ''
    expect(text).toContain(requestId.replace('req_', ''))
  })
})

it('a person in a session of their own is told', async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
    Response.json({ error: { message: words, code: 'VendorWord' } }, { status: 422 }),
  )
  const response = await send('POST', '/api/chat', { body: { model: 'lane', messages }, as: ada.session })
  const text = await response.text()
  for (const name of [provider, model, keyId, 'VendorWord']) expect(text).toContain(name)
})

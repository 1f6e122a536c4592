/** The hub's own two small dialects, by plain fetch, to a provider of each dialect. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { breaking, providerDialects, saying } from './says.ts'
import { setStage, type Stage } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage?.stop())

const messages = [{ role: 'user', content: 'Hello' }]

function post(path: string, body: object): Promise<Response> {
  return fetch(`${stage.hub.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stage.token}` },
    body: JSON.stringify(body),
  })
}

describe('POST /api/chat', () => {
  it('answers from the sandbox', async () => {
    const response = await post('/api/chat', { provider: 'sandbox', model: 'echo', messages, maxTokens: 100 })
    expect(await response.json()).toMatchObject({
      provider: 'sandbox',
      model: 'echo',
      choices: [
        { index: 0, message: { role: 'assistant', content: expect.stringContaining('You said: Hello') } },
      ],
      usage: { totalTokens: expect.any(Number) },
    })
  })

  it('refuses a field that it does not know, by its name', async () => {
    const response = await post('/api/chat', { model: 'sandbox/echo', messages, max_tokens: 5 })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { code: 'VALIDATION_ERROR', message: expect.stringContaining('max_tokens') },
      hub: { code: 'VALIDATION_ERROR' },
    })
  })

  it.each([
    ['nonsense', 404, 'NOT_FOUND'],
    ['sandbox/429', 429, 'QUOTA_EXHAUSTED'],
    ['sandbox/500', 502, 'PROVIDER_ERROR'],
  ])('answers %s with %s and its own code', async (model, status, code) => {
    const response = await post('/api/chat', { model, messages })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { code }, hub: { code } })
    if (status === 429) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it.each(providerDialects)('answers from a provider that speaks %s, whole and streamed', async (dialect) => {
    const model = await stage.model(dialect)
    stage.provider.behave(saying(dialect, { thinking: 'Hm.', text: ['Good ', 'morning.'] }))
    const whole = await post('/api/chat', { model, messages, temperature: 0.5 })
    expect(await whole.json()).toMatchObject({
      provider: model.split('/')[0],
      model: 'fake-1',
      choices: [{ message: { role: 'assistant', content: 'Good morning.' }, finishReason: 'stop' }],
      usage: { promptTokens: 21, completionTokens: 9, totalTokens: 30 },
    })
    const streamed = await post('/api/chat', { model, messages, stream: true })
    expect(streamed.headers.get('content-type')).toContain('text/event-stream')
    const text = await streamed.text()
    expect(text).toContain('Good ')
    expect(text).toContain('"finishReason":"stop"')
    expect(text).not.toContain('error')
  })

  it.each(providerDialects)('says so where the stream of %s breaks', async (dialect) => {
    const model = await stage.model(dialect)
    stage.provider.behave(breaking(dialect, { text: ['Once ', 'upon '] }, 'cut'))
    const text = await (await post('/api/chat', { model, messages, stream: true })).text()
    expect(text).toContain('upon ')
    expect(text).toContain('PROVIDER_ERROR')
    expect(text).not.toContain('"finishReason":"stop"')
  })
})

describe('POST /gateway/query', () => {
  it('answers from the sandbox', async () => {
    const response = await post('/gateway/query', { provider: 'sandbox', prompt: 'Hello', model: 'echo' })
    expect(await response.json()).toEqual({
      cached: false,
      response: expect.stringContaining('You said: Hello'),
    })
  })

  it.each(providerDialects)('answers from a provider that speaks %s', async (dialect) => {
    const [provider, model] = (await stage.model(dialect)).split('/')
    stage.provider.behave(saying(dialect, { thinking: 'Hm.', text: ['Good ', 'morning.'] }))
    const response = await post('/gateway/query', { provider, model, prompt: 'Hello' })
    expect(await response.json()).toEqual({ cached: false, response: 'Good morning.' })
    expect(JSON.stringify(stage.provider.received[0]?.body)).toContain('Hello')
  })

  it('needs a provider and a prompt', async () => {
    const response = await post('/gateway/query', { prompt: 'Hello' })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'VALIDATION_ERROR' } })
  })
})

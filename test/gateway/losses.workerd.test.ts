/** What a provider cannot be told: who serves then, and what the client hears of it. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { JsonObject } from '../../src/chat/json.ts'
import { app } from '../../src/index.ts'
import { speakers } from '../fixtures/codex/answers.ts'
import { codexCalls, modelCalls, tools } from '../fixtures/codex/tools.ts'
import { call, completionBody, sentText, settleIn, type Settled } from '../hub.workerd.ts'

let ada: Settled
let sent: { url: string; body: JsonObject }[]

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content: [{ type: 'text', text: 'Hello.' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 10, output_tokens: 2 },
}

beforeAll(async () => {
  ada = await settleIn({ provider: 'groq', apiKey: 'gsk_losses0000000001' })
  await call('POST', '/api/keys', { provider: 'anthropic', apiKey: 'sk-ant-losses-000002' }, ada.session)
  await call('POST', '/api/keys', { provider: 'xai', apiKey: 'xai-losses-00000003' }, ada.session)
  const candidates = [{ provider: 'groq' }, { provider: 'anthropic' }]
  await call('PUT', '/api/routes/both', { order: 'listed', candidates }, ada.session)
}, 60_000)
beforeEach(() => {
  sent = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (given, init) => {
    const url = given instanceof Request ? given.url : String(given)
    const body: JsonObject = JSON.parse(sentText(init))
    sent.push({ url, body })
    if (url.includes('api.x.ai')) {
      const { 'openai-responses': xai } = speakers
      if (body.stream !== true) return Response.json(xai.whole(modelCalls))
      const text = xai.stream(modelCalls).map((event) => `data: ${JSON.stringify(event)}\n\n`)
      return new Response(text.join(''), { headers: { 'content-type': 'text/event-stream' } })
    }
    return Response.json(url.includes('anthropic') ? message : completionBody)
  })
})
afterEach(() => vi.restoreAllMocks())

async function ask(path: string, body: object): Promise<{ status: number; text: string; headers: Headers }> {
  const context = createExecutionContext()
  const request = new Request(`http://localhost${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}` },
    body: JSON.stringify(body),
  })
  const response = await app.fetch(request, env, context)
  const text = await response.text()
  await waitOnExecutionContext(context)
  return { status: response.status, text, headers: response.headers }
}

const messages = (content: unknown, more: object = {}) => ({
  max_tokens: 100,
  messages: [{ role: 'user', content }],
  ...more,
})
const search = {
  tools: [{ type: 'web_search_20250305', name: 'web_search' }],
  tool_choice: { type: 'tool', name: 'web_search' },
}

describe('a request that depends on what one dialect can say', () => {
  it('goes to the candidate that can be told', async () => {
    const { status, headers } = await ask('/v1/messages', { model: 'both', ...messages('Hi', search) })
    expect(status).toBe(200)
    expect(sent.map(({ url }) => new URL(url).hostname)).toEqual(['api.anthropic.com'])
    expect(sent[0]?.body).toMatchObject(search)
    expect(headers.get('x-hub-dropped')).toBeNull()
  })

  it('keeps the order of its route where nothing would be lost', async () => {
    await ask('/v1/messages', { model: 'both', ...messages('Hi') })
    expect(sent.map(({ url }) => new URL(url).hostname)).toEqual(['api.groq.com'])
  })

  it('is served with what is lost named, where no candidate can be told', async () => {
    const parts = [{ type: 'text', text: 'see' }, { type: 'hologram' }]
    const { headers } = await ask('/v1/messages', { model: 'groq', ...messages(parts, search) })
    expect(headers.get('x-hub-dropped')).toBe('tools[0], tool_choice, messages[0].content[1]')
  })

  it('names no more than a header holds, in letters that it may have', async () => {
    const parts = Array.from({ length: 500 }, () => ({ type: 'hologram' }))
    const body = messages([{ type: 'text', text: 'see' }, ...parts], { 'é\r\nx: y': 1 })
    const { headers } = await ask('/v1/messages', { model: 'groq', ...body })
    const dropped = headers.get('x-hub-dropped') ?? ''
    expect(dropped.length).toBeLessThanOrEqual(1_003)
    expect(dropped).toMatch(/^[ -~]+$/)
    expect(headers.get('x')).toBeNull()
  })
})

describe('Codex at a provider of its dialect that knows functions alone', () => {
  const body = { model: 'xai', input: 'Work.', tools }
  const bare = (items: JsonObject[]) => items.map(({ id: _id, ...item }) => item)

  it('has its tools flattened and its calls given back, whole', async () => {
    const { text } = await ask('/v1/responses', body)
    expect(JSON.stringify(sent[0]?.body.tools)).not.toMatch(/"type":"(?!function|object|string|number|array)/)
    expect(bare((JSON.parse(text) as { output: JsonObject[] }).output)).toEqual(codexCalls)
  })

  it('has its calls given back, streamed', async () => {
    const { text } = await ask('/v1/responses', { ...body, stream: true })
    const last = text.trim().split('\n').at(-1)?.replace('data: ', '') ?? ''
    const { response } = JSON.parse(last) as { response: { output: JsonObject[] } }
    expect(bare(response.output)).toEqual(codexCalls)
    expect(text).toContain('event: response.custom_tool_call_input.delta')
  })

  it('is relayed as it came where it has functions alone', async () => {
    const plain = tools.filter(({ type }) => type === 'function')
    const { text } = await ask('/v1/responses', { ...body, tools: plain })
    expect(sent[0]?.body).toMatchObject({ input: 'Work.', tools: plain })
    expect(JSON.parse(text)).toEqual(speakers['openai-responses'].whole(modelCalls))
  })
})

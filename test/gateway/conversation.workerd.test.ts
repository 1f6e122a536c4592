/** Going on from an earlier answer by its id, on whatever provider serves next. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { JsonObject } from '../../src/chat/json.ts'
import { app } from '../../src/index.ts'
import { call, completionBody, sentText, settleIn, type Settled } from '../hub.workerd.ts'

let ada: Settled
let bob: Settled
let answers = 0

beforeAll(async () => {
  ada = await settleIn({ provider: 'groq', apiKey: 'gsk_conversation_0001' })
  await call('POST', '/api/keys', { provider: 'mistral', apiKey: 'conversation-0002' }, ada.session)
  bob = await settleIn({ provider: 'groq', apiKey: 'gsk_conversation_0003' }, 'bob')
})
afterEach(() => vi.restoreAllMocks())

/**
 * Asks as somebody; answers with the response and what the provider was sent. It says hello unless
 * told.
 */
async function ask(
  who: Settled,
  body: JsonObject,
  answer?: JsonObject,
): Promise<{ status: number; text: string; sent: JsonObject | undefined }> {
  let sent: JsonObject | undefined
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    sent = JSON.parse(sentText(init))
    return Response.json(answer ?? { ...completionBody, id: `chatcmpl-${++answers}` })
  })
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/responses', {
    method: 'POST',
    headers: { authorization: `Bearer ${who.token}` },
    body: JSON.stringify(body),
  })
  const response = await app.fetch(request, env, context)
  const text = await response.text()
  await waitOnExecutionContext(context)
  return { status: response.status, text, sent }
}

const idOf = (text: string): string => JSON.parse(text).id

describe('an answer of the Responses dialect', () => {
  it('can be gone on from at another provider, over several turns', async () => {
    const first = await ask(ada, { model: 'groq/m', input: 'One' })
    const second = await ask(ada, {
      model: 'mistral/m',
      input: 'Two',
      previous_response_id: idOf(first.text),
    })
    const third = await ask(ada, { model: 'groq/m', input: 'Three', previous_response_id: idOf(second.text) })
    expect(third.sent?.messages).toMatchObject([
      { role: 'user', content: 'One' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'Two' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'Three' },
    ])
  })

  it('can be gone on from when it was streamed', async () => {
    const first = await ask(ada, { model: 'groq/m', input: 'One', stream: true })
    const [, id = ''] = /"id":"(resp_[^"]+)"/.exec(first.text) ?? []
    const second = await ask(ada, { model: 'mistral/m', input: 'Two', previous_response_id: id })
    expect(second.sent?.messages).toHaveLength(3)
  })

  // https://api-docs.deepseek.com/guides/responses_api: DeepSeek keeps no answers.
  it.each([
    ['openai', true],
    ['deepseek', false],
  ])('is referred to at %s by its id only where it is kept there', async (provider, keeps) => {
    const said = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Heron.' }] }
    const kept = { id: `resp_${provider}`, status: 'completed', model: 'm', output: [said] }
    await call('POST', '/api/keys', { provider, apiKey: `sk-${provider}-0123456789` }, ada.session)
    const model = `${provider}/m`
    const first = await ask(ada, { model, input: 'One' }, kept)
    const second = await ask(ada, { model, input: 'Two', previous_response_id: idOf(first.text) }, kept)
    if (keeps) expect(second.sent).toMatchObject({ previous_response_id: kept.id, input: 'Two' })
    else {
      expect(second.sent).not.toHaveProperty('previous_response_id')
      expect(JSON.stringify(second.sent?.input)).toMatch(/One.*Heron.*Two/)
    }
  })

  it('can have its items referred to one by one', async () => {
    const first = await ask(ada, { model: 'groq/m', input: 'One' })
    const [item] = JSON.parse(first.text).output
    const input = [
      { role: 'user', content: 'One' },
      { type: 'item_reference', id: item.id },
      { role: 'user', content: 'Two' },
    ]
    const second = await ask(ada, { model: 'mistral/m', input })
    expect(second.sent?.messages).toMatchObject([
      { content: 'One' },
      { role: 'assistant', content: 'Hello.' },
      { content: 'Two' },
    ])
    const unknown = await ask(ada, {
      model: 'mistral/m',
      input: [{ type: 'item_reference', id: 'msg_elsewhere' }],
    })
    expect(unknown.status).toBe(400)
  })

  it('is kept sealed, and not at all where the client asks for that', async () => {
    await ask(ada, { model: 'groq/m', input: 'A very particular question' })
    const { results } = await env.DB.prepare('SELECT items FROM kept_responses').all<{ items: string }>()
    expect(results.length).toBeGreaterThan(0)
    expect(JSON.stringify(results)).not.toContain('particular')
    const count = results.length
    await ask(ada, { model: 'groq/m', input: 'One', store: false })
    expect((await env.DB.prepare('SELECT id FROM kept_responses').all()).results).toHaveLength(count)
  })

  it('is nobody else’s, and one that is not kept is refused with the reason', async () => {
    const first = await ask(ada, { model: 'groq/m', input: 'One' })
    const stolen = await ask(bob, { model: 'groq/m', input: 'Two', previous_response_id: idOf(first.text) })
    expect(stolen.status).toBe(400)
    expect(stolen.sent).toBeUndefined()
    expect(stolen.text).toContain('previous_response_id is kept at another provider')
  })
})

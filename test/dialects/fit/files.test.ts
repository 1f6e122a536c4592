import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import { catalog } from '../../../src/providers/catalog.ts'
import type { Provider } from '../../../src/providers/provider.ts'
import { clientDialects, receivers, send, sendAsk } from './clients.ts'

/** Models that are known to see no image. */
const blind = receivers.flatMap(([id, provider]) =>
  Object.entries(provider.models)
    .filter(([, { input }]) => input && !input.includes('image'))
    .map(([model]) => [id, model, provider] as const),
)

const image = 'data:image/png;base64,AAAA'

describe.each(blind)('%s/%s', (id, model, provider) => {
  it.each(clientDialects)('is told in words of an image that a tool returned to a %s client', (client) => {
    const call = { id: 'call_1', name: 'f', image: true as const }
    if (client === 'openai-chat' || client === 'gemini') return
    const { body, dropped } = sendAsk(client, { call }, [id, provider], { model })
    const text = JSON.stringify(body)
    expect(text).toContain('[An image was here. You cannot be shown it.]')
    expect(text).not.toMatch(/base64|image_url|input_image/)
    expect(dropped).toContain('image')
  })

  it('is told of an image in an earlier turn of a Chat client', () => {
    const messages = [
      { role: 'user', content: [{ type: 'image_url', image_url: { url: image } }] },
      { role: 'assistant', content: 'A dot.' },
      { role: 'user', content: 'Thanks.' },
    ]
    const { body, dropped } = send('openai-chat', { messages }, [id, provider], { model })
    expect(JSON.stringify(body)).toContain('[An image was here. You cannot be shown it.]')
    expect(JSON.stringify(body)).not.toContain('AAAA')
    expect(dropped).toContain('image')
  })
})

it('shows a model the images that it can see', () => {
  const call = { id: 'call_1', name: 'f', image: true as const }
  const { body, dropped } = sendAsk('anthropic', { call }, ['openai', catalog.openai])
  expect(JSON.stringify(body)).toContain('image_url')
  expect(dropped).not.toContain('image')
})

describe('messages of the role system amid a conversation', () => {
  const row: [string, Provider] = ['anthropic', catalog.anthropic]
  const messages = [
    { role: 'user', content: 'a' },
    { role: 'system', content: 'one' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] },
    { role: 'system', content: [{ type: 'text', text: 'two' }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'x' }] },
  ]
  const body = { max_tokens: 9, messages } as unknown as JsonObject

  it.each(['claude-haiku-4-5', 'claude-sonnet-4-5', 'claude-sonnet-4-6'])(
    'are the user’s at %s, to which a route led',
    (model) => {
      expect(send('anthropic', body, row, { model, asked: 'claude-opus-5-5' }).body.messages).toEqual([
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: '<system>one</system>' },
          ],
        },
        messages[2],
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't', content: 'x' },
            { type: 'text', text: '<system>two</system>' },
          ],
        },
      ])
    },
  )

  it.each([
    ['claude-opus-4-8', 'a-route'],
    ['claude-sonnet-5', 'a-route'],
    ['claude-haiku-4-5', 'anthropic/claude-haiku-4-5'],
  ])('stay where they are at %s, asked for as %s', (model, asked) => {
    expect(send('anthropic', body, row, { model, asked }).body.messages).toBe(messages)
  })

  it('end with a turn of the user where the last is one of them', () => {
    const last = {
      max_tokens: 9,
      messages: [...messages.slice(0, 1), { role: 'assistant', content: 'b' }, messages[1]],
    }
    const sent = send('anthropic', last as unknown as JsonObject, row, {
      model: 'claude-haiku-4-5',
      asked: 'r',
    })
    expect(sent.body.messages).toEqual([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: [{ type: 'text', text: '<system>one</system>' }] },
    ])
  })
})

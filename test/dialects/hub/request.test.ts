import { describe, expect, it } from 'vitest'
import { hubChatInbound, hubQueryInbound } from '../../../src/dialects/hub/inbound.ts'

const hello = { role: 'user', content: 'Hello' }
const readHello = { role: 'user', content: [{ type: 'text', text: 'Hello' }] }

function chat(fields: object) {
  return hubChatInbound.parseRequest({ messages: [hello], ...fields })
}

function query(fields: object) {
  return hubQueryInbound.parseRequest({ provider: 'groq', prompt: 'Hello', ...fields })
}

describe('a request to /api/chat', () => {
  it('needs messages and nothing else', () => {
    expect(chat({})).toEqual({
      model: '',
      messages: [readHello],
      tools: [],
      sampling: {},
      stream: false,
      streamUsage: true,
      origin: { dialect: 'hub-chat', body: { messages: [hello] } },
    })
  })

  it('says every setting', () => {
    const fields = {
      temperature: 0,
      topP: 0.5,
      maxTokens: 9,
      stream: true,
      allowedProviders: ['groq', 'mistral'],
      allowedPriorities: [1, 2],
      hub: { timeout: 5 },
    }
    expect(chat(fields)).toMatchObject({
      sampling: { temperature: 0, topP: 0.5 },
      maxOutputTokens: 9,
      stream: true,
      streamUsage: true,
      allowedProviders: ['groq', 'mistral'],
      allowedPriorities: [1, 2],
    })
  })

  it.each([
    [{}, ''],
    [{ model: 'smart' }, 'smart'],
    [{ provider: 'auto' }, ''],
    [{ provider: 'auto', model: 'smart' }, 'smart'],
    [{ provider: 'groq' }, 'groq'],
    [{ provider: 'openrouter', model: 'openrouter/auto' }, 'openrouter/openrouter/auto'],
  ])('with %j asks for the model "%s"', (fields, model) => {
    expect(chat(fields).model).toBe(model)
  })

  it('has messages of three roles, with text, and images where the user shows them', () => {
    const messages = [
      { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: '' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
          { type: 'image_url', image_url: { url: 'https://x.example/a.png', detail: 'low' } },
        ],
      },
      { role: 'assistant', content: 'A cat.' },
      { role: 'assistant', content: '' },
    ]
    const source = { type: 'base64', data: 'iVBO' }
    const address = { type: 'url', url: 'https://x.example/a.png' }
    expect(chat({ messages }).messages).toEqual([
      { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
      {
        role: 'user',
        content: [
          { type: 'file', kind: 'image', mediaType: 'image/png', source },
          { type: 'file', kind: 'image', detail: 'low', source: address },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'A cat.' }] },
      { role: 'assistant', content: [] },
    ])
  })

  it.each([
    [{ max_tokens: 9 }, 'max_tokens'],
    [{ messages: [{ ...hello, name: 'x' }] }, 'messages[0].name'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [hello, { role: 'user', content: [{ type: 'file' }] }] }, 'messages[1].content[0].type'],
    [{ messages: [{ role: 'assistant', content: [{ type: 'image_url' }] }] }, 'messages[0].content[0].type'],
    [{ messages: [] }, 'messages'],
    [{ messages: undefined }, 'messages'],
    [{ temperature: 3 }, 'temperature'],
    [{ temperature: null }, 'temperature'],
    [{ maxTokens: 1.5 }, 'maxTokens'],
    [{ stream: 'true' }, 'stream'],
    [{ allowedProviders: [] }, 'allowedProviders'],
    [{ allowedPriorities: [0] }, 'allowedPriorities[0]'],
    [{ hub: [] }, 'hub'],
  ])('with %j is refused by the name of the field', (fields, param) => {
    expect(() => chat(fields)).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR', param }))
  })

  it.each([[undefined], ['text'], [[hello]]])('that is %j is refused', (body) => {
    expect(() => hubChatInbound.parseRequest(body)).toThrow(
      expect.objectContaining({ code: 'VALIDATION_ERROR' }),
    )
  })
})

describe('a request to /gateway/query', () => {
  it('is one message to a provider', () => {
    expect(query({})).toEqual({
      model: 'groq',
      messages: [readHello],
      tools: [],
      sampling: {},
      stream: false,
      streamUsage: false,
      origin: { dialect: 'hub-query', body: { provider: 'groq', prompt: 'Hello' } },
    })
  })

  it.each([
    [{ model: 'llama' }, 'groq/llama'],
    [{ provider: 'auto' }, ''],
    [{ provider: 'auto', model: 'smart' }, 'smart'],
  ])('with %j asks for the model "%s"', (fields, model) => {
    expect(query(fields).model).toBe(model)
  })

  it.each([
    [{ stream: true }, 'stream'],
    [{ prompt: '' }, 'prompt'],
    [{ provider: undefined }, 'provider'],
  ])('with %j is refused by the name of the field', (fields, param) => {
    expect(() => query(fields)).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR', param }))
  })
})

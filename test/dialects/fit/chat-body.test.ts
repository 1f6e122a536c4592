import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import { listIn, objectIn, textIn } from '../../../src/dialects/json-read.ts'
import { catalog } from '../../../src/providers/catalog.ts'
import type { Provider } from '../../../src/providers/provider.ts'
import { clientDialects, customProvider, everyMember, receivers, send, sendAsk } from './clients.ts'

/** The rows that are called over Chat. */
const chatRows = receivers.filter(([, { dialects }]) => dialects['openai-chat'])
const custom: [string, Provider] = ['c', customProvider('openai-chat')]

const messagesOf = ({ body }: { body: JsonObject }): JsonObject[] =>
  listIn(body.messages).map((message) => objectIn(message) ?? {})
const rolesOf = (sent: { body: JsonObject }): string[] =>
  messagesOf(sent).map(({ role }) => textIn(role) ?? '')

/** A history as OpenAI's SDKs hand it back. */
const handedBack = {
  messages: [
    { role: 'user', content: 'hi' },
    {
      role: 'assistant',
      content: null,
      refusal: null,
      annotations: [],
      audio: null,
      function_call: null,
      tool_calls: [{ id: 'abcdefghi', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'abcdefghi', content: 'x' },
    { role: 'assistant', content: 'Hm.', refusal: null, tool_calls: [] },
    { role: 'user', content: 'go on' },
  ],
}
const mark = { type: 'ephemeral' }
const marked = {
  messages: [
    { role: 'system', content: [{ type: 'text', text: 'be kind', cache_control: mark }] },
    { role: 'user', content: 'hi', cache_control: mark },
  ],
  tools: [
    {
      type: 'function',
      function: { name: 'f', parameters: { type: 'object', properties: {} } },
      cache_control: mark,
    },
  ],
}

describe.each(chatRows)('%s', (id, provider) => {
  const row: [string, Provider] = [id, provider]
  const isCustom = id.startsWith('custom')
  const quirks = provider.quirks?.['openai-chat']

  it('is not handed empty members of an answer, by a route', () => {
    const sent = send('openai-chat', handedBack, row, { asked: 'a-route' })
    if (sent.dialect !== 'openai-chat') return
    const names = new Set(messagesOf(sent).flatMap((message) => Object.keys(message)))
    for (const empty of ['refusal', 'annotations', 'audio', 'function_call'])
      expect(names.has(empty), empty).toBe(quirks?.emptyMembers ?? false)
    expect(messagesOf(sent)[1]).toHaveProperty('content', null)
    expect(sent.dropped).toEqual([])
  })

  it('is not handed them by name either, unless nothing is known of it', () => {
    const sent = send('openai-chat', handedBack, row)
    if (sent.dialect !== 'openai-chat') return
    expect('refusal' in (messagesOf(sent)[1] ?? {})).toBe(isCustom || (quirks?.emptyMembers ?? false))
  })

  it('is given marks for a cache only where it takes them', () => {
    const sent = send('openai-chat', marked, row, { asked: 'claude-sonnet-5' })
    if (sent.dialect !== 'openai-chat') return
    const takes = quirks?.takes?.includes('cache_control') ?? false
    expect(everyMember(sent.body, 'cache_control')).toHaveLength(takes ? 3 : 0)
    expect(sent.dropped.includes('cache_control')).toBe(!takes)
  })

  it.each(clientDialects)('is spoken to by a tool and then by the user, for %s clients', (client) => {
    const ask = { call: { id: 'abcdefghi', name: 'f', beside: 'Never mind.' } }
    const sent = sendAsk(client, ask, row)
    if (sent.dialect !== 'openai-chat') return
    const roles = rolesOf(sent).join(' ')
    const separated = quirks?.noUserAfterTool ?? (isCustom && client !== 'openai-chat')
    expect(roles).toBe(separated ? 'user assistant tool assistant user' : 'user assistant tool user')
  })

  it.each(['anthropic', 'openai-responses'] as const)('has one leading system message, for %s', (client) => {
    const sent = sendAsk(client, { later: 'reminder' }, row)
    if (sent.dialect !== 'openai-chat') return
    expect(rolesOf(sent)).toEqual(quirks?.systemAnywhere ? ['user', 'system'] : ['user', 'user'])
    expect(JSON.stringify(sent.body)).toContain('reminder')
  })
})

describe('Mistral', () => {
  const mistral: [string, Provider] = ['mistral', catalog.mistral]

  it.each(['anthropic', 'openai-responses'] as const)(
    'is shown an image that a tool returned to a %s client after a word of the assistant',
    (client) => {
      const sent = sendAsk(client, { call: { id: 'abcdefghi', name: 'f', image: true } }, mistral)
      expect(rolesOf(sent)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user'])
    },
  )

  it('hears a system message after a tool as the user’s', () => {
    const body = {
      max_tokens: 9,
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'x' }] },
        { role: 'system', content: 'reminder' },
      ],
    }
    const sent = send('anthropic', body, mistral)
    expect(rolesOf(sent)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user'])
    expect(messagesOf(sent).at(-1)).toEqual({ role: 'user', content: '<system>reminder</system>' })
  })
})

it('joins several leading instructions where one must lead', () => {
  const body = {
    max_tokens: 9,
    system: 'top',
    messages: [
      { role: 'system', content: 'more' },
      { role: 'user', content: 'a' },
      { role: 'system', content: 'reminder' },
      { role: 'user', content: 'c' },
    ],
  }
  expect(messagesOf(send('anthropic', body, custom))).toEqual([
    { role: 'system', content: 'top\n\nmore' },
    { role: 'user', content: 'a' },
    { role: 'user', content: '<system>reminder</system>' },
    { role: 'user', content: 'c' },
  ])
  expect(rolesOf(send('anthropic', body, ['openrouter', catalog.openrouter]))).toContain('system')
})

describe('DeepSeek', () => {
  const deepseek: [string, Provider] = ['deepseek', catalog.deepseek]
  const call = { id: 'c1', name: 'f' }

  it.each(['openai-chat', 'openai-responses', 'gemini'] as const)(
    'gets reasoning with every call, from %s clients that kept none',
    (client) => {
      const sent = sendAsk(client, { call }, deepseek)
      if (sent.dialect !== 'openai-chat') return
      expect(messagesOf(sent)[1]).toMatchObject({ role: 'assistant', reasoning_content: '' })
    },
  )

  it('gets the reasoning that there is', () => {
    const [said, called, result] = handedBack.messages
    const body = { messages: [said, { ...called, reasoning_content: 'why' }, result] as Json[] }
    expect(messagesOf(send('openai-chat', body, deepseek))[1]).toHaveProperty('reasoning_content', 'why')
  })

  it('is known by the name of its model at a custom provider', () => {
    const sent = sendAsk('gemini', { call }, custom, { model: 'deepseek-v4-flash' })
    expect(messagesOf(sent)[1]).toHaveProperty('reasoning_content', '')
    expect(messagesOf(sendAsk('gemini', { call }, custom))[1]).not.toHaveProperty('reasoning_content')
  })
})

describe('Gemini 3 behind a compatible endpoint', () => {
  const signatures = (body: JsonObject) => everyMember(body, 'thought_signature')
  const call = { id: 'c1', name: 'f' }

  it.each(clientDialects)('is given a stand-in for a signature that a %s client dropped', (client) => {
    const sent = sendAsk(client, { call }, custom, { model: 'gemini-3.5-flash' })
    expect(signatures(sent.body)).toEqual(['skip_thought_signature_validator'])
  })

  it('is given the signature that there is, and none for turns that are over', () => {
    const signed = structuredClone(handedBack) as unknown as { messages: JsonObject[] }
    expect(signatures(send('openai-chat', signed, custom, { model: 'gemini-3.5-flash' }).body)).toEqual([])
    const calls = listIn(signed.messages[1]?.tool_calls)
    Object.assign(calls[0] ?? {}, { extra_content: { google: { thought_signature: 's1' } } })
    const open = { messages: signed.messages.slice(0, 3) }
    expect(signatures(send('openai-chat', open, custom, { model: 'gemini-3.5-flash' }).body)).toEqual(['s1'])
  })

  it('is told from its older models and from others', () => {
    for (const model of ['gemini-2.5-flash', 'gpt-x'])
      expect(signatures(sendAsk('anthropic', { call }, custom, { model }).body)).toEqual([])
  })
})

it('sends a small body on as the object it is', () => {
  const body = { model: 'x', messages: [{ role: 'user', content: 'hi' }] }
  const sent = send('openai-chat', body, custom, { asked: 'a-route' })
  expect(listIn(sent.body.messages)[0]).toBe(body.messages[0])
})

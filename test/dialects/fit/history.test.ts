import { describe, expect, it } from 'vitest'
import { catalog } from '../../../src/providers/catalog.ts'
import type { Provider } from '../../../src/providers/provider.ts'
import { clientDialects, customProvider, everyMember, receivers, send, sendAsk } from './clients.ts'

describe.each(receivers)('%s', (id, provider) => {
  it.each(clientDialects)('gets no longer ids of calls than it takes, from %s clients', (client) => {
    for (const length of [41, 65, 300]) {
      const call = { id: `call_${'x'.repeat(length - 5)}`, name: 'f' }
      const { dialect, body } = sendAsk(client, { call }, [id, provider])
      if (dialect === client || (dialect !== 'openai-chat' && dialect !== 'openai-responses')) continue
      const most = dialect === 'openai-chat' ? 40 : 64
      const [made] =
        dialect === 'openai-chat'
          ? everyMember(everyMember(body, 'tool_calls'), 'id')
          : everyMember(body, 'call_id')
      const [answered] =
        dialect === 'openai-chat' ? everyMember(body, 'tool_call_id') : everyMember(body, 'call_id').slice(1)
      expect(typeof made === 'string' ? made.length : Infinity).toBeLessThanOrEqual(most)
      expect(answered).toBe(made)
      if (length <= most) expect(made).toBe(call.id)
    }
  })
})

describe('a history that ends with what the assistant said', () => {
  const input = [
    { role: 'user', content: 'hi' },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'The half of' }] },
  ]
  const rolesTo = (receiver: [string, Provider], model: string): unknown[] =>
    everyMember(send('openai-responses', { input }, receiver, { model }).body, 'role')

  it.each<[string, Provider, string]>([
    ['anthropic', catalog.anthropic, 'claude-sonnet-5'],
    ['anthropic', catalog.anthropic, 'claude-sonnet-4-6'],
    ['mistral', catalog.mistral, 'mistral-small-latest'],
  ])('is closed by the user at %s', (id, provider, model) => {
    expect(rolesTo([id, provider], model)).toEqual(['user', 'assistant', 'user'])
  })

  it('is left to models that go on with it', () => {
    expect(rolesTo(['anthropic', catalog.anthropic], 'claude-haiku-4-5')).toEqual(['user', 'assistant'])
    const own = {
      max_tokens: 9,
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'a' },
      ],
    }
    const sent = send('anthropic', own, ['anthropic', catalog.anthropic], { model: 'claude-sonnet-5' })
    expect(everyMember(sent.body, 'role')).toEqual(['user', 'assistant'])
  })
})

describe('a history that opens with a call', () => {
  const opened = {
    max_tokens: 9,
    messages: [
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'x' }] },
    ],
  }
  it('has a turn of the user before it at Gemini', () => {
    for (const receiver of [
      ['gemini', catalog.gemini],
      ['c', customProvider('gemini')],
    ] satisfies [string, Provider][]) {
      expect(everyMember(send('anthropic', opened, receiver).body, 'role')).toEqual(['user', 'model', 'user'])
    }
  })
})

describe('Anthropic’s cache', () => {
  const anthropic: [string, Provider] = ['anthropic', catalog.anthropic]
  const mark = { type: 'ephemeral', ttl: '1h' }
  const text = (said: string) => ({ type: 'text', text: said, cache_control: mark })

  it.each(clientDialects)('is asked for where a %s client has tools', (client) => {
    const { dialect, body } = sendAsk(client, { tool: { name: 'f' } }, anthropic)
    expect(body.cache_control).toEqual(dialect === client ? undefined : { type: 'ephemeral' })
    expect(sendAsk(client, {}, anthropic).body.cache_control).toBeUndefined()
  })

  it('is asked for where a client has a key for a cache', () => {
    const body = { input: 'hi', prompt_cache_key: 'session' }
    expect(send('openai-responses', body, anthropic).body.cache_control).toEqual({ type: 'ephemeral' })
  })

  it('is not asked for at the top where nothing is known of the provider', () => {
    const custom: [string, Provider] = ['c', customProvider('anthropic')]
    expect(sendAsk('openai-chat', { tool: { name: 'f' } }, custom).body.cache_control).toBeUndefined()
  })

  it('is marked where a Chat client marked it', () => {
    const body = {
      messages: [
        { role: 'system', content: [text('be kind')] },
        { role: 'user', content: 'one', cache_control: mark },
        { role: 'assistant', content: 'two' },
        { role: 'user', content: [{ type: 'text', text: 'three' }, text('four')] },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'f', parameters: { type: 'object', properties: {} } },
          cache_control: mark,
        },
      ],
    }
    const sent = send('openai-chat', body, anthropic).body
    expect(sent.system).toEqual([{ type: 'text', text: 'be kind', cache_control: mark }])
    expect(sent.tools).toMatchObject([{ name: 'f', cache_control: mark }])
    expect(sent.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'one', cache_control: mark }] },
      { role: 'assistant', content: [{ type: 'text', text: 'two' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'three' },
          { type: 'text', text: 'four', cache_control: mark },
        ],
      },
    ])
    expect(sent.cache_control).toBeUndefined()
  })

  it('is marked four times at most', () => {
    const messages = [1, 2, 3, 4, 5, 6].map((count) => ({ role: 'user', content: [text(`say ${count}`)] }))
    const { body } = send('openai-chat', { messages }, anthropic)
    expect(everyMember(body, 'cache_control')).toHaveLength(4)
    expect(JSON.stringify(body)).toMatch(/say 1","cache_control.*say 2"\}.*say 6","cache_control/)
  })
})

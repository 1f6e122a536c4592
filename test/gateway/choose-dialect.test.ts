import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/chat/json.ts'
import { inbound, spokenDialects } from '../../src/dialects/index.ts'
import { chooseDialect, featuresOf } from '../../src/gateway/choose-dialect.ts'
import { catalog } from '../../src/providers/catalog.ts'
import type { Provider } from '../../src/providers/provider.ts'

/** The dialect in which a row is called for this body. */
function chosen(provider: Provider, clientDialect: DialectId, body: JsonObject, model?: string) {
  const request = inbound[clientDialect]?.parseRequest({ model: 'm', ...body })
  if (!request) throw new Error(`No client speaks ${clientDialect}.`)
  return chooseDialect(provider, {
    clientDialect,
    spoken: spokenDialects,
    features: featuresOf(request),
    model,
  })
}

const said = [{ role: 'user', content: 'hi' }]
const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }
const anthropicTool = { name: 'f', input_schema: { type: 'object' } }
const pdf = { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } }

describe('OpenAI', () => {
  it.each([
    ['anthropic', { messages: said, max_tokens: 9 }],
    ['anthropic', { messages: said, max_tokens: 9, tools: [anthropicTool], thinking: { type: 'adaptive' } }],
    ['gemini', { contents: [{ parts: [{ text: 'hi' }] }] }],
    ['hub-query', { provider: 'openai', prompt: 'hi' }],
  ] as const)('is called over Responses for %s clients', (dialect, body) => {
    expect(chosen(catalog.openai, dialect, structuredClone(body) as unknown as JsonObject)).toBe(
      'openai-responses',
    )
  })

  it.each([
    ['gpt-5.4-mini', 'openai-responses'],
    ['gpt-5.4', 'openai-responses'],
    ['gpt-5.5', 'openai-responses'],
    ['gpt-6.2-sol', 'openai-responses'],
    ['gpt-5.2', 'openai-chat'],
    ['gpt-4.1', 'openai-chat'],
    ['o3', 'openai-chat'],
    [undefined, 'openai-responses'],
  ])('is called for Chat clients that send tools with an effort to %s over %s', (model, dialect) => {
    const body = { messages: said, tools: [tool], reasoning_effort: 'high' }
    expect(chosen(catalog.openai, 'openai-chat', body, model)).toBe(dialect)
  })

  it.each([
    ['tools without an effort', { tools: [tool] }],
    ['tools with the effort none', { tools: [tool], reasoning_effort: 'none' }],
    ['an effort without tools', { reasoning_effort: 'high' }],
    ['neither', {}],
  ])('is relayed to for Chat clients that send %s', (_, body) => {
    expect(chosen(catalog.openai, 'openai-chat', { messages: said, ...body }, 'gpt-5.4')).toBe('openai-chat')
  })

  it('is called over Responses from 5.6 on wherever there are tools', () => {
    expect(chosen(catalog.openai, 'openai-chat', { messages: said, tools: [tool] }, 'gpt-5.6')).toBe(
      'openai-responses',
    )
  })

  it('is called over Chat where only Chat can say it', () => {
    const audio = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }
    const hub = { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] }
    const stops = { contents: [{ parts: [{ text: 'hi' }] }], generationConfig: { stopSequences: ['.'] } }
    const several = { contents: [{ parts: [{ text: 'hi' }] }], generationConfig: { candidateCount: 2 } }
    const body = { messages: [{ role: 'user', content: [audio] }], tools: [tool], reasoning_effort: 'high' }
    expect(chosen(catalog.openai, 'hub-chat', hub)).toBe('openai-responses')
    expect(chosen(catalog.openai, 'gemini', stops, 'gpt-4.1')).toBe('openai-chat')
    expect(chosen(catalog.openai, 'gemini', stops, 'gpt-5.4')).toBe('openai-responses')
    expect(chosen(catalog.openai, 'gemini', several)).toBe('openai-chat')
    // Neither of the two can do it: then the client's own stays.
    expect(chosen(catalog.openai, 'openai-chat', body, 'gpt-5.4')).toBe('openai-chat')
  })
})

describe('Gemini', () => {
  const calls = [
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'c', content: 'x' },
  ]
  it.each([
    ['tools', { messages: said, tools: [tool] }],
    ['calls in the history', { messages: [...said, ...calls] }],
    ['a PDF', { messages: [{ role: 'user', content: [pdf] }] }],
  ])('is called in its own dialect for Chat clients with %s', (_, body) => {
    expect(chosen(catalog.gemini, 'openai-chat', body)).toBe('gemini')
  })

  it('is relayed to for Chat clients that say text', () => {
    expect(chosen(catalog.gemini, 'openai-chat', { messages: said })).toBe('openai-chat')
  })
})

it('leaves clients their own dialect at rows that lack nothing in it', () => {
  const body = { messages: said, tools: [tool], reasoning_effort: 'high' }
  for (const [id, provider] of Object.entries<Provider>(catalog)) {
    if (!provider.dialects['openai-chat'] || id === 'openai' || id === 'gemini') continue
    expect(chosen(provider, 'openai-chat', body), id).toBe('openai-chat')
  }
})

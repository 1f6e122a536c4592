import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import { anthropicInbound } from '../../../src/dialects/anthropic/inbound.ts'

const hello = { role: 'user', content: 'Hello' }
const said = { role: 'user', content: [{ type: 'text', text: 'Hello' }] }

function parse(fields: JsonObject) {
  return anthropicInbound.parseRequest({ model: 'm', max_tokens: 100, messages: [hello], ...fields })
}

/** The first thing wrong with a request of these messages. */
function problem(fields: JsonObject): unknown {
  try {
    return parse(fields)
  } catch (error) {
    return error
  }
}

describe('a request', () => {
  it('is read with its limits, and keeps its body', () => {
    const body = {
      model: 'smart',
      max_tokens: 100,
      messages: [hello],
      temperature: 0.5,
      top_p: 0.9,
      top_k: 4,
      stop_sequences: ['END'],
      metadata: { user_id: 'u-1' },
      stream: true,
      speed: 'fast',
    }
    expect(anthropicInbound.parseRequest(body)).toEqual({
      model: 'smart',
      messages: [said],
      tools: [],
      sampling: { temperature: 0.5, topP: 0.9, topK: 4 },
      stop: ['END'],
      maxOutputTokens: 100,
      user: 'u-1',
      stream: true,
      streamUsage: true,
      losses: [{ path: 'speed' }],
      origin: { dialect: 'anthropic', body },
    })
  })

  it('may leave the model to the hub', () => {
    expect(anthropicInbound.parseRequest({ max_tokens: 1, messages: [hello] }).model).toBe('')
  })

  it('always has usage in its stream', () => {
    expect(parse({}).streamUsage).toBe(true)
  })

  it('needs no output limit where only its tokens are asked for', () => {
    const body = { model: 'm', messages: [hello] }
    expect(anthropicInbound.parseRequest(body, { counts: true }).messages).toEqual([said])
    expect(() => anthropicInbound.parseRequest(body)).toThrow(/`max_tokens` is missing/)
  })

  const image = (source: JsonObject) => ({
    messages: [{ role: 'user', content: [{ type: 'image', source }] }],
  })
  const block = (fields: JsonObject) => ({
    messages: [hello, { role: 'user', content: [{ type: 'text', text: '' }, fields] }],
  })
  it.each<[JsonObject, string]>([
    [{ max_tokens: null }, 'max_tokens'],
    [{ max_tokens: -1 }, 'max_tokens'],
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'messages[0].content[0].type'],
    [image({ type: 'base64', media_type: 'image/png' }), 'messages[0].content[0].source.data'],
    [image({ type: 'url' }), 'messages[0].content[0].source.url'],
    [block({ type: 'tool_result' }), 'messages[1].content[1].tool_use_id'],
    [block({ type: 'tool_use', id: 'a', name: 'f', input: '{}' }), 'messages[1].content[1].input'],
    [
      block({ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text' }] }),
      'messages[1].content[1].content[0].text',
    ],
    [{ system: [{ type: 'text' }] }, 'system[0].text'],
    [{ tools: [{ name: 'f' }] }, 'tools[0].input_schema'],
    [{ tool_choice: { type: 'required' } }, 'tool_choice.type'],
    [{ tool_choice: { type: 'tool' } }, 'tool_choice.name'],
    [{ thinking: { type: 'enabled' } }, 'thinking.budget_tokens'],
    [{ output_config: { format: { type: 'json_schema' } } }, 'output_config.format.schema'],
    [{ temperature: '1' }, 'temperature'],
    [{ stop_sequences: 'END' }, 'stop_sequences'],
    [{ metadata: { user_id: 7 } }, 'metadata.user_id'],
  ])('like %j is refused by the name of the field', (fields, param) => {
    expect(problem(fields)).toMatchObject({ code: 'VALIDATION_ERROR', param })
  })

  it.each([[null], [[]], ['text']])('is an object, and not %j', (body) => {
    expect(() => anthropicInbound.parseRequest(body)).toThrow(/The request body must be/)
  })
})

describe('the messages of a request', () => {
  it('begin with the instructions, and have those that come later in their place', () => {
    const system = [
      { type: 'text', text: 'One.', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'Two.' },
    ]
    const later = { role: 'system', content: 'Three.' }
    expect(parse({ system, messages: [hello, later] }).messages).toEqual([
      {
        role: 'system',
        content: [
          { type: 'text', text: 'One.', cache: { type: 'ephemeral' } },
          { type: 'text', text: 'Two.' },
        ],
      },
      said,
      { role: 'system', content: [{ type: 'text', text: 'Three.' }] },
    ])
    expect(parse({ system: '' }).messages).toEqual([said])
  })

  it('have the results of tools on their own, before what else the user says', () => {
    const content = [
      { type: 'text', text: 'Go on.' },
      { type: 'tool_result', tool_use_id: 'a', content: 'Sunny' },
      { type: 'tool_result', tool_use_id: 'b', is_error: true },
      {
        type: 'tool_result',
        tool_use_id: 'c',
        is_error: false,
        content: [{ type: 'image', source: { type: 'url', url: 'https://e.x/a.png' } }],
      },
    ]
    const image = { type: 'file', kind: 'image', source: { type: 'url', url: 'https://e.x/a.png' } }
    expect(parse({ messages: [{ role: 'user', content }] }).messages).toEqual([
      {
        role: 'tool',
        content: [
          { type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'Sunny' }] },
          { type: 'tool-result', callId: 'b', content: [], isError: true },
          { type: 'tool-result', callId: 'c', content: [image], isError: false },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
    ])
  })

  it('have images and documents with their types and names', () => {
    const content = [
      { type: 'image', source: { type: 'base64', media_type: 'image/webp', data: 'UklG' } },
      { type: 'image', source: { type: 'file', file_id: 'file_1' } },
      {
        type: 'document',
        title: 'a.pdf',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
      },
      { type: 'document', source: { type: 'url', url: 'https://e.x/a.pdf' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Lorem' } },
      {
        type: 'document',
        source: {
          type: 'content',
          content: [
            { type: 'text', text: 'Ipsum' },
            { type: 'image', source: { type: 'url', url: 'u' } },
            { type: 'mystery' },
          ],
        },
      },
      { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'Dolor' }] },
      { type: 'mystery' },
    ]
    const document = { type: 'file', kind: 'document' }
    expect(parse({ messages: [{ role: 'user', content }] }).messages[0]?.content).toEqual([
      { type: 'file', kind: 'image', mediaType: 'image/webp', source: { type: 'base64', data: 'UklG' } },
      { type: 'file', kind: 'image', source: { type: 'reference', id: 'file_1', dialect: 'anthropic' } },
      {
        ...document,
        name: 'a.pdf',
        mediaType: 'application/pdf',
        source: { type: 'base64', data: 'JVBE' },
      },
      { ...document, source: { type: 'url', url: 'https://e.x/a.pdf' } },
      { ...document, source: { type: 'text', text: 'Lorem' } },
      { type: 'text', text: 'Ipsum' },
      { type: 'file', kind: 'image', source: { type: 'url', url: 'u' } },
      { type: 'text', text: 't (s)\n\nDolor' },
    ])
  })

  it('have calls with the text of their arguments, and thinking with its seal', () => {
    const content = [
      { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
      { type: 'thinking', thinking: '', signature: 'b21pdA' },
      { type: 'redacted_thinking', data: 'cmVk' },
      { type: 'thinking', thinking: 'Unsigned.' },
      { type: 'text', text: 'Let me look.' },
      { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
      { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
    ]
    expect(parse({ messages: [hello, { role: 'assistant', content }] }).messages[1]?.content).toEqual([
      { type: 'reasoning', text: 'Hm.', opaque: { dialect: 'anthropic', data: { signature: 'c2ln' } } },
      { type: 'reasoning', text: '', opaque: { dialect: 'anthropic', data: { signature: 'b21pdA' } } },
      { type: 'reasoning', text: '', opaque: { dialect: 'anthropic', data: { redacted: 'cmVk' } } },
      { type: 'reasoning', text: 'Unsigned.' },
      { type: 'text', text: 'Let me look.' },
      { type: 'tool-call', id: 'a', name: 'f', arguments: '{"x":1}' },
    ])
  })
})

describe('the options of a request', () => {
  const tools = [
    { name: 'f', description: 'Does f.', input_schema: { type: 'object' }, strict: true },
    { type: 'custom', name: 'g', input_schema: { type: 'object' } },
    { type: 'web_search_20250305', name: 'web_search' },
  ]

  it('name the tools that the client runs, and not those of Anthropic', () => {
    expect(parse({ tools }).tools).toEqual([
      { name: 'f', description: 'Does f.', parameters: { type: 'object' }, strict: true },
      { name: 'g', parameters: { type: 'object' } },
    ])
  })

  it.each<[JsonObject, unknown, boolean | undefined]>([
    [{ type: 'auto' }, 'auto', undefined],
    [{ type: 'auto', disable_parallel_tool_use: true }, 'auto', false],
    [{ type: 'any', disable_parallel_tool_use: false }, 'required', true],
    [{ type: 'tool', name: 'g' }, { name: 'g' }, undefined],
    [{ type: 'tool', name: 'web_search' }, undefined, undefined],
    [{ type: 'none' }, 'none', undefined],
  ])('choose among them: %j', (tool_choice, toolChoice, parallelToolCalls) => {
    const request = parse({ tools, tool_choice })
    expect(request.toolChoice).toEqual(toolChoice)
    expect(request.parallelToolCalls).toBe(parallelToolCalls)
  })

  it.each<[JsonObject, unknown]>([
    [{}, undefined],
    [{ thinking: { type: 'disabled' }, output_config: { effort: 'high' } }, { effort: 'none' }],
    [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, { budgetTokens: 2000 }],
    [{ thinking: { type: 'adaptive' } }, { effort: 'high' }],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, { effort: 'low' }],
    [{ output_config: { effort: 'max' } }, { effort: 'max' }],
    [{ thinking: { type: 'between_tools' } }, undefined],
  ])('say how much to think: %j', (fields, reasoning) => {
    expect(parse(fields).reasoning).toEqual(reasoning)
  })

  it('give the answer a shape', () => {
    const schema = { type: 'object', properties: {} }
    expect(parse({ output_config: { format: { type: 'json_schema', schema } } }).format).toEqual({
      type: 'json-schema',
      name: 'output',
      schema,
    })
    expect(parse({ output_config: { format: { type: 'grammar' } } }).format).toBeUndefined()
  })
})

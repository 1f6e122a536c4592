import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import { openaiChatInbound } from '../../../src/dialects/openai-chat/inbound.ts'
import { HubError } from '../../../src/errors.ts'

const hello = { role: 'user', content: 'Hello' }

function parse(fields: JsonObject) {
  return openaiChatInbound.parseRequest({ model: 'm-1', messages: [hello], ...fields })
}

function refusalOf(body: unknown): { param: string | undefined; message: string } {
  try {
    openaiChatInbound.parseRequest(body)
  } catch (error) {
    if (error instanceof HubError && error.code === 'VALIDATION_ERROR')
      return { param: error.param, message: error.message }
    throw error
  }
  throw new Error('This was meant to be refused.')
}

describe('a request that is wrong', () => {
  it.each([
    [{ model: 'm-1' }, 'messages', /missing/],
    [{ messages: [] }, 'messages', /must not be empty/],
    [{ messages: 'Hello' }, 'messages', /must be an array/],
    [
      { messages: [{ role: 'robot', content: 'x' }] },
      'messages[0].role',
      /"system", "developer".* or "function"/,
    ],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content', /must be a string or an array/],
    [
      { messages: [hello, { role: 'user', content: 7 }] },
      'messages[1].content',
      /must be a string or an array/,
    ],
    [
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'x' },
              { type: 'image_url', image_url: { url: 7 } },
            ],
          },
        ],
      },
      'messages[0].content[1].image_url.url',
      /must be a string, not a number/,
    ],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text', /missing/],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id', /missing/],
    [
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: { arguments: '{}' } }] }] },
      'messages[0].tool_calls[0].function.name',
      /missing/,
    ],
    [{ messages: [hello], temperature: 'warm' }, 'temperature', /must be a number, not a string/],
    [{ messages: [hello], max_tokens: 1.5 }, 'max_tokens', /must be a whole number/],
    [{ messages: [hello], stream: 'yes' }, 'stream', /must be a boolean/],
    [{ messages: [hello], tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name', /missing/],
    [{ messages: [hello], tool_choice: 'some' }, 'tool_choice', /must be one of "auto", "none"/],
    [
      { messages: [hello], response_format: { type: 'json_schema' } },
      'response_format.json_schema',
      /missing/,
    ],
    [{ messages: [hello], stop: [1] }, 'stop[0]', /must be a string/],
    [{ messages: [hello], model: 7 }, 'model', /must be a string/],
    ['text', undefined, /must be an object/],
    [null, undefined, /must be an object/],
  ])('%j is refused by the name of the field', (body, param, message) => {
    const refusal = refusalOf(body)
    expect(refusal.param).toBe(param)
    expect(refusal.message).toMatch(message)
  })
})

describe('a request that is read', () => {
  it('has an empty model where the client named none', () => {
    expect(openaiChatInbound.parseRequest({ messages: [hello] }).model).toBe('')
  })

  it('keeps the body as it came, and not a copy of it', () => {
    const body = { messages: [hello], anything: { else: 1 } }
    expect(openaiChatInbound.parseRequest(body).origin.body).toBe(body)
  })

  it('reads system and developer messages as the same', () => {
    const messages = [
      { role: 'system', content: 'a' },
      { role: 'developer', content: [{ type: 'text', text: 'b' }] },
      hello,
    ]
    expect(parse({ messages }).messages.slice(0, 2)).toEqual([
      { role: 'system', content: [{ type: 'text', text: 'a' }] },
      { role: 'system', content: [{ type: 'text', text: 'b' }] },
    ])
  })

  it('reads images, audio and files with their media types', () => {
    const content = [
      { type: 'image_url', image_url: { url: 'data:image/webp;base64,UklG', detail: 'low' } },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
      { type: 'input_audio', input_audio: { data: 'SUQz', format: 'mp3' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
      { type: 'file', file: { file_id: 'file-1' } },
    ]
    expect(parse({ messages: [{ role: 'user', content }] }).messages[0]?.content).toEqual([
      {
        type: 'file',
        kind: 'image',
        mediaType: 'image/webp',
        source: { type: 'base64', data: 'UklG' },
        detail: 'low',
      },
      { type: 'file', kind: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      { type: 'file', kind: 'audio', mediaType: 'audio/mpeg', source: { type: 'base64', data: 'SUQz' } },
      {
        type: 'file',
        kind: 'document',
        name: 'a.pdf',
        mediaType: 'application/pdf',
        source: { type: 'base64', data: 'JVBE' },
      },
      { type: 'file', kind: 'document', source: { type: 'reference', id: 'file-1', dialect: 'openai-chat' } },
    ])
  })

  it.each([
    ['none', 'none'],
    ['auto', 'auto'],
    ['required', 'required'],
    ['any', 'required'],
    [{ type: 'function', function: { name: 'f' } }, { name: 'f' }],
    [{ type: 'custom', custom: { name: 'f' } }, { name: 'f' }],
    [{ function: { name: 'f' } }, { name: 'f' }],
    [null, undefined],
  ])('reads the tool choice %j', (choice, expected) => {
    expect(
      parse({ tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: choice }).toolChoice,
    ).toEqual(expected)
  })

  it('leaves out the tools that are not allowed', () => {
    const tools = ['f', 'g'].map((name) => ({ type: 'function', function: { name } }))
    const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] }
    const request = parse({ tools, tool_choice: { type: 'allowed_tools', allowed_tools: allowed } })
    expect(request).toMatchObject({ tools: [{ name: 'g' }], toolChoice: 'required' })
  })

  it('gives a legacy function result the id of the last call of its name', () => {
    const messages = [
      hello,
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: 'one' },
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: 'two' },
    ]
    const ids = parse({ messages }).messages.flatMap(({ content }) =>
      content.flatMap((part) =>
        part.type === 'tool-call' ? [part.id] : part.type === 'tool-result' ? [part.callId] : [],
      ),
    )
    expect(ids[0]).toBe(ids[1])
    expect(ids[2]).toBe(ids[3])
    expect(ids[0]).not.toBe(ids[2])
  })

  it('prefers the new output limit to the old, and reads either', () => {
    expect(parse({ max_tokens: 5 }).maxOutputTokens).toBe(5)
    expect(parse({ max_tokens: 5, max_completion_tokens: 6 }).maxOutputTokens).toBe(6)
  })

  it.each([
    [{ reasoning_effort: 'high' }, { effort: 'high' }],
    [{ reasoning: { effort: 'low', max_tokens: 2000 } }, { effort: 'low', budgetTokens: 2000 }],
    [{ thinking: { type: 'disabled' } }, { effort: 'none' }],
    [{ thinking: { type: 'enabled', budget_tokens: 4096 } }, { budgetTokens: 4096 }],
    [{ thinking: 'a word of some other vendor' }, undefined],
  ])('reads the reasoning options %j', (fields, expected) => {
    expect(parse(fields).reasoning).toEqual(expected)
  })

  it('knows whether usage is wanted inside a stream', () => {
    expect(parse({ stream: true })).toMatchObject({ stream: true, streamUsage: false })
    expect(parse({ stream: true, stream_options: { include_usage: true } }).streamUsage).toBe(true)
  })

  it('brings state of another dialect home from the fields it went out in', () => {
    const opaque = { dialect: 'anthropic', data: 'c2ln' }
    const messages = [
      hello,
      {
        role: 'assistant',
        content: 'Four.',
        reasoning_content: 'Let me see.',
        reasoning_details: [
          { type: 'reasoning.hub', dialect: 'anthropic', text: 'Let me see.', data: 'c2ln' },
        ],
        tool_calls: [
          {
            id: 'a',
            type: 'function',
            function: { name: 'f', arguments: '{}' },
            extra_content: { hub: opaque },
          },
        ],
      },
    ]
    expect(parse({ messages }).messages[1]?.content).toEqual([
      { type: 'reasoning', text: 'Let me see.', opaque },
      { type: 'text', text: 'Four.' },
      { type: 'tool-call', id: 'a', name: 'f', arguments: '{}', opaque },
    ])
  })
})

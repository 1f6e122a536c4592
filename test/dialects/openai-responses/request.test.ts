import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import { openaiResponsesInbound } from '../../../src/dialects/openai-responses/inbound.ts'
import { HubError } from '../../../src/errors.ts'

const hello = { role: 'user', content: 'Hello' }

function parse(fields: JsonObject) {
  return openaiResponsesInbound.parseRequest({ model: 'm-1', input: 'Hello', ...fields })
}

function messagesOf(...input: Json[]) {
  return parse({ input }).messages
}

function refusalOf(body: unknown): { param: string | undefined; message: string } {
  try {
    openaiResponsesInbound.parseRequest(body)
  } catch (error) {
    if (error instanceof HubError && error.code === 'VALIDATION_ERROR')
      return { param: error.param, message: error.message }
    throw error
  }
  throw new Error('This was meant to be refused.')
}

describe('a request that is wrong', () => {
  it.each([
    [{ model: 'm-1' }, 'input', /missing/],
    [{ input: [] }, 'input', /must not be empty/],
    [{ input: 7 }, 'input', /must be a string or an array/],
    [
      { input: [{ role: 'robot', content: 'x' }] },
      'input[0].role',
      /"user", "assistant", "system" or "developer"/,
    ],
    [{ input: [hello, { role: 'user', content: 7 }] }, 'input[1].content', /must be a string or an array/],
    [
      {
        input: [hello, hello, { role: 'user', content: [{ type: 'input_image', image_url: { url: 'x' } }] }],
      },
      'input[2].content[0].image_url',
      /must be a string, not an object/,
    ],
    [{ input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, 'input[0].content[0].text', /missing/],
    [{ input: [{ type: 'function_call', name: 'f', arguments: '{}' }] }, 'input[0].call_id', /missing/],
    [
      { input: [{ type: 'function_call_output', call_id: 'a' }] },
      'input[0].output',
      /must be a string or an array/,
    ],
    [
      { input: [{ type: 'reasoning', encrypted_content: 7 }] },
      'input[0].encrypted_content',
      /must be a string/,
    ],
    [{ input: 'x', instructions: [] }, 'instructions', /must be a string/],
    [{ input: 'x', temperature: 'warm' }, 'temperature', /must be a number, not a string/],
    [{ input: 'x', max_output_tokens: 1.5 }, 'max_output_tokens', /must be a whole number/],
    [{ input: 'x', stream: 'yes' }, 'stream', /must be a boolean/],
    [{ input: 'x', tools: [{ type: 'function' }] }, 'tools[0].name', /missing/],
    [{ input: 'x', tool_choice: 'some' }, 'tool_choice', /must be one of "auto", "none" or "required"/],
    [
      { input: 'x', text: { format: { type: 'json_schema', name: 'a' } } },
      'text.format.schema',
      /must be an object/,
    ],
    [{ input: 'x', reasoning: { effort: 3 } }, 'reasoning.effort', /must be a string/],
    [{ input: 'x', background: true }, 'background', /is not supported by this hub/],
    [{ input: 'x', model: 7 }, 'model', /must be a string/],
    ['text', undefined, /must be an object/],
    [null, undefined, /must be an object/],
  ])('%j is refused by the name of the field', (body, param, message) => {
    const refusal = refusalOf(body)
    expect(refusal.param).toBe(param)
    expect(refusal.message).toMatch(message)
  })

  it.each([[{ previous_response_id: 'resp_1' }], [{ prompt: { id: 'pmpt_1' } }]])(
    'is none without input where %j says what there is to say',
    (fields) => {
      expect(openaiResponsesInbound.parseRequest(fields).messages).toEqual([])
    },
  )
})

describe('a request that is read', () => {
  it('keeps the body as it came, and not a copy of it', () => {
    const body = { input: 'Hello', anything: { else: 1 } }
    expect(openaiResponsesInbound.parseRequest(body).origin.body).toBe(body)
  })

  it('always wants usage in a stream', () => {
    expect(parse({ stream: true })).toMatchObject({ stream: true, streamUsage: true })
  })

  it('has its instructions first, and system and developer messages where they are', () => {
    const input = [
      hello,
      { role: 'developer', content: [{ type: 'input_text', text: 'b' }] },
      { role: 'system', content: 'c' },
    ]
    expect(parse({ instructions: 'a', input }).messages.map(({ role, content }) => [role, content])).toEqual([
      ['system', [{ type: 'text', text: 'a' }]],
      ['user', [{ type: 'text', text: 'Hello' }]],
      ['system', [{ type: 'text', text: 'b' }]],
      ['system', [{ type: 'text', text: 'c' }]],
    ])
  })

  it('is one message of the assistant for all the items of its turn, and one for all the results', () => {
    const messages = messagesOf(
      hello,
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'Hm.' }],
        encrypted_content: 'g',
      },
      { role: 'assistant', content: [{ type: 'output_text', text: 'I look.' }] },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
      { type: 'function_call', call_id: 'b', name: 'g', arguments: '' },
      { type: 'function_call_output', call_id: 'a', output: 'one' },
      { type: 'function_call_output', call_id: 'b', output: [{ type: 'input_text', text: 'two' }] },
      { role: 'assistant', content: 'Done.' },
    )
    expect(messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          {
            type: 'reasoning',
            text: 'Hm.',
            opaque: {
              dialect: 'openai-responses',
              data: {
                type: 'reasoning',
                id: 'rs_1',
                summary: [{ type: 'summary_text', text: 'Hm.' }],
                encrypted_content: 'g',
              },
            },
          },
          { type: 'text', text: 'I look.' },
          { type: 'tool-call', id: 'a', name: 'f', arguments: '{}' },
          { type: 'tool-call', id: 'b', name: 'g', arguments: '{}' },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'one' }] },
          { type: 'tool-result', callId: 'b', content: [{ type: 'text', text: 'two' }] },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'Done.' }] },
    ])
  })

  it('has no message for an assistant that said nothing', () => {
    expect(messagesOf(hello, { role: 'assistant', content: '' })).toHaveLength(1)
  })

  it('reads images, files and audio with their media types', () => {
    const content = [
      { type: 'input_image', image_url: 'data:image/webp;base64,UklG', detail: 'low' },
      { type: 'input_image', file_id: 'file-1' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' },
      { type: 'input_file', file_url: 'https://example.com/a.pdf' },
      { type: 'input_audio', input_audio: { data: 'SUQz', format: 'mp3' } },
    ]
    expect(messagesOf({ role: 'user', content })[0]?.content).toEqual([
      {
        type: 'file',
        kind: 'image',
        mediaType: 'image/webp',
        source: { type: 'base64', data: 'UklG' },
        detail: 'low',
      },
      {
        type: 'file',
        kind: 'image',
        source: { type: 'reference', id: 'file-1', dialect: 'openai-responses' },
      },
      {
        type: 'file',
        kind: 'document',
        name: 'a.pdf',
        mediaType: 'application/pdf',
        source: { type: 'base64', data: 'JVBE' },
      },
      { type: 'file', kind: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
      { type: 'file', kind: 'audio', mediaType: 'audio/mpeg', source: { type: 'base64', data: 'SUQz' } },
    ])
  })

  it.each([
    ['none', 'none'],
    ['auto', 'auto'],
    ['required', 'required'],
    [{ type: 'function', name: 'f' }, { name: 'f' }],
    [{ type: 'web_search' }, undefined],
    [null, undefined],
  ])('reads the tool choice %j', (choice, expected) => {
    expect(parse({ tools: [{ type: 'function', name: 'f' }], tool_choice: choice }).toolChoice).toEqual(
      expected,
    )
  })

  it('leaves out the tools that are not allowed, and those that only providers of this dialect know', () => {
    const tools = [
      { type: 'function', name: 'f' },
      { type: 'function', name: 'g' },
      { type: 'custom', name: 'h' },
    ]
    const choice = { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'g' }] }
    expect(parse({ tools, tool_choice: choice })).toMatchObject({
      tools: [{ name: 'g' }],
      toolChoice: 'required',
    })
  })

  it.each([
    [{ top_logprobs: 3 }, { alternatives: 3 }],
    [{ include: ['message.output_text.logprobs'] }, { alternatives: 0 }],
    [{ top_logprobs: 0 }, undefined],
    [{ include: ['reasoning.encrypted_content'] }, undefined],
  ])('wants log probabilities with %j: %j', (fields, expected) => {
    expect(parse(fields).logprobs).toEqual(expected)
  })

  it('names the answer that it goes on from', () => {
    expect(parse({ previous_response_id: 'resp_1' }).previousResponseId).toBe('resp_1')
    expect(parse({ previous_response_id: null })).not.toHaveProperty('previousResponseId')
  })
})

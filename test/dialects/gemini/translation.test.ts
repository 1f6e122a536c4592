import { describe, expect, it } from 'vitest'
import { parseExactly } from '../../../src/chat/exact-json.ts'
import type { ChatRequest, FilePart, Message } from '../../../src/chat/request.ts'
import { geminiOutbound } from '../../../src/dialects/gemini/outbound.ts'

const hello: Message = { role: 'user', content: [{ type: 'text', text: 'Hello' }] }

/** The call for a client of another dialect. */
function call(fields: Partial<ChatRequest>, model = 'gemini-3-flash-preview') {
  const request: ChatRequest = {
    model: 'm',
    messages: [hello],
    tools: [],
    sampling: {},
    stream: false,
    streamUsage: false,
    origin: { dialect: 'anthropic', body: {} },
    ...fields,
  }
  return geminiOutbound.buildCall(request, { baseUrl: 'https://p.example', model, quirks: {} })
}

function contentsOf(messages: Message[], model?: string): unknown {
  return call({ messages }, model).body.contents
}

function text(role: 'user' | 'system' | 'assistant', said: string): Message {
  return { role, content: [{ type: 'text', text: said }] }
}

function result(callId: string, said: string, isError?: true): Message {
  return {
    role: 'tool',
    content: [
      { type: 'tool-result', callId, content: [{ type: 'text', text: said }], ...(isError && { isError }) },
    ],
  }
}

const calls: Message = {
  role: 'assistant',
  content: [
    { type: 'tool-call', id: 'a', name: 'f', arguments: '{"x":1}' },
    { type: 'tool-call', id: 'b', name: 'my tool', arguments: '' },
  ],
}
const image: FilePart = {
  type: 'file',
  kind: 'image',
  mediaType: 'image/png',
  source: { type: 'base64', data: 'iVBO' },
}

describe('messages for a client of another dialect', () => {
  it('take turns, with the instructions from the beginning apart and later ones in the nearest user turn', () => {
    const { body } = call({
      messages: [
        text('system', 'One.'),
        text('system', 'Two.'),
        text('user', 'a'),
        text('user', 'b'),
        text('assistant', 'c'),
        { role: 'assistant', content: [{ type: 'refusal', text: 'd' }] },
        text('system', 'Three.'),
        text('user', ''),
        text('user', 'e'),
      ],
    })
    expect(body).toEqual({
      systemInstruction: { parts: [{ text: 'One.' }, { text: 'Two.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
        { role: 'model', parts: [{ text: 'c' }, { text: 'd' }] },
        { role: 'user', parts: [{ text: 'Three.' }, { text: 'e' }] },
      ],
    })
  })

  it('are a question where there is nothing but an instruction', () => {
    expect(call({ messages: [text('system', 'Write a poem.')] }).body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Write a poem.' }] }],
    })
  })

  it('have all results of a step in one content, named and in the order of their calls', () => {
    expect(
      contentsOf(
        [calls, result('b', 'Noon'), result('a', 'No city', true), text('user', 'And?')],
        'gemini-2.5-flash',
      ),
    ).toEqual([
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'a', name: 'f', args: { x: 1 } } },
          { functionCall: { id: 'b', name: 'my tool', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'a', name: 'f', response: { error: 'No city' } } },
          { functionResponse: { id: 'b', name: 'my tool', response: { result: 'Noon' } } },
          { text: 'And?' },
        ],
      },
    ])
  })

  it.each([
    ['{"sky":"clear"}', { sky: 'clear' }],
    ['[1]', { result: '[1]' }],
    ['{"error":"x"}', { result: '{"error":"x"}' }],
    ['{"id":12345678901234567890}', parseExactly('{"id":12345678901234567890}')],
    ['', { result: '' }],
  ])('say the result %s as the object it is, or wrapped', (said, response) => {
    expect(contentsOf([calls, result('a', said)])).toMatchObject([
      {},
      { parts: [{ functionResponse: { response } }] },
    ])
  })

  it('show a file that a tool returned inside the result, or beside it to older models', () => {
    const returned: Message = {
      role: 'tool',
      content: [{ type: 'tool-result', callId: 'a', content: [image] }],
    }
    const inlineData = { mimeType: 'image/png', data: 'iVBO' }
    expect(contentsOf([calls, returned])).toMatchObject([
      {},
      { parts: [{ functionResponse: { name: 'f', parts: [{ inlineData }] } }] },
    ])
    expect(contentsOf([calls, returned, result('b', 'x')], 'gemini-2.5-pro')).toMatchObject([
      {},
      {
        parts: [
          { functionResponse: { id: 'a' } },
          { functionResponse: { id: 'b' } },
          { text: 'The tool "f" returned this file:' },
          { inlineData },
        ],
      },
    ])
  })

  it('cannot hold a result that answers no call', () => {
    expect(() => contentsOf([result('lost', 'x')])).toThrow(/"lost" does not match a tool call/)
  })

  it('show the text of arguments that were cut off', () => {
    const cut: Message = {
      role: 'assistant',
      content: [{ type: 'tool-call', id: 'a', name: 'f', arguments: '{"x":' }],
    }
    expect(contentsOf([cut])).toMatchObject([
      { parts: [{ functionCall: { name: 'f', args: { arguments: '{"x":' } } }] },
    ])
  })
})

describe('files for a client of another dialect', () => {
  function partOf(file: Partial<FilePart>, model?: string): unknown {
    const written = contentsOf([{ role: 'user', content: [{ ...image, ...file }] }], model)
    return Array.isArray(written) ? written[0]?.parts[0] : undefined
  }

  it('are their bytes with a media type', () => {
    expect(partOf({})).toEqual({ inlineData: { mimeType: 'image/png', data: 'iVBO' } })
    const data = 'JVBE'
    const pdf = {
      type: 'file' as const,
      kind: 'document' as const,
      source: { type: 'base64' as const, data },
    }
    expect(contentsOf([{ role: 'user', content: [{ ...pdf, name: 'a.pdf' }] }])).toEqual([
      { role: 'user', parts: [{ inlineData: { mimeType: 'application/pdf', data, displayName: 'a.pdf' } }] },
    ])
  })

  it('are addresses that Google fetches', () => {
    const source = { type: 'url' as const, url: 'https://example.com/a.png' }
    expect(partOf({ source })).toEqual({ fileData: { fileUri: source.url, mimeType: 'image/png' } })
    expect(() => partOf({ source }, 'gemini-2.0-flash')).toThrow(/cannot fetch the image .*a\.png".*base64/)
    expect(() => partOf({ source: { type: 'url', url: 'http://example.com/a.png' } })).toThrow(/base64/)
  })

  it('are said as text where they are text', () => {
    expect(partOf({ kind: 'document', name: 'a.txt', source: { type: 'text', text: 'Lorem' } })).toEqual({
      text: 'a.txt:\n\nLorem',
    })
  })

  it('may be kept at Google, and nowhere else', () => {
    const id = 'https://generativelanguage.googleapis.com/v1beta/files/abc'
    expect(partOf({ source: { type: 'reference', id, dialect: 'gemini' } })).toEqual({
      fileData: { fileUri: id, mimeType: 'image/png' },
    })
    expect(() => partOf({ source: { type: 'reference', id: 'file-1', dialect: 'openai-chat' } })).toThrow(
      /"file-1" is kept at a provider/,
    )
  })
})

describe('options for a client of another dialect', () => {
  it('are written under their names', () => {
    expect(
      call({
        sampling: {
          temperature: 0.5,
          topP: 0.9,
          topK: 40,
          seed: 7,
          presencePenalty: 0.1,
          frequencyPenalty: -0.1,
        },
        stop: ['END'],
        maxOutputTokens: 9,
        choices: 2,
        logprobs: { alternatives: 3 },
        format: { type: 'json-schema', name: 'city', schema: { type: 'object' }, strict: true },
      }),
    ).toMatchObject({
      dropped: [],
      body: {
        generationConfig: {
          temperature: 0.5,
          topP: 0.9,
          topK: 40,
          seed: 7,
          presencePenalty: 0.1,
          frequencyPenalty: -0.1,
          stopSequences: ['END'],
          maxOutputTokens: 9,
          candidateCount: 2,
          responseLogprobs: true,
          logprobs: 3,
          responseMimeType: 'application/json',
          responseJsonSchema: { type: 'object' },
        },
      },
    })
  })

  it('are named where they cannot be said', () => {
    const { body, dropped } = call({
      stop: ['1', '2', '3', '4', '5', '6'],
      parallelToolCalls: false,
      user: 'u-1',
    })
    expect(dropped).toEqual(['stop', 'parallel_tool_calls', 'user'])
    expect(body.generationConfig).toEqual({ stopSequences: ['1', '2', '3', '4', '5'] })
  })

  it.each([
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['required', { mode: 'ANY' }],
    [{ name: 'a/b' }, { mode: 'ANY', allowedFunctionNames: ['a/b'] }],
  ] as const)('say the tool choice %j', (toolChoice, functionCallingConfig) => {
    const tools = [{ name: 'a/b', description: 'd', parameters: { type: 'object' } }]
    expect(call({ tools, toolChoice }).body).toMatchObject({
      tools: [
        {
          functionDeclarations: [{ name: 'a/b', description: 'd', parametersJsonSchema: { type: 'object' } }],
        },
      ],
      toolConfig: { functionCallingConfig },
    })
    expect(call({ toolChoice }).body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] })
  })
})

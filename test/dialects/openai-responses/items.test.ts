import { describe, expect, it } from 'vitest'
import type { ModelFacts } from '../../../src/chat/model.ts'
import type { AssistantPart, ChatRequest, FilePart, Message } from '../../../src/chat/request.ts'
import { openaiResponsesOutbound } from '../../../src/dialects/openai-responses/outbound.ts'
import { HubError } from '../../../src/errors.ts'

/** The call for a client of another dialect. */
function callFor(change: Partial<ChatRequest>, facts: ModelFacts = {}) {
  const request: ChatRequest = {
    model: 'm',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    sampling: {},
    stream: false,
    streamUsage: false,
    origin: { dialect: 'anthropic', body: {} },
    ...change,
  }
  return openaiResponsesOutbound.buildCall(request, { baseUrl: 'u', model: 'm', quirks: {}, facts })
}

function itemsFor(...messages: Message[]): unknown {
  return callFor({ messages }).body.input
}

function said(...content: AssistantPart[]): Message {
  return { role: 'assistant', content }
}

function refusalOf(change: Partial<ChatRequest>): Pick<HubError, 'code' | 'param'> | undefined {
  try {
    callFor(change)
    return undefined
  } catch (error) {
    if (error instanceof HubError) return { code: error.code, param: error.param }
    throw error
  }
}

const image: FilePart = {
  type: 'file',
  kind: 'image',
  mediaType: 'image/png',
  source: { type: 'base64', data: 'iVBO' },
}
const imagePart = { type: 'input_image', image_url: 'data:image/png;base64,iVBO' }
const item = { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'gAAAAA', status: null }
const sealed = {
  type: 'reasoning' as const,
  text: '',
  opaque: { dialect: 'openai-responses' as const, data: item },
}
const text = { type: 'text' as const, text: 'Four.' }

describe('items for a client of another dialect', () => {
  it('are one for each thing that was said, in its order', () => {
    expect(
      itemsFor(
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', content: [{ type: 'text', text: 'Look.' }, image] },
        said(
          text,
          { type: 'tool-call', id: 'a', name: 'f', arguments: '' },
          { type: 'refusal', text: 'No.' },
        ),
      ),
    ).toEqual([
      { type: 'message', role: 'system', content: 'Be brief.' },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Look.' }, imagePart] },
      { type: 'message', role: 'assistant', content: 'Four.' },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
      { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
    ])
  })

  it('hold the files of a tool in its result, and say where it failed', () => {
    expect(
      itemsFor({
        role: 'tool',
        content: [
          { type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'See:' }, image] },
          {
            type: 'tool-result',
            callId: 'b',
            content: [{ type: 'text', text: 'No such file' }],
            isError: true,
          },
          { type: 'tool-result', callId: 'c', content: [] },
        ],
      }),
    ).toEqual([
      {
        type: 'function_call_output',
        call_id: 'a',
        output: [{ type: 'input_text', text: 'See:' }, imagePart],
      },
      { type: 'function_call_output', call_id: 'b', output: 'Error: No such file' },
      { type: 'function_call_output', call_id: 'c', output: '' },
    ])
  })

  it('hold reasoning of this dialect as it came, directly before what it led to', () => {
    const call = { type: 'tool-call' as const, id: 'a', name: 'f', arguments: '{}' }
    expect(itemsFor(said(text, sealed, call))).toEqual([
      { type: 'message', role: 'assistant', content: 'Four.' },
      item,
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
    ])
  })

  it('hold no reasoning that led to nothing, since an orphan is refused', () => {
    expect(itemsFor(said(text, sealed))).toEqual([{ type: 'message', role: 'assistant', content: 'Four.' }])
    expect(itemsFor(said(sealed, image))).toMatchObject([{ role: 'user' }])
  })

  it('hold no reasoning of others, nor such as was not given its state', () => {
    const other: AssistantPart = {
      type: 'reasoning',
      text: 'Hm.',
      opaque: { dialect: 'anthropic', data: 's' },
    }
    const { encrypted_content: _state, ...stateless } = item
    const name: AssistantPart = { ...sealed, opaque: { dialect: 'openai-responses', data: stateless } }
    expect(itemsFor(said(other, name, { type: 'reasoning', text: 'Hm.' }, text))).toEqual([
      { type: 'message', role: 'assistant', content: 'Four.' },
    ])
  })

  it('show a file that the model made in a user message, after the results of its calls', () => {
    expect(
      itemsFor(
        said(image, { type: 'tool-call', id: 'a', name: 'f', arguments: '{}' }),
        { role: 'tool', content: [{ type: 'tool-result', callId: 'a', content: [] }] },
        said(text),
      ),
    ).toMatchObject([
      { type: 'function_call' },
      { type: 'function_call_output' },
      { role: 'user', content: [{ text: 'The assistant made this file:' }, imagePart] },
      { role: 'assistant' },
    ])
  })

  it('name files, link them, and say as text what is text', () => {
    const document = { type: 'file' as const, kind: 'document' as const }
    expect(
      itemsFor({
        role: 'user',
        content: [
          { ...document, source: { type: 'base64', data: 'JVBE' } },
          { ...document, source: { type: 'url', url: 'https://e.com/a.pdf' } },
          { ...document, name: 'a.txt', source: { type: 'text', text: 'Lorem' } },
          { ...document, source: { type: 'reference', id: 'file-1', dialect: 'openai-chat' } },
        ],
      }),
    ).toMatchObject([
      {
        content: [
          { type: 'input_file', filename: 'document.pdf', file_data: 'data:application/pdf;base64,JVBE' },
          { type: 'input_file', file_url: 'https://e.com/a.pdf' },
          { type: 'input_text', text: 'a.txt:\n\nLorem' },
          { type: 'input_file', file_id: 'file-1' },
        ],
      },
    ])
  })

  it.each<[string, FilePart]>([
    ['audio', { type: 'file', kind: 'audio', source: { type: 'base64', data: 'SUQz' } }],
    ['a file kept elsewhere', { ...image, source: { type: 'reference', id: 'f', dialect: 'gemini' } }],
  ])('cannot hold %s, which is refused by its place', (_, file) => {
    const messages: Message[] = [{ role: 'user', content: [{ type: 'text', text: 'x' }, file] }]
    expect(refusalOf({ messages })).toEqual({ code: 'VALIDATION_ERROR', param: 'messages[0].content[1]' })
  })
})

describe('the rest of a request of another dialect', () => {
  it('keeps nothing at the provider, and wants reasoning encrypted of a model that may think', () => {
    expect(callFor({}).body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] })
    expect(callFor({}, { reasoning: false }).body).not.toHaveProperty('include')
  })

  it('says what a function takes and how strict it is, or null', () => {
    const tools = [
      { name: 'f' },
      { name: 'g', description: 'G', parameters: { type: 'object' }, strict: true },
    ]
    expect(callFor({ tools, toolChoice: { name: 'g' }, parallelToolCalls: false }).body).toMatchObject({
      tools: [
        { type: 'function', name: 'f', parameters: null, strict: null },
        { type: 'function', name: 'g', description: 'G', parameters: { type: 'object' }, strict: true },
      ],
      tool_choice: { type: 'function', name: 'g' },
      parallel_tool_calls: false,
    })
    expect(callFor({ toolChoice: 'auto', parallelToolCalls: true }).body).not.toHaveProperty('tool_choice')
  })

  it.each([
    [{ effort: 'xhigh' }, { effort: 'xhigh' }],
    [{ budgetTokens: 0 }, { effort: 'none' }],
    [{ budgetTokens: 1024 }, { effort: 'low' }],
    [{ budgetTokens: 4096 }, { effort: 'medium' }],
    [{ budgetTokens: 32_000 }, { effort: 'high' }],
    [{}, undefined],
  ])('says the reasoning options %j as %j', (reasoning, expected) => {
    expect(callFor({ reasoning }).body.reasoning).toEqual(expected)
  })

  it('drops what has no field here, and names it', () => {
    const change: Partial<ChatRequest> = {
      sampling: { topK: 5, seed: 1, presencePenalty: 0.1, frequencyPenalty: 0.2, topP: 0.5 },
      stop: ['END'],
      reasoning: { effort: 'high' },
      origin: { dialect: 'openai-chat', body: { logit_bias: { 50256: -100 } } },
    }
    const { body, dropped } = callFor(change, { reasoning: false })
    expect(dropped.toSorted()).toEqual([
      'frequency_penalty',
      'logit_bias',
      'presence_penalty',
      'reasoning',
      'seed',
      'stop',
      'top_k',
    ])
    expect(Object.keys(body).toSorted()).toEqual(['input', 'model', 'store', 'top_p'])
  })

  it('cannot ask for several answers', () => {
    expect(refusalOf({ choices: 2 })).toEqual({ code: 'VALIDATION_ERROR', param: 'n' })
    expect(refusalOf({ choices: 1 })).toBeUndefined()
  })

  it('asks for at least as many tokens as OpenAI gives', () => {
    expect(callFor({ maxOutputTokens: 1 }).body.max_output_tokens).toBe(16)
    expect(callFor({ maxOutputTokens: 17 }).body.max_output_tokens).toBe(17)
  })
})

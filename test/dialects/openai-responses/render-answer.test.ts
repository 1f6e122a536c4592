import { describe, expect, it } from 'vitest'
import type { Finish } from '../../../src/chat/events.ts'
import type { JsonObject } from '../../../src/chat/json.ts'
import type { AssistantPart } from '../../../src/chat/request.ts'
import { openaiResponsesInbound } from '../../../src/dialects/openai-responses/inbound.ts'

function render(
  content: AssistantPart[],
  finish: Finish = { reason: 'stop', raw: 'end_turn' },
  fields: JsonObject = {},
): JsonObject {
  const request = openaiResponsesInbound.parseRequest({ model: 'm', input: 'Hello', ...fields })
  const response = { id: 'r', model: 'm-2', createdAt: 5000, choices: [{ index: 0, content, finish }] }
  return openaiResponsesInbound.renderResponse(response, request)
}

const text: AssistantPart = { type: 'text', text: 'Hi' }

describe('a whole answer', () => {
  it('says again what was asked, or what goes without saying', () => {
    expect(render([text])).toEqual({
      id: 'resp_r',
      object: 'response',
      created_at: 5,
      model: 'm-2',
      status: 'completed',
      error: null,
      incomplete_details: null,
      background: false,
      instructions: null,
      max_output_tokens: null,
      max_tool_calls: null,
      metadata: {},
      output: [
        {
          id: 'msg_hub_r_0',
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Hi', annotations: [], logprobs: [] }],
        },
      ],
      parallel_tool_calls: true,
      previous_response_id: null,
      prompt_cache_key: null,
      reasoning: { effort: null, summary: null },
      safety_identifier: null,
      service_tier: 'default',
      store: true,
      temperature: null,
      text: { format: { type: 'text' }, verbosity: 'medium' },
      tool_choice: 'auto',
      tools: [],
      top_logprobs: 0,
      top_p: null,
      truncation: 'disabled',
      usage: null,
      user: null,
    })
    const asked = {
      instructions: 'Be brief.',
      metadata: { a: 'b' },
      store: false,
      temperature: 0,
      parallel_tool_calls: false,
      previous_response_id: 'resp_0',
      tool_choice: 'required',
      tools: [{ type: 'function', name: 'f', parameters: {}, strict: true }],
    }
    expect(
      render([text], undefined, { ...asked, reasoning: { effort: 'low' }, text: { verbosity: 'low' } }),
    ).toMatchObject({
      ...asked,
      reasoning: { effort: 'low', summary: null },
      text: { format: { type: 'text' }, verbosity: 'low' },
    })
  })

  it.each<[Finish['reason'], string, AssistantPart[], JsonObject]>([
    ['stop', 'end_turn', [text], { status: 'completed' }],
    ['tool-calls', 'tool_use', [], { status: 'completed' }],
    [
      'length',
      'max_tokens',
      [text],
      { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    ],
    [
      'content-filter',
      'SAFETY',
      [],
      { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
    ],
    ['refusal', 'refusal', [{ type: 'refusal', text: 'No.' }], { status: 'completed' }],
    ['refusal', 'refusal', [], { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }],
    ['error', 'MALFORMED_FUNCTION_CALL', [], { status: 'failed', incomplete_details: null }],
    ['other', 'pause', [text], { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }],
    ['other', '', [text], { status: 'failed' }],
  ])('with the finish %s (%s) and %j is %j', (reason, raw, content, expected) => {
    const body = render(content, { reason, raw })
    expect(body).toMatchObject(expected)
    expect(body.error === null, 'only a failure has an error').toBe(expected.status !== 'failed')
  })

  it('has an image that the model made as an item, and one that is linked in its text', () => {
    const made = { type: 'file' as const, kind: 'image' as const, mediaType: 'image/webp' }
    expect(
      render([
        { ...made, source: { type: 'base64', data: 'UklG' } },
        { ...made, source: { type: 'url', url: 'https://e.com/a.webp' } },
      ]).output,
    ).toMatchObject([
      {
        type: 'image_generation_call',
        id: 'ig_hub_r_0',
        status: 'completed',
        output_format: 'webp',
        result: 'UklG',
      },
      { type: 'message', content: [{ text: '![](https://e.com/a.webp)' }] },
    ])
  })

  it('has log probabilities that came after a call at the text before it', () => {
    const request = openaiResponsesInbound.parseRequest({ model: 'm', input: 'Hello' })
    const call: AssistantPart = { type: 'tool-call', id: 'a', name: 'f', arguments: '{}' }
    const finish: Finish = { reason: 'tool-calls', raw: 'tool_calls' }
    const choice = { index: 0, content: [text, call], finish, logprobs: [{ token: 'Hi' }] }
    const body = openaiResponsesInbound.renderResponse(
      { id: 'r', model: 'm', createdAt: 0, choices: [choice] },
      request,
      { provider: 'p', model: 'm', at: 7000 },
    )
    expect(body).toMatchObject({
      created_at: 7,
      output: [{ content: [{ logprobs: [{ token: 'Hi' }] }] }, {}],
    })
  })

  it('keeps an id of this dialect, and takes another whatever it is made of', () => {
    const idOf = (id: string) =>
      openaiResponsesInbound.renderResponse(
        { id, model: 'm', createdAt: 0, choices: [] },
        openaiResponsesInbound.parseRequest({ input: 'x' }),
      ).id
    expect(idOf('resp_1')).toBe('resp_1')
    expect(idOf('gen/a b')).toBe('resp_gen-a-b')
    expect(idOf('')).toMatch(/^resp_\w{16}/)
    expect(idOf('')).not.toBe(idOf(''))
  })
})

import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../src/chat/events.ts'
import { isJsonObject } from '../../../src/chat/json.ts'
import type { AssistantPart } from '../../../src/chat/request.ts'
import { openCallId, sealCallId } from '../../../src/dialects/openai-chat/call-id.ts'
import { openaiChatInbound } from '../../../src/dialects/openai-chat/inbound.ts'
import { openaiChatOutbound } from '../../../src/dialects/openai-chat/outbound.ts'
import { anyRequest } from '../../any-request.ts'

const seal = { dialect: 'anthropic', data: { signature: 'EqQBCg==' } } as const
const content: AssistantPart[] = [
  { type: 'reasoning', text: 'I should look. 世界', opaque: seal },
  { type: 'tool-call', id: 'toolu_1', name: 'look', arguments: '{}' },
  {
    type: 'tool-call',
    id: 'toolu_2',
    name: 'look',
    arguments: '{}',
    opaque: { dialect: 'gemini', data: 'sig' },
  },
]
const finish = { reason: 'tool-calls', raw: 'tool_use' } as const

/** What a client that keeps only what OpenAI documents sends back of an assistant's message. */
function keepBare(message: unknown): object {
  if (!isJsonObject(message) || !Array.isArray(message.tool_calls)) throw new Error('There are no calls.')
  return {
    role: 'assistant',
    content: null,
    tool_calls: message.tool_calls.map((call) => {
      const { id, type, function: called } = isJsonObject(call) ? call : {}
      return { id, type, function: called }
    }),
  }
}

/** The history that comes back, with a result for the first call. */
function comeBack(assistant: object, callId: string) {
  return openaiChatInbound.parseRequest({
    messages: [
      { role: 'user', content: 'Hello' },
      assistant,
      { role: 'tool', tool_call_id: callId, content: 'seen' },
    ],
  })
}

describe('a tool call of another dialect', () => {
  it('brings the reasoning before it home, through a client that keeps nothing but ids', () => {
    const body = openaiChatInbound.renderResponse(
      { id: 'r', model: 'm', createdAt: 0, choices: [{ index: 0, content, finish }] },
      anyRequest,
    )
    const [choice] = Array.isArray(body.choices) ? body.choices : []
    const bare = keepBare(isJsonObject(choice) ? choice.message : undefined)
    const [first] = (bare as { tool_calls: { id: string }[] }).tool_calls
    const { messages } = comeBack(bare, first?.id ?? '')
    expect(messages[1]).toEqual({ role: 'assistant', content })
    expect(messages[2]).toMatchObject({ content: [{ type: 'tool-result', callId: 'toolu_1' }] })
  })

  it('does so when it was streamed', () => {
    const events: ChatEvent[] = [
      { type: 'response-start', id: 'r', model: 'm', createdAt: 0 },
      { type: 'reasoning-delta', choice: 0, text: 'I should look.' },
      { type: 'reasoning-seal', choice: 0, opaque: seal },
      { type: 'tool-call-start', choice: 0, call: 0, id: 'toolu_1', name: 'look' },
      { type: 'tool-call-delta', choice: 0, call: 0, arguments: '{}' },
      { type: 'choice-finish', choice: 0, finish },
      { type: 'response-end' },
    ]
    const renderer = openaiChatInbound.renderStream(anyRequest)
    const text = events
      .flatMap((event) => renderer.push(event))
      .map((message) => message.data)
      .join('\n')
    const id = /"id":"(toolu_1[^"]*)"/.exec(text)?.[1] ?? ''
    expect(openCallId(id)).toEqual({
      id: 'toolu_1',
      state: { reasoning: [{ type: 'reasoning', text: 'I should look.', opaque: seal }] },
    })
  })

  it('goes to providers under its bare id, in the call and in its result', () => {
    const id = sealCallId('toolu_1', { reasoning: [{ type: 'reasoning', text: 'x', opaque: seal }] })
    expect(id).not.toBe('toolu_1')
    const call = { id, type: 'function', function: { name: 'look', arguments: '{}' } }
    const request = comeBack({ role: 'assistant', content: null, tool_calls: [call] }, id)
    const { body } = openaiChatOutbound.buildCall(request, { baseUrl: 'https://x', model: 'm', quirks: {} })
    expect(body.messages).toEqual([
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: null, tool_calls: [{ ...call, id: 'toolu_1' }] },
      { role: 'tool', tool_call_id: 'toolu_1', content: 'seen' },
    ])
  })

  it('keeps a bare id where the state is too large to carry, or was damaged on the way', () => {
    const large = { reasoning: [{ type: 'reasoning' as const, text: 'x'.repeat(50_000), opaque: seal }] }
    expect(sealCallId('toolu_1', large)).toBe('toolu_1')
    const sealed = sealCallId('toolu_1', { reasoning: [{ type: 'reasoning', text: 'x', opaque: seal }] })
    expect(openCallId(`${sealed.slice(0, -9)}%%%`)).toEqual({ id: 'toolu_1' })
    expect(openCallId('call_abc')).toEqual({ id: 'call_abc' })
  })
})

describe('a model that reasons', () => {
  const build = (body: object, facts: object) =>
    openaiChatOutbound.buildCall(
      openaiChatInbound.parseRequest({ messages: [{ role: 'user', content: 'x' }], ...body }),
      {
        baseUrl: 'https://x',
        model: 'm',
        quirks: {},
        facts,
      },
    )

  it('is not sent the sampling that it refuses, and the client is told', () => {
    const { body, dropped } = build({ temperature: 0.2, top_p: null, seed: 1 }, { sampling: false })
    expect(body).not.toHaveProperty('temperature')
    expect(body.seed).toBe(1)
    expect(dropped).toEqual(['temperature'])
  })

  it('is sent it where it is told not to reason, or where nothing is known of it', () => {
    expect(build({ temperature: 0.2, reasoning_effort: 'none' }, { sampling: false }).dropped).toEqual([])
    expect(build({ temperature: 0.2 }, {}).body.temperature).toBe(0.2)
  })

  it('is told how much; one that does not reason is not', () => {
    expect(build({ reasoning_effort: 'low' }, { reasoning: true }).dropped).toEqual([])
    expect(build({ reasoning_effort: 'low' }, { reasoning: false }).dropped).toEqual(['reasoning_effort'])
  })
})

import { describe, expect, it } from 'vitest'
import { foldEvents, unfold } from '../../../src/chat/fold.ts'
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import type { ChatResponse } from '../../../src/chat/response.ts'
import { inbound } from '../../../src/dialects/index.ts'
import { listIn } from '../../../src/dialects/json-read.ts'
import { catalog } from '../../../src/providers/catalog.ts'
import type { Provider } from '../../../src/providers/provider.ts'
import { anyRequest } from '../../any-request.ts'
import { customProvider, send } from './clients.ts'

const custom: [string, Provider] = ['c', customProvider('openai-chat')]
const asked: JsonObject = {
  max_tokens: 9,
  messages: [{ role: 'user', content: 'hi' }],
  tools: [{ name: 'f', input_schema: { type: 'object' } }],
}
const call = { index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }

const fields: [string, JsonObject, JsonObject][] = [
  ['reasoning_content', { reasoning_content: 'because' }, { reasoning_content: 'because' }],
  ['reasoning', { reasoning: 'because' }, { reasoning: 'because' }],
  [
    'a part of the content',
    { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'because' }] }] },
    { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'because' }] }] },
  ],
]

/** The first answer as an Anthropic client keeps it, and what is then sent to a provider. */
function nextTurn(answer: ChatResponse, receiver = custom): Json[] {
  const said = inbound.anthropic?.renderResponse(answer, anyRequest)
  const results = [{ type: 'tool_result', tool_use_id: 'c1', content: 'x' }]
  const messages = [
    ...listIn(asked.messages),
    { role: 'assistant', content: said?.content ?? null },
    { role: 'user', content: results },
  ]
  return listIn(send('anthropic', { ...asked, messages }, receiver).body.messages)
}

describe.each(fields)('reasoning that a custom provider sent in %s', (_, sent, expected) => {
  const { speaker } = send('anthropic', asked, custom)

  it('goes back to it there after a whole answer', () => {
    const message = { role: 'assistant', content: null, ...sent, tool_calls: [call] }
    const answer = speaker.parseResponse({
      id: 'x',
      choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
    })
    expect(nextTurn(answer)[1]).toMatchObject({ role: 'assistant', ...expected })
  })

  it('goes back to it there after a stream', () => {
    const parser = speaker.parseStream()
    const chunks = [
      { choices: [{ index: 0, delta: sent }] },
      { choices: [{ index: 0, delta: { tool_calls: [call] } }] },
      { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
    ]
    const events = chunks.flatMap((chunk) => parser.push({ data: JSON.stringify(chunk) }))
    const answer = foldEvents([...events, ...parser.push({ data: '[DONE]' }), ...parser.end()])
    expect(nextTurn(answer)[1]).toMatchObject({ role: 'assistant', ...expected })
    const again = foldEvents(unfold(answer))
    expect(again.choices).toEqual(answer.choices)
  })
})

it('reasoning of another model does not go to a custom provider', () => {
  const thinking = { type: 'thinking', thinking: 'because', signature: 'native' }
  const messages = [
    ...listIn(asked.messages),
    { role: 'assistant', content: [thinking, { type: 'tool_use', id: 'c1', name: 'f', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'x' }] },
  ]
  const { body } = send('anthropic', { ...asked, messages }, custom)
  expect(JSON.stringify(body)).not.toContain('because')
})

it('what a built-in row wants back, it says itself', () => {
  const { speaker } = send('anthropic', asked, ['groq', catalog.groq])
  const message = { role: 'assistant', content: null, reasoning: 'because', tool_calls: [call] }
  const answer = speaker.parseResponse({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }] })
  expect(JSON.stringify(nextTurn(answer, ['groq', catalog.groq]))).not.toContain('because')
})

/** Calls that come in fragments, as servers send them. */
import { describe, expect, it } from 'vitest'
import { foldEvents } from '../../../src/chat/fold.ts'
import type { JsonObject } from '../../../src/chat/json.ts'
import { openaiChatOutbound } from '../../../src/dialects/openai-chat/outbound.ts'

/** The calls in a stream of these fragments. */
function callsOf(fragments: JsonObject[]) {
  const parser = openaiChatOutbound.parseStream()
  const chunks = [
    ...fragments.map((fragment) => ({ choices: [{ index: 0, delta: { tool_calls: [fragment] } }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
  ]
  const events = chunks.flatMap((chunk) => parser.push({ data: JSON.stringify(chunk) }))
  const [choice] = foldEvents([...events, ...parser.end()]).choices
  return choice?.content.map((part) => part.type === 'tool-call' && [part.id, part.name, part.arguments])
}

const first = { index: 0, id: 'a', function: { name: 'f', arguments: '{"a":1}' } }

describe('fragments of a call before its name', () => {
  it.each([
    ['with its id again', { id: 'b' }],
    ['without one', {}],
  ])('on the index of another call are its own, named %s', (_how, again) => {
    const calls = callsOf([
      first,
      { index: 0, id: 'b', function: { arguments: '{"b":' } },
      { index: 0, ...again, function: { name: 'g', arguments: '2}' } },
    ])
    expect(calls).toEqual([
      ['a', 'f', '{"a":1}'],
      ['b', 'g', '{"b":2}'],
    ])
  })

  it('belong to the call that is open where no name ever comes', () => {
    const calls = callsOf([
      { index: 0, id: 'a1', function: { name: 'f', arguments: '' } },
      { index: 0, id: 'a2', function: { arguments: '{"a":' } },
      { index: 0, id: 'a3', function: { arguments: '1}' } },
    ])
    expect(calls).toEqual([['a1', 'f', '{"a":1}']])
  })
})

/** Content that comes as a list of parts, and what a client of OpenAI's gets instead of it. */
import { describe, expect, it } from 'vitest'
import { openaiChatOutbound } from '../../src/dialects/openai-chat/outbound.ts'
import { readsTextOnly, withPlainContent } from '../../src/dialects/openai-chat/plain-content.ts'
import { Relay, type ShownEvents } from '../../src/gateway/stream-transform.ts'

const thought = {
  type: 'thinking',
  thinking: [
    { type: 'text', text: 'Let me ' },
    { type: 'text', text: 'see.' },
  ],
}
const text = (words: string): object => ({ type: 'text', text: words })
const answer = (member: 'message' | 'delta', said: object): string =>
  JSON.stringify({ id: 'c1', model: 'm', choices: [{ index: 0, [member]: said, finish_reason: null }] })

describe('content that is a list', () => {
  it.each<[string, object, object]>([
    [
      'thinking and text',
      { content: [thought, text('Grüße'), text('!')] },
      { content: 'Grüße!', reasoning_content: 'Let me see.' },
    ],
    [
      'thinking as a text',
      { content: [{ type: 'thinking', thinking: 'Hm.' }] },
      { content: null, reasoning_content: 'Hm.' },
    ],
    ['text alone', { content: [text('')] }, { content: '' }],
    [
      'references between texts',
      { content: [text('a'), { type: 'reference', reference_ids: [0] }, text('b')] },
      { content: 'ab' },
    ],
    [
      'thinking that is in its field already',
      { content: [thought], reasoning_content: 'Hm.' },
      { content: null, reasoning_content: 'Hm.' },
    ],
    [
      'calls beside it',
      { content: [thought], tool_calls: [{ id: 'a' }] },
      { content: null, reasoning_content: 'Let me see.', tool_calls: [{ id: 'a' }] },
    ],
  ])('becomes a text: %s', (_what, said, read) => {
    for (const member of ['message', 'delta'] as const)
      expect(JSON.parse(withPlainContent(answer(member, said)))).toEqual(JSON.parse(answer(member, read)))
  })

  it('keeps numbers beyond 2⁵³, and what a vendor adds', () => {
    const json =
      '{"id":"c1","n":9007199254740993,"choices":[{"delta":{"content":[{"type":"text","text":"a"}]},"own":1}]}'
    expect(withPlainContent(json)).toBe(
      '{"id":"c1","n":9007199254740993,"choices":[{"delta":{"content":"a"},"own":1}]}',
    )
  })

  it.each([
    answer('message', { content: 'a "content":[ b' }),
    answer('delta', { tool_calls: [{ index: 0, function: { arguments: '{"content":["a"]}' } }] }),
    '{"choices": [ {"message" : {"content": "a"}} ], "content": [1]}',
    'data that is no JSON: "content":[',
  ])('is all that changes: %s', (json) => {
    expect(withPlainContent(json)).toBe(json)
  })
})

describe('a relay of Chat', () => {
  const stream = [answer('delta', { content: [thought] }), answer('delta', { content: 'Grüße' }), '[DONE]']
  const relayed = (shown: ShownEvents): string[] =>
    new Relay(openaiChatOutbound, true, 0, shown)
      .push(new TextEncoder().encode(stream.map((data) => `data: ${data}\n\n`).join('')))
      .split('\n\n')
      .filter((block) => block !== '')
      .map((block) => block.slice('data: '.length))

  it('gives a client of OpenAI’s the text and the reasoning', () => {
    const [first, ...rest] = relayed({ readsTextOnly: true })
    expect(first).toBe(answer('delta', { content: null, reasoning_content: 'Let me see.' }))
    expect(rest).toEqual(stream.slice(1))
  })

  it('does so under another name of the model', () => {
    const [first] = relayed({ shownAs: { model: 'best', id: 'hub_1' }, readsTextOnly: true })
    const { model, choices } = JSON.parse(first ?? '') as { model: string; choices: [{ delta: object }] }
    expect(model).toBe('best')
    expect(choices[0].delta).toEqual({ content: null, reasoning_content: 'Let me see.' })
  })

  it('passes lists on to all other clients', () => {
    expect(relayed({})).toEqual(stream)
  })
})

it.each([
  ['mistral-client-typescript/1.10.0', false],
  ['mistral-client-python/1.9.11', false],
  ['ai/7.0.173 ai-sdk/mistral/4.0.80 runtime/node.js/24', false],
  ['OpenAI/JS 7.59.0', true],
  ['AsyncOpenAI/Python 2.3.0', true],
  ['ai/7.0.173 ai-sdk/openai-compatible/3.0.92', true],
  [undefined, false],
])('knows who reads no lists: %s', (userAgent, textOnly) => {
  expect(readsTextOnly(userAgent)).toBe(textOnly)
})

/**
 * What OpenAI's SDKs add to parsed answers is handed back with them, and means nothing to a vendor.
 */
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import { receivers, send } from './clients.ts'

const messages: JsonObject[] = [
  { role: 'user', content: 'hi' },
  {
    role: 'assistant',
    content: '{"a":1}',
    parsed: { a: 1 },
    tool_calls: [
      {
        id: 'abcdefghi',
        type: 'function',
        function: { name: 'f', arguments: '{"b":2}', parsed_arguments: { b: 2 } },
      },
    ],
  },
  { role: 'tool', tool_call_id: 'abcdefghi', content: 'done' },
]
const input: JsonObject[] = [
  { role: 'user', content: 'hi' },
  {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text: '{"a":1}', annotations: [], parsed: { a: 1 } }],
  },
  { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"b":2}', parsed_arguments: { b: 2 } },
  { type: 'function_call_output', call_id: 'c', output: 'done' },
]

describe('an answer that an SDK parsed', () => {
  it.each(receivers)('is handed to %s as it was before', (id, provider) => {
    for (const [client, body] of [
      ['openai-chat', { messages }],
      ['openai-responses', { input }],
    ] as const) {
      const sent = JSON.stringify(send(client, body, [id, provider]).body)
      expect(sent).not.toContain('"parsed')
      expect(sent).toMatch(/"?b\\?":2/)
    }
  })
})

describe('a message with calls and an empty list of parts', () => {
  it.each(receivers.filter(([id]) => id === 'mistral' || id === 'groq'))(
    'has no content at %s',
    (id, provider) => {
      const emptied = messages.map((one) => (one.role === 'assistant' ? { ...one, content: [] } : one))
      const body = { messages: emptied }
      expect(send('openai-chat', body, [id, provider]).body.messages).toMatchObject([
        {},
        { content: null },
        {},
      ])
    },
  )
})

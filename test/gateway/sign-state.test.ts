import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import { foldEvents } from '../../src/chat/fold.ts'
import type { Json, JsonObject } from '../../src/chat/json.ts'
import type { ChatResponse } from '../../src/chat/response.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { withoutState } from '../../src/dialects/without-state.ts'
import { withMaker } from '../../src/gateway/sign-state.ts'
import { StateMakers } from '../../src/gateway/state-makers.ts'
import { anyRequest } from '../any-request.ts'

/** An answer with sealed reasoning before a call, in each dialect that seals. */
const answers: [DialectId, JsonObject][] = [
  [
    'anthropic',
    {
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'SEAL' },
        { type: 'tool_use', id: 'c1', name: 'f', input: {} },
      ],
      stop_reason: 'tool_use',
    },
  ],
  [
    'openai-responses',
    {
      status: 'completed',
      output: [
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'SEAL' },
        { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{}' },
      ],
    },
  ],
  [
    'gemini',
    {
      candidates: [
        {
          content: { parts: [{ functionCall: { name: 'f', args: {} }, thoughtSignature: 'SEAL' }] },
          finishReason: 'STOP',
        },
      ],
    },
  ],
  [
    'openai-chat',
    {
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: null,
            reasoning_details: [{ type: 'reasoning.encrypted', data: 'SEAL' }],
            tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
    },
  ],
]

/** The next request of a client that gives an answer back as it got it. */
const nextTurns: Partial<Record<DialectId, (answer: JsonObject) => JsonObject>> = {
  anthropic: ({ content = null }) => ({ max_tokens: 9, messages: [hi, { role: 'assistant', content }] }),
  'openai-chat': ({ choices }) => ({ messages: [hi, memberOf(memberOf(choices, 0), 'message')] }),
  'openai-responses': ({ output }) => ({ input: [hi, ...(output as Json[])] }),
  gemini: ({ candidates }) => ({ contents: [memberOf(memberOf(candidates, 0), 'content')] }),
}
const hi = { role: 'user', content: 'hi' }

const pairs = answers.flatMap(([provider, body]) =>
  Object.keys(nextTurns).map((client) => [provider, client as DialectId, body] as const),
)

describe('state in an answer of a maker', () => {
  it.each(pairs.filter(([provider, client]) => provider !== client))(
    'of %s, kept by a client of %s, is known as the maker’s and no other’s',
    (provider, client, body) => {
      const speaker = withMaker(outbound[provider] ?? fail(provider), 'p.a', new StateMakers())
      const listener = inbound[client] ?? fail(client)
      const answered: ChatResponse = { ...speaker.parseResponse(body), id: 'x' }
      const kept = nextTurns[client]?.(listener.renderResponse(answered, anyRequest)) ?? {}
      const address = client === 'gemini' ? { model: 'm' } : undefined
      const request = listener.parseRequest({ model: 'm', ...kept }, address)
      // The isolate that is asked next remembers nothing.
      const foreignTo = (maker: string) => withoutState(request, new StateMakers().foreignTo(maker, provider))
      expect(foreignTo('p.a')).toBeUndefined()
      const bare = foreignTo('q.b')
      expect(JSON.stringify(bare?.messages)).not.toContain('SEAL')
      expect(JSON.stringify(bare?.messages)).toContain('"f"')
    },
  )

  it.each(answers)('of %s is the same streamed, and remembered where it is relayed', (dialect, body) => {
    const makers = new StateMakers()
    const speaker = withMaker(outbound[dialect] ?? fail(dialect), 'p.a', makers)
    const chunk = dialect === 'gemini' ? body : { ...body, object: 'chat.completion.chunk' }
    const watch = speaker.watch?.()
    const event = { type: 'response.output_item.done', ...chunk }
    watch?.({ data: JSON.stringify(event) })
    expect(makers.foreignTo('q.b', dialect)(['SEAL'])).toBe(true)
    expect(makers.foreignTo('p.a', dialect)(['SEAL'])).toBe(false)
    if (dialect !== 'gemini') return
    const parser = speaker.parseStream()
    const events = [...parser.push({ data: JSON.stringify(body) }), ...parser.end()]
    expect(JSON.stringify(foldEvents(events).choices)).toContain('"by":"p.a"')
  })
})

function memberOf(value: Json | undefined, name: string | number): Json {
  return (value as Record<string, Json>)[name] ?? null
}

function fail(dialect: DialectId): never {
  throw new Error(`Nobody speaks ${dialect}.`)
}

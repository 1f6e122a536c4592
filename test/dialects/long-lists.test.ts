/**
 * Lists as long as a body may hold: none becomes the arguments of one call, which engines bound.
 */
import { describe, expect, it } from 'vitest'
import { unfold } from '../../src/chat/fold.ts'
import type { Json } from '../../src/chat/json.ts'
import { foldSystemTurns } from '../../src/dialects/fit/anthropic-system.ts'
import { profileFor } from '../../src/dialects/fit/profile.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { withOneLimit } from '../../src/dialects/output-limits.ts'
import { inViewOf } from '../../src/providers/other-choice.ts'

const many = 480_000
const textPart = { type: 'text', text: 'x' }
const list = (item: Json): Json[] => Array<Json>(many).fill(item)
it('a field of many values that no translation carries is named', () => {
  const body = { model: 'm', messages: [{ role: 'user', content: 'x' }], more: list(1) }
  expect(inbound['openai-chat']?.parseRequest(body).losses).toEqual([{ path: 'more' }])
})

it('many output limits are one', () => {
  const more = Object.fromEntries(Array.from({ length: 150_000 }, (_, at) => [`s${at}`, { max_tokens: 9 }]))
  const body = { model: 'm', messages: [{ role: 'user', content: 'x' }] }
  const request = inbound['openai-chat']?.parseRequest(body)
  if (!request) throw new Error('The dialect is not spoken.')
  const origin = { ...request.origin, body: { ...body, ...more } }
  expect(withOneLimit({ ...request, origin }).maxOutputTokens).toBe(9)
})

it('an error is compared with a request of many members', () => {
  const metadata = Object.fromEntries(Array.from({ length: many }, (_, at) => [`m${at}`, 'x']))
  const found = { verdict: 'no-such-model', blame: 'model' } as const
  const sent = { body: { model: 'm', metadata }, model: 'm', texts: ['m'] }
  expect(inViewOf(sent, found, 404, 'The model `m` does not exist')).toEqual(found)
  const other = inViewOf(sent, found, 404, 'The model `m12` does not exist')
  expect(other).toMatchObject({ blame: 'request', doubtful: true })
})

describe('system messages amid a conversation', () => {
  const said = { role: 'system', content: 'x' }
  const fold = (messages: Json[]): Json => {
    const body = { model: 'claude', max_tokens: 9, messages }
    const request = inbound.anthropic?.parseRequest(body)
    if (!request) throw new Error('The dialect is not spoken.')
    const profile = profileFor(request, {
      dialect: 'anthropic',
      isKnownRow: false,
      model: 'claude-3-5-haiku-latest',
    })
    return foldSystemTurns(body, profile, []).messages ?? null
  }

  it('become words of the user before them, each once', () => {
    const block = { type: 'text', text: '<system>x</system>' }
    const user = { role: 'user', content: [textPart] }
    const model = { role: 'assistant', content: 'y' }
    const folded = fold([user, said, said, model, said, user, said, model, said])
    expect(folded).toEqual([
      { role: 'user', content: [textPart, block, block] },
      model,
      { role: 'user', content: [textPart, block, block] },
      model,
      { role: 'user', content: [block] },
    ])
    expect(user.content).toEqual([textPart])
  })

  it('cost no more than their number', () => {
    const start = performance.now()
    fold([{ role: 'user', content: 'x' }, ...list(said).slice(0, 60_000)])
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})

describe('calls by the ten thousand', () => {
  const count = 40_000
  const names = Array.from({ length: count }, (_, at) => `f${at}`)

  it('cost a Gemini client’s request no more than their number, and each finds its result', () => {
    const contents = [
      { role: 'model', parts: names.map((name) => ({ functionCall: { name, args: {} } })) },
      {
        role: 'user',
        parts: names.toReversed().map((name) => ({ functionResponse: { name, response: {} } })),
      },
    ]
    const start = performance.now()
    const request = inbound.gemini?.parseRequest({ contents }, { model: 'm' })
    expect(performance.now() - start).toBeLessThan(4_000)
    const results = request?.messages.flatMap(({ role, content }) => (role === 'tool' ? content : []))
    expect(results?.map(({ callId }) => callId)).toEqual(names.map((_, at) => `call_0_${at}`).toReversed())
  })

  it('cost its answer no more', () => {
    const content = names.map((name) => ({ type: 'tool-call' as const, id: name, name, arguments: '{}' }))
    const choice = { index: 0, content, finish: { reason: 'tool-calls' as const, raw: '' } }
    const request = inbound.gemini?.parseRequest({ contents: [{ parts: [{ text: 'x' }] }] }, { model: 'm' })
    if (!request) throw new Error('The dialect is not spoken.')
    const start = performance.now()
    const response = { id: 'a', model: 'm', createdAt: 0, choices: [choice] }
    const answer = inbound.gemini?.renderResponse(response, request)
    expect(performance.now() - start).toBeLessThan(2_000)
    expect(JSON.stringify(answer).match(/functionCall/g)).toHaveLength(count)
  })

  it('are more events than a call takes arguments', () => {
    const text = { type: 'refusal' as const, text: 'x' }
    const content = Array.from({ length: 900_000 }, () => text)
    const choice = { index: 0, content, finish: { reason: 'stop' as const, raw: '' } }
    expect(unfold({ id: 'a', model: 'm', createdAt: 0, choices: [choice] })).toHaveLength(900_003)
  })
})

describe('more citations than any answer has', () => {
  const pages = Array.from({ length: 20_000 }, (_, at) => `https://a.example/${at}`)
  const words = 'x'.repeat(1_000)
  const numbers = Array.from({ length: 1_000 }, (_, at) => at)
  const answers = {
    anthropic: {
      id: 'a',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: pages.map((url) => ({
        type: 'text',
        text: 'x',
        citations: [{ type: 'web_search_result_location', url, title: 't', cited_text: 'x' }],
      })),
      stop_reason: 'end_turn',
    },
    gemini: {
      candidates: [
        {
          content: { role: 'model', parts: [{ text: words }] },
          groundingMetadata: {
            groundingChunks: pages.map((uri) => ({ web: { uri, title: 't' } })),
            groundingSupports: numbers.map((at) => ({
              segment: { startIndex: at, endIndex: at + 1 },
              groundingChunkIndices: numbers,
            })),
          },
          finishReason: 'STOP',
        },
      ],
    },
    'openai-chat': {
      id: 'a',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: words,
            annotations: pages.map((url) => ({
              type: 'url_citation',
              url_citation: { url, title: 't', start_index: 0, end_index: 1 },
            })),
          },
          finish_reason: 'stop',
        },
      ],
    },
    'openai-responses': {
      id: 'a',
      status: 'completed',
      model: 'm',
      output: [
        {
          type: 'message',
          id: 'm',
          role: 'assistant',
          content: [
            {
              type: 'output_text',
              text: words,
              annotations: pages.map((url) => ({ type: 'url_citation', url, start_index: 0, end_index: 1 })),
            },
          ],
        },
      ],
    },
  } as const

  it.each(Object.entries(answers))('are not all carried: %s', (dialect, answer) => {
    const [choice] = outbound[dialect as keyof typeof answers]?.parseResponse(answer as never).choices ?? []
    expect(choice?.citations).toHaveLength(1_000)
  })
})

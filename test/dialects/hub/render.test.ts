import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../src/chat/events.ts'
import { foldEvents } from '../../../src/chat/fold.ts'
import type { FilePart } from '../../../src/chat/request.ts'
import { hubChatInbound, hubQueryInbound } from '../../../src/dialects/hub/inbound.ts'
import { HubError } from '../../../src/errors.ts'
import { anyRequest } from '../../any-request.ts'

const createdAt = Date.UTC(2026, 10, 21, 12)
const created = '2026-11-21T12:00:00.000Z'
const served = { provider: 'cohere', model: 'command-a-03-2025' }
const image: FilePart = { type: 'file', kind: 'image', source: { type: 'base64', data: 'iVBO' } }
const counts = { inputTokens: 3, outputTokens: 2, cachedTokens: 1, cacheWriteTokens: 0, reasoningTokens: 1 }
const usage = { promptTokens: 3, completionTokens: 2, totalTokens: 5 }

const start: ChatEvent = { type: 'response-start', id: 'r', model: '', createdAt }
const finish: ChatEvent = { type: 'choice-finish', choice: 0, finish: { reason: 'stop', raw: 'COMPLETE' } }
const events: ChatEvent[] = [
  start,
  { type: 'reasoning-delta', choice: 0, text: 'Hm.' },
  { type: 'reasoning-seal', choice: 0, opaque: { dialect: 'cohere', data: 'thinking' } },
  { type: 'text-delta', choice: 0, text: 'Hi' },
  { type: 'text-delta', choice: 0, text: ' there' },
  { type: 'logprobs-delta', choice: 0, logprobs: [] },
  { type: 'file-attach', choice: 0, file: image },
  { type: 'usage-report', usage: { ...counts, outputTokens: 1 } },
  finish,
  { type: 'usage-report', usage: counts },
  { type: 'response-end' },
]

function renderStream(all: ChatEvent[]): unknown[] {
  const renderer = hubChatInbound.renderStream(anyRequest, served)
  const messages = [...all.flatMap((event) => renderer.push(event)), ...renderer.end()]
  expect(messages.every(({ event }) => event === undefined)).toBe(true)
  return messages.map(({ data = '' }) => JSON.parse(data))
}

it('names the sources of an answer, whole and streamed', () => {
  const citation = { place: { start: 0, end: 2 }, url: 'https://a.example', title: 'A' }
  const cited: ChatEvent[] = [
    start,
    { type: 'text-delta', choice: 0, text: 'Hi' },
    { type: 'citation-add', choice: 0, citation },
    finish,
  ]
  const said = { start: 0, end: 2, url: 'https://a.example', title: 'A' }
  expect(renderStream(cited)).toContainEqual({ type: 'citation', index: 0, citation: said })
  expect(hubChatInbound.renderResponse(foldEvents(cited), anyRequest, served)).toMatchObject({
    choices: [{ message: { citations: [said] } }],
  })
})

describe('an answer of /api/chat', () => {
  it('says who served it, when, what it said and what it cost', () => {
    expect(hubChatInbound.renderResponse(foldEvents(events), anyRequest, served)).toEqual({
      id: 'r',
      provider: 'cohere',
      model: 'command-a-03-2025',
      created,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'Hi there',
            reasoning: 'Hm.',
            images: ['data:image/png;base64,iVBO'],
          },
          finishReason: 'stop',
        },
      ],
      usage,
    })
  })

  it('was made when the provider was called, where the provider does not say when', () => {
    const timeless = { ...foldEvents(events), createdAt: 0 }
    const body = hubChatInbound.renderResponse(timeless, anyRequest, { ...served, at: createdAt })
    expect(body.created).toBe(created)
    expect(hubChatInbound.renderResponse(timeless, anyRequest, served)).not.toHaveProperty('created')
  })

  it('leaves out what nobody knows, and names the model that the provider named', () => {
    const response = foldEvents([{ ...start, model: 'theirs' }, finish])
    expect(hubChatInbound.renderResponse(response, anyRequest)).toEqual({
      id: 'r',
      model: 'theirs',
      created,
      choices: [{ index: 0, message: { role: 'assistant', content: '' }, finishReason: 'stop' }],
    })
  })

  it('holds a refusal in its own field', () => {
    const response = foldEvents([start, { type: 'refusal-delta', choice: 0, text: 'No.' }, finish])
    expect(hubChatInbound.renderResponse(response, anyRequest).choices).toMatchObject([
      { message: { content: '', refusal: 'No.' } },
    ])
  })
})

describe('a stream of /api/chat', () => {
  it('is small objects that each say what they are, with usage once and an end', () => {
    expect(renderStream(events)).toEqual([
      { type: 'start', id: 'r', provider: 'cohere', model: 'command-a-03-2025', created },
      { type: 'reasoning', index: 0, content: 'Hm.' },
      { type: 'delta', index: 0, content: 'Hi' },
      { type: 'delta', index: 0, content: ' there' },
      { type: 'image', index: 0, url: 'data:image/png;base64,iVBO' },
      { type: 'finish', index: 0, finishReason: 'stop' },
      { type: 'usage', usage },
      { type: 'end' },
    ])
  })

  it('does not end where the provider did not', () => {
    const cut: ChatEvent[] = [start, { type: 'refusal-delta', choice: 1, text: 'No' }]
    expect(renderStream(cut).slice(1)).toEqual([{ type: 'refusal', index: 1, content: 'No' }])
  })

  it('ends in an error of its own where it broke', () => {
    const messages = hubChatInbound.renderStreamError(
      new HubError('PROVIDER_ERROR', 'Gone.'),
      'r',
      Date.now(),
    )
    expect(messages.map(({ data = '' }) => JSON.parse(data))).toEqual([
      {
        type: 'error',
        error: { code: 'PROVIDER_ERROR', message: 'Gone.', remedy: expect.stringContaining('trail') },
        hub: { code: 'PROVIDER_ERROR', requestId: 'r' },
      },
    ])
  })
})

describe('an answer of /gateway/query', () => {
  it('is the text alone', () => {
    expect(hubQueryInbound.renderResponse(foldEvents(events), anyRequest)).toEqual({
      cached: false,
      response: 'Hi there',
    })
  })

  it('is the refusal where there is no text, and empty where there is nothing', () => {
    const refused = foldEvents([start, { type: 'refusal-delta', choice: 0, text: 'No.' }, finish])
    expect(hubQueryInbound.renderResponse(refused, anyRequest).response).toBe('No.')
    expect(hubQueryInbound.renderResponse(foldEvents([start]), anyRequest).response).toBe('')
  })
})

describe.each([hubChatInbound, hubQueryInbound])('an error of $id', (listener) => {
  it('names the code, the field and the remedy', () => {
    const error = new HubError('VALIDATION_ERROR', 'Bad.', { param: 'messages[0].role' })
    expect(listener.renderError(error, 'r', Date.now())).toEqual({
      error: {
        code: 'VALIDATION_ERROR',
        message: 'Bad.',
        param: 'messages[0].role',
        remedy: 'Correct the named field and send the request again.',
      },
      hub: { code: 'VALIDATION_ERROR', requestId: 'r' },
    })
  })
})

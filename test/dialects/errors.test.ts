import { describe, expect, it } from 'vitest'
import type { Complaint } from '../../src/chat/events.ts'
import type { Json } from '../../src/chat/json.ts'
import { readError } from '../../src/dialects/provider-error.ts'
import { inbound } from '../../src/dialects/index.ts'
import { openaiChatInbound } from '../../src/dialects/openai-chat/inbound.ts'
import { HubError } from '../../src/errors.ts'
import { readRecordings } from '../recordings.ts'

describe('what an error body says', () => {
  const cases: [string, Json, Omit<Complaint, 'body'>][] = [
    [
      'OpenAI',
      {
        error: {
          message: 'No such model',
          type: 'invalid_request_error',
          param: 'model',
          code: 'model_not_found',
        },
      },
      { message: 'No such model', type: 'invalid_request_error', param: 'model', code: 'model_not_found' },
    ],
    [
      'OpenAI with nulls',
      { error: { message: 'Slow down', type: 'requests', param: null, code: null } },
      { message: 'Slow down', type: 'requests' },
    ],
    [
      'Anthropic',
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      { message: 'Overloaded', type: 'overloaded_error' },
    ],
    [
      'Gemini',
      { error: { code: 429, message: 'Quota', status: 'RESOURCE_EXHAUSTED' } },
      { message: 'Quota', code: '429', type: 'RESOURCE_EXHAUSTED' },
    ],
    [
      'Gemini in a list',
      [{ error: { code: 400, message: 'Bad', status: 'INVALID_ARGUMENT' } }],
      { message: 'Bad', code: '400', type: 'INVALID_ARGUMENT' },
    ],
    [
      'Cerebras, flat',
      { message: 'Unsupported', type: 'invalid_request_error', param: 'p', code: 'wrong_api_format' },
      { message: 'Unsupported', type: 'invalid_request_error', param: 'p', code: 'wrong_api_format' },
    ],
    [
      'xAI',
      { code: 'invalid-argument', error: 'Incorrect API key' },
      { message: 'Incorrect API key', code: 'invalid-argument' },
    ],
    [
      'Mistral',
      { object: 'error', message: 'Invalid model', type: 'invalid_model', code: '1500', param: null },
      { message: 'Invalid model', type: 'invalid_model', code: '1500' },
    ],
    [
      'Mistral with a number',
      { object: 'error', message: 'Bad id', type: 'invalid_function_call', code: 3280 },
      { message: 'Bad id', type: 'invalid_function_call', code: '3280' },
    ],
    [
      'Mistral with an object for a message',
      {
        object: 'error',
        message: { detail: [{ loc: ['body', 'messages'], msg: 'Field required' }] },
        code: 1,
      },
      { message: 'body.messages: Field required', code: '1' },
    ],
    ['Mistral with a detail', { detail: 'Invalid API Key' }, { message: 'Invalid API Key' }],
    [
      'FastAPI',
      {
        detail: [{ loc: ['body', 'stop', 0], msg: 'Not a string', type: 'type_error' }, { msg: 'Too long' }],
      },
      { message: 'body.stop.0: Not a string; Too long' },
    ],
    [
      'Hugging Face',
      { error: 'Model is overloaded', error_type: 'overloaded' },
      { message: 'Model is overloaded', type: 'overloaded' },
    ],
    [
      'Cohere',
      { id: 'x', message: 'too many tokens', error_type: 'TOO_MANY_TOKENS' },
      { message: 'too many tokens', type: 'TOO_MANY_TOKENS' },
    ],
    [
      'OpenRouter',
      {
        error: {
          message: 'Provider returned error',
          code: 429,
          metadata: { raw: 'busy upstream', provider_name: 'G' },
        },
      },
      { message: 'Provider returned error: busy upstream', code: '429' },
    ],
    [
      'Cloudflare',
      { success: false, errors: [{ code: 4006, message: 'Out of neurons' }] },
      { message: 'Out of neurons', code: '4006' },
    ],
    [
      'NVIDIA',
      { type: 'about:blank', status: 404, title: 'Not Found', detail: 'No such function' },
      { message: 'No such function', type: 'about:blank' },
    ],
    ['an empty object', {}, { message: '{}' }],
    ['null', null, { message: 'The provider gave no reason.' }],
  ]

  it.each(cases)('is read from the shape of %s', (_, body, expected) => {
    const { body: whole, ...said } = readError(body)
    expect(said).toEqual(expected)
    expect(whole).toBeDefined()
  })

  it('is read from text that holds JSON as from the JSON', () => {
    expect(readError('{"error":{"message":"Bad"}}').message).toBe('Bad')
  })

  it('is the text where there is no structure, cut where it is a page', () => {
    expect(readError('upstream connect error')).toEqual({
      message: 'upstream connect error',
      body: 'upstream connect error',
    })
    expect(readError(`<html>${'x'.repeat(9_000)}</html>`).message).toHaveLength(8_192)
    expect(readError('').message).toBe('The provider gave no reason.')
  })

  it('keeps the whole error object for rules that look deeper', () => {
    const error = { message: 'Quota', details: [{ '@type': 'RetryInfo', retryDelay: '7s' }] }
    expect(readError({ error }).body).toEqual(error)
  })

  const recorded = readRecordings().flatMap(({ name, exchanges }) =>
    exchanges
      .filter(({ response }) => response.status >= 400)
      .map(({ response }) => ({ name, body: response.body })),
  )
  if (recorded.length > 0)
    it('is found in every recorded error', () => {
      for (const { name, body } of recorded) {
        const text = JSON.stringify(body)
        const { message } = readError(JSON.parse(text ?? 'null'))
        expect(message, name).not.toMatch(/^[[{]|^The provider gave no reason/)
        expect(text, name).toContain(JSON.stringify(message.split(': ')[0]).slice(1, -1))
      }
    })
})

describe('an error as a client of OpenAI chat reads it', () => {
  const startedAt = Date.UTC(2026, 10, 21, 12)

  it('carries our code, the trail and the times in ISO 8601', () => {
    const entry = {
      provider: 'groq',
      model: 'm',
      keyId: 'k',
      status: 429,
      verdict: 'rate-limited',
      blame: 'account' as const,
      startedAt,
      durationMs: 12,
    }
    const error = new HubError('QUOTA_EXHAUSTED', 'All keys rest.', {
      retryAt: startedAt + 1500,
      trail: [{ ...entry, retryAt: startedAt + 1000 }, entry],
    })
    expect(openaiChatInbound.renderError(error, 'req-1', Date.now())).toEqual({
      error: {
        message: 'All keys rest.',
        type: 'rate_limit_error',
        code: 'rate_limit_exceeded',
        param: null,
      },
      hub: {
        code: 'QUOTA_EXHAUSTED',
        requestId: 'req-1',
        retryAt: '2026-11-21T12:00:01.500Z',
        trail: [
          { ...entry, startedAt: '2026-11-21T12:00:00.000Z', retryAt: '2026-11-21T12:00:01.000Z' },
          { ...entry, startedAt: '2026-11-21T12:00:00.000Z' },
        ],
      },
    })
  })

  it("passes a provider's own verdict on, with its code, type and parameter", () => {
    const upstream = {
      blame: 'request' as const,
      verdict: 'invalid',
      message: 'x',
      status: 400,
      code: 'context_length_exceeded',
      type: 'invalid_request_error',
      param: 'messages',
    }
    const error = new HubError('PROVIDER_ERROR', 'Too long.', { upstream })
    expect(openaiChatInbound.renderError(error, 'r', Date.now())).toEqual({
      error: {
        message: 'Too long.',
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
        param: 'messages',
      },
      hub: { code: 'PROVIDER_ERROR', requestId: 'r' },
    })
  })

  it('names the field that is wrong', () => {
    const error = new HubError('VALIDATION_ERROR', 'Bad.', { param: 'messages[0].role' })
    expect(openaiChatInbound.renderError(error, 'r', Date.now()).error).toEqual({
      message: 'Bad.',
      type: 'invalid_request_error',
      code: 'VALIDATION_ERROR',
      param: 'messages[0].role',
    })
  })

  it('ends a broken stream with the error and without [DONE]', () => {
    const messages = openaiChatInbound.renderStreamError(
      new HubError('PROVIDER_ERROR', 'Gone.'),
      'r',
      Date.now(),
    )
    expect(messages.map(({ data = '' }) => JSON.parse(data))).toEqual([
      {
        error: { message: 'Gone.', type: 'server_error', code: 'server_error', param: null },
        hub: { code: 'PROVIDER_ERROR', requestId: 'r' },
      },
    ])
  })
})

describe.each(Object.values(inbound))('a client of $id', (listener) => {
  it('always learns our code and the id of the request', () => {
    const error = new HubError('NO_ELIGIBLE_KEY', 'Nobody can.')
    expect(listener.renderError(error, 'req-1', Date.now()).hub).toEqual({
      code: 'NO_ELIGIBLE_KEY',
      requestId: 'req-1',
    })
    expect(JSON.stringify(listener.renderStreamError(error, 'req-1', Date.now()))).toContain(
      'NO_ELIGIBLE_KEY',
    )
  })
})

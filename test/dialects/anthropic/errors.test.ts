import { describe, expect, it } from 'vitest'
import { isJsonObject } from '../../../src/chat/json.ts'
import { anthropicInbound } from '../../../src/dialects/anthropic/inbound.ts'
import { HubError, type ErrorCode, type Fault } from '../../../src/errors.ts'

const fault: Fault = { blame: 'request', verdict: 'invalid', message: 'x' }

function typeOf(error: HubError): unknown {
  const body = anthropicInbound.renderError(error, 'r', Date.now())
  return isJsonObject(body.error) ? body.error.type : undefined
}

describe('an error as a client of Anthropic reads it', () => {
  it('has a type, a message, the id of the request, and our code', () => {
    expect(
      anthropicInbound.renderError(new HubError('NOT_FOUND', 'Nobody has it.'), 'req-1', Date.now()),
    ).toEqual({
      type: 'error',
      error: { type: 'not_found_error', message: 'Nobody has it.' },
      request_id: 'req-1',
      hub: { code: 'NOT_FOUND', requestId: 'req-1' },
    })
  })

  it.each<[ErrorCode, string]>([
    ['VALIDATION_ERROR', 'invalid_request_error'],
    ['NO_ELIGIBLE_KEY', 'invalid_request_error'],
    ['UNAUTHORIZED', 'authentication_error'],
    ['BUDGET_EXCEEDED', 'billing_error'],
    ['FORBIDDEN', 'permission_error'],
    ['NOT_FOUND', 'not_found_error'],
    ['REQUEST_TIMEOUT', 'timeout_error'],
    ['CONFLICT', 'conflict_error'],
    ['PAYLOAD_TOO_LARGE', 'request_too_large'],
    ['RATE_LIMIT_EXCEEDED', 'rate_limit_error'],
    ['QUOTA_EXHAUSTED', 'rate_limit_error'],
    ['INTERNAL_ERROR', 'api_error'],
    ['PROVIDER_ERROR', 'api_error'],
    ['OVERLOADED', 'overloaded_error'],
    ['PROVIDER_TIMEOUT', 'timeout_error'],
  ])('%s is a %s', (code, type) => {
    expect(typeOf(new HubError(code, 'x'))).toBe(type)
  })

  it.each([
    [400, 'invalid_request_error'],
    [404, 'not_found_error'],
    [413, 'request_too_large'],
    [422, 'invalid_request_error'],
  ])('has the word for the status %d of a provider’s own verdict, whatever its dialect', (status, type) => {
    const upstream = { ...fault, status, type: 'INVALID_ARGUMENT' }
    expect(typeOf(new HubError('VALIDATION_ERROR', 'x', { upstream }))).toBe(type)
  })

  it('says that the provider was overloaded where that was the last that was heard', () => {
    const entry = {
      provider: 'anthropic',
      model: 'm',
      keyId: 'k',
      status: 529,
      verdict: 'overloaded',
      blame: 'provider' as const,
      startedAt: 0,
      durationMs: 1,
    }
    expect(typeOf(new HubError('PROVIDER_ERROR', 'x', { trail: [entry] }))).toBe('overloaded_error')
    const cut = { ...entry, verdict: 'cut' }
    expect(typeOf(new HubError('PROVIDER_ERROR', 'x', { trail: [entry, cut] }))).toBe('api_error')
    expect(typeOf(new HubError('QUOTA_EXHAUSTED', 'x', { trail: [entry] }))).toBe('rate_limit_error')
  })

  it('ends a broken stream as an event of its own, with no message_stop', () => {
    const error = new HubError('PROVIDER_ERROR', 'Gone.')
    const messages = anthropicInbound.renderStreamError(error, 'r', Date.now())
    expect(messages).toEqual([
      { event: 'error', data: JSON.stringify(anthropicInbound.renderError(error, 'r', Date.now())) },
    ])
  })
})

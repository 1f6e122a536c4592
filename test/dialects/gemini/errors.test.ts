import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { geminiInbound } from '../../../src/dialects/gemini/inbound.ts'
import { HubError, type ErrorCode, type Fault } from '../../../src/errors.ts'
import { encodeSse } from '../../../src/http/sse.ts'

const now = Date.UTC(2026, 10, 21, 12)

beforeEach(() => {
  vi.useFakeTimers({ now })
})
afterEach(() => {
  vi.useRealTimers()
})

function fault(fields: Partial<Fault>): Fault {
  return { blame: 'request', verdict: 'invalid', message: 'x', ...fields }
}

describe('an error as a client of Gemini reads it', () => {
  it.each<[ErrorCode, number, string]>([
    ['VALIDATION_ERROR', 400, 'INVALID_ARGUMENT'],
    ['NO_ELIGIBLE_KEY', 400, 'FAILED_PRECONDITION'],
    ['UNAUTHORIZED', 401, 'UNAUTHENTICATED'],
    ['FORBIDDEN', 403, 'PERMISSION_DENIED'],
    ['NOT_FOUND', 404, 'NOT_FOUND'],
    ['QUOTA_EXHAUSTED', 429, 'RESOURCE_EXHAUSTED'],
    ['INTERNAL_ERROR', 500, 'INTERNAL'],
    ['PROVIDER_ERROR', 502, 'UNAVAILABLE'],
    ['OVERLOADED', 503, 'UNAVAILABLE'],
    ['PROVIDER_TIMEOUT', 504, 'DEADLINE_EXCEEDED'],
  ])('says %s as %i %s', (code, status, word) => {
    expect(geminiInbound.renderError(new HubError(code, 'Bad.'), 'r', Date.now())).toEqual({
      error: { code: status, message: 'Bad.', status: word },
      hub: { code, requestId: 'r' },
    })
  })

  it('says how long to wait where the SDKs look for it', () => {
    const error = new HubError('RATE_LIMIT_EXCEEDED', 'Slow down.', { retryAt: now + 1500 })
    expect(geminiInbound.renderError(error, 'r', Date.now())).toMatchObject({
      error: { details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2s' }] },
      hub: { retryAt: '2026-11-21T12:00:01.500Z' },
    })
    const past = new HubError('RATE_LIMIT_EXCEEDED', 'Slow down.', { retryAt: now - 5000 })
    expect(geminiInbound.renderError(past, 'r', Date.now())).toMatchObject({
      error: { details: [{ retryDelay: '0s' }] },
    })
  })

  it('names the field that is wrong', () => {
    const error = new HubError('VALIDATION_ERROR', 'Bad.', { param: 'contents[0].role' })
    expect(geminiInbound.renderError(error, 'r', Date.now())).toMatchObject({
      error: {
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.BadRequest',
            fieldViolations: [{ field: 'contents[0].role', description: 'Bad.' }],
          },
        ],
      },
    })
  })

  it("passes a provider's own verdict on, in its own word where it is Google's", () => {
    const words = (upstream: Partial<Fault>) =>
      geminiInbound.renderError(
        new HubError('PROVIDER_ERROR', 'x', { upstream: fault(upstream) }),
        'r',
        Date.now(),
      ).error
    expect(words({ status: 400, type: 'FAILED_PRECONDITION' })).toMatchObject({
      code: 400,
      status: 'FAILED_PRECONDITION',
    })
    expect(words({ status: 422, type: 'invalid_request_error' })).toMatchObject({
      code: 422,
      status: 'INVALID_ARGUMENT',
    })
    expect(words({ status: 418 })).toMatchObject({ code: 418, status: 'UNAVAILABLE' })
  })

  it('ends a broken stream as a message that holds it, and one that SDKs before 2.0 stumble over', () => {
    const error = new HubError('PROVIDER_ERROR', 'Gone.')
    const messages = geminiInbound.renderStreamError(error, 'r', Date.now())
    // How `@google/genai` 1 reads a stream; it raises an error where something is left.
    const left = messages
      .map(encodeSse)
      .join('')
      .replace(/^\s*data: (.*)(?:\n\n|\r\r|\r\n\r\n)/, '')
    expect(left.trim()).not.toBe('')
    expect(JSON.parse(messages[0]?.data ?? '')).toEqual(geminiInbound.renderError(error, 'r', Date.now()))
  })
})

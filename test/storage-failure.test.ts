import { describe, expect, it } from 'vitest'
import { toHubError } from '../src/errors.ts'
import { isStorageFailure } from '../src/storage-failure.ts'

/** An error of drizzle: what was sent in the query is in its message. */
function failedQuery(cause: Error, params = ''): Error {
  return new Error(`Failed query: select "id" from "keys"\nparams: ${params}`, { cause })
}

describe('a failure of storage', () => {
  it.each([
    'D1_ERROR: Network connection lost.',
    'D1_ERROR: D1 DB is overloaded. Requests queued for too long.',
    'D1_ERROR: database is locked: SQLITE_BUSY',
    'D1_ERROR: attempt to write a readonly database: SQLITE_READONLY',
    'D1_ERROR: database or disk is full: SQLITE_FULL',
    'D1_ERROR: database disk image is malformed: SQLITE_CORRUPT',
    'D1_ERROR: no such table: users: SQLITE_ERROR',
    'Network connection lost.',
    'internal error; reference = 0123abcd',
    'Durable Object is overloaded. Too many requests queued.',
    'disk I/O error: SQLITE_IOERR',
  ])('is "%s", by itself and behind a query', (message) => {
    expect(isStorageFailure(new Error(message))).toBe(true)
    expect(isStorageFailure(failedQuery(new Error(message)))).toBe(true)
  })

  it('is whatever keeps a query from being answered', () => {
    expect(isStorageFailure(failedQuery(new Error('The database is down.')))).toBe(true)
  })

  it('is what the platform says may pass', () => {
    expect(isStorageFailure(Object.assign(new Error('What?'), { retryable: true }))).toBe(true)
    expect(isStorageFailure(Object.assign(new Error('What?'), { overloaded: true }))).toBe(true)
  })

  it.each([
    'D1_ERROR: UNIQUE constraint failed: keys.id: SQLITE_CONSTRAINT',
    'D1_ERROR: near "SELEC": syntax error: SQLITE_ERROR',
    "D1_TYPE_ERROR: Type 'undefined' not supported for value 'undefined'",
  ])('is not the fault of a statement: "%s"', (message) => {
    expect(isStorageFailure(new Error(message))).toBe(false)
    expect(isStorageFailure(failedQuery(new Error(message), 'no such table'))).toBe(false)
  })

  it('is no fault of our own code', () => {
    for (const thrown of [new TypeError('x is not a function'), 'D1_ERROR', undefined, null])
      expect(isStorageFailure(thrown)).toBe(false)
  })

  it('is told as 503, with a time to come back, and nothing of the inside', () => {
    const error = toHubError(new Error('D1_ERROR: Network connection lost.'))
    expect([error.status, error.code]).toEqual([503, 'UNAVAILABLE'])
    expect(error.retryAt).toBeGreaterThan(Date.now())
    expect(error.message).not.toContain('D1')
  })
})

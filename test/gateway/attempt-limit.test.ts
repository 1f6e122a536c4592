import { expect, it } from 'vitest'
import { attemptLimitMs } from '../../src/gateway/attempt-limit.ts'

const call = { stream: false, isLong: false, hasAlternative: true, leftMs: 900_000, askedMs: undefined }

it('gives a call its usual time, or half of what is left', () => {
  expect(attemptLimitMs(call)).toBe(120_000)
  expect(attemptLimitMs({ ...call, isLong: true })).toBe(300_000)
  expect(attemptLimitMs({ ...call, leftMs: 60_000 })).toBe(30_000)
  expect(attemptLimitMs({ ...call, stream: true, leftMs: 60_000 })).toBe(30_000)
  expect(attemptLimitMs({ ...call, askedMs: 400_000, isLong: true })).toBe(400_000)
  expect(attemptLimitMs({ ...call, askedMs: 400_000, leftMs: 60_000 })).toBe(30_000)
})

it('gives the last candidate all the time there is', () => {
  expect(attemptLimitMs({ ...call, hasAlternative: false })).toBeUndefined()
  expect(attemptLimitMs({ ...call, hasAlternative: false, askedMs: 1_000 })).toBeUndefined()
})

/** Records of requests are within what a row can hold, whatever clients and providers say. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { RequestRecord } from '../../src/observe/record.ts'
import { boundRecord, minimalRecord } from '../../src/observe/bounded-record.ts'
import { anyRecord } from './hostile-records.ts'

const mostCharacters = 40_000

it('of any record, each text is short and well-formed and each number finite', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      for (const bound of [boundRecord(record), minimalRecord(record)]) {
        const text = JSON.stringify(bound)
        expect(text.length).toBeLessThan(mostCharacters)
        expect(text.isWellFormed() && !/\\ud[89a-f]|\\u0000/i.test(text)).toBe(true)
        for (const value of numbersIn(bound)) expect(Math.abs(value)).toBeLessThanOrEqual(1e14)
      }
    }),
    { numRuns: 60 },
  )
}, 60_000)

it('an ordinary record is as it was', () => {
  const record: RequestRecord = {
    id: 'req_1',
    owner: 'usr_1',
    startedAt: 1_790_000_000_000,
    durationMs: 120,
    tokenId: null,
    dialect: 'openai-chat',
    asked: 'smart',
    stream: true,
    provider: 'groq',
    model: 'llama-é😀',
    keyId: 'key_1',
    status: 200,
    code: null,
    usage: { inputTokens: 1, outputTokens: 2, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
    cost: 0.25,
    saved: 0,
    trail: [],
  }
  expect(boundRecord(record)).toEqual(record)
})

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : []
}

/**
 * Records of requests as nobody should make them: huge texts, halves of characters, NUL, numbers
 * without end.
 */
import fc from 'fast-check'
import type { RequestRecord } from '../../src/observe/record.ts'

const huge = ['x'.repeat(2_100_000), '\ud83d\ude00'.repeat(100_000).slice(1)]

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('', '\0', '\ud800', 'a\udfffb', '\u2028', "'; DROP TABLE requests; --", ...huge),
)
const number = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e308, -1e308, 2 ** 53, -1, 0.5),
)
const textOrNull = fc.option(text, { nil: null })

const usage = fc.record({
  inputTokens: number,
  outputTokens: number,
  cachedTokens: number,
  cacheWriteTokens: number,
  reasoningTokens: number,
})

const attempt = fc.record({
  provider: text,
  model: text,
  keyId: textOrNull,
  status: fc.option(number, { nil: null }),
  verdict: text,
  blame: fc.constantFrom('key' as const, null),
  startedAt: number,
  durationMs: number,
  message: text,
})

const skip = fc.record(
  {
    provider: text,
    model: textOrNull,
    reason: text,
    keys: number,
    keyId: text,
    retryAt: number,
    after: number,
  },
  { requiredKeys: ['provider', 'model', 'reason'] },
)

/** A record whose every field is hostile but the names of those it belongs to. */
export const anyRecord: fc.Arbitrary<RequestRecord> = fc.record({
  id: fc.uuid(),
  owner: fc.constantFrom('u1', 'u2'),
  startedAt: number,
  durationMs: number,
  tokenId: textOrNull,
  dialect: text,
  asked: text,
  stream: fc.boolean(),
  provider: textOrNull,
  model: textOrNull,
  keyId: textOrNull,
  status: number,
  code: fc.constantFrom('INTERNAL_ERROR' as const, null),
  usage: fc.option(usage, { nil: null }),
  cost: fc.option(number, { nil: null }),
  saved: fc.option(number, { nil: null }),
  trail: fc.array(attempt, { maxLength: 30 }),
  message: text,
  skipped: fc.array(skip, { maxLength: 30 }),
  route: text,
  client: text,
})

/** How near the estimate comes to what providers reported for recorded requests. */
import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import { inbound } from '../../src/dialects/index.ts'
import { estimateTokens } from '../../src/gateway/estimate.ts'
import { addressIn } from '../dialects/fixtures.ts'
import { type Exchange, readRecordings } from '../recordings.ts'

/** What such requests refer to is kept or fetched by the provider, and cannot be seen in them. */
const unseen = new Set(['gemini/cached_content.json', 'anthropic/web_search_server_tool_stream.json'])

/**
 * The most that a provider was seen to add of its own (how to call tools, a system text of the
 * house), in tokens.
 */
const addedByProviders = 600

interface Case {
  name: string
  messages: number
  actual: number
  estimated: number
}

function dialectOf(path: string): DialectId | undefined {
  if (path.endsWith('/chat/completions')) return 'openai-chat'
  if (path.endsWith('/responses')) return 'openai-responses'
  if (path.endsWith('/messages')) return 'anthropic'
  return path.endsWith('enerateContent') ? 'gemini' : undefined
}

/**
 * What an answer says of its input, with what was read from a cache and written to it. The last
 * report of a stream counts.
 */
function reportedInput(dialect: DialectId, { body, sse }: Exchange['response']): number {
  const text = sse ?? JSON.stringify(body)
  const largest = (name: string) =>
    Math.max(0, ...[...text.matchAll(new RegExp(`"${name}": ?(\\d+)`, 'g'))].map((match) => Number(match[1])))
  switch (dialect) {
    case 'openai-chat':
      return largest('prompt_tokens')
    case 'gemini':
      return largest('promptTokenCount')
    case 'anthropic':
      return (
        largest('input_tokens') + largest('cache_read_input_tokens') + largest('cache_creation_input_tokens')
      )
    default:
      return largest('input_tokens')
  }
}

function toCase(name: string, { request, response }: Exchange): Case[] {
  const dialect = request ? dialectOf(new URL(request.url).pathname) : undefined
  if (!request || !dialect || response.status >= 300 || unseen.has(name)) return []
  const actual = reportedInput(dialect, response)
  const parsed = inbound[dialect]?.parseRequest(request.body, addressIn(request.url))
  if (!parsed || actual === 0) return []
  return [{ name, actual, messages: parsed.messages.length, estimated: estimateTokens(parsed).inputTokens }]
}

const conversations = readRecordings().map(({ name, exchanges }) =>
  exchanges.flatMap((exchange) => toCase(name, exchange)),
)
const cases = conversations.flat()

function medianError(pairs: { actual: number; estimated: number }[]): number {
  const errors = pairs
    .map(({ actual, estimated }) => Math.abs(estimated / actual - 1))
    .toSorted((a, b) => a - b)
  return errors[Math.floor(errors.length / 2)] ?? Number.NaN
}

// Without recordings there is nothing to compare with; a file without a test would fail.
if (cases.length === 0) it('needs RECORDINGS_DIR to be set', () => expect(cases).toEqual([]))
else
  describe('the estimate of recorded requests', () => {
    it('is off by less than a third for half of them, small as they are', () => {
      expect(cases.length).toBeGreaterThan(100)
      expect(medianError(cases)).toBeLessThan(0.33)
    })

    it('is off by less than a quarter for what a turn adds, where the provider’s own additions cancel out', () => {
      const turns = conversations.flatMap((conversation) =>
        conversation.slice(1).flatMap((turn, index) => {
          const before = conversation[index]
          if (!before || turn.messages <= before.messages || turn.actual <= before.actual) return []
          return [{ actual: turn.actual - before.actual, estimated: turn.estimated - before.estimated }]
        }),
      )
      expect(turns.length).toBeGreaterThan(20)
      expect(medianError(turns)).toBeLessThan(0.25)
    })

    it.each(cases)('of $name is not absurd', ({ actual, estimated }) => {
      // A schema that the provider does not count, or an image that is smaller than most.
      expect(estimated).toBeLessThanOrEqual(actual * 3 + 60 + (estimated > 1_000 ? 1_000 : 0))
      expect(estimated).toBeGreaterThanOrEqual((actual - addedByProviders) / 2.5)
    })
  })

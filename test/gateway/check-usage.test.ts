/**
 * Usage as providers may report it, true or not: what is counted is whole, finite, and near what
 * was seen.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Usage } from '../../src/chat/events.ts'
import type { Json, JsonObject } from '../../src/chat/json.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { checkUsage, type Evidence, mostInputTokens } from '../../src/gateway/check-usage.ts'
import { ContentMeter } from '../../src/gateway/content-meter.ts'
import { estimateTokens } from '../../src/gateway/estimate.ts'
import { evidenceOf } from '../../src/gateway/usage-evidence.ts'
import { Relay, Translation } from '../../src/gateway/stream-transform.ts'
import { spendingOf } from '../../src/providers/registry.ts'
import { anyRequest } from '../any-request.ts'

const noUsage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }
const evidence: Evidence = {
  inputTokens: 100,
  mostInputTokens: () =>
    mostInputTokens({ estimatedTokens: 100, characters: 400, files: 0, openEnded: false }),
  outputTokens: () => 50,
  outputCharacters: 200,
  outputLimit: 1_000,
  complete: true,
}
const claim = (counts: Partial<Usage>): Usage => checkUsage({ ...noUsage, ...counts }, evidence)
const own = { ...noUsage, inputTokens: 100, outputTokens: 50, estimated: true }

describe('usage that a provider reports', () => {
  it('is believed as it came where it can be true', () => {
    const honest = { inputTokens: 120, outputTokens: 40, cachedTokens: 64, cacheWriteTokens: 8 }
    expect(claim(honest)).toEqual({ ...noUsage, ...honest })
    expect(claim({ inputTokens: 120, outputTokens: 3_900, reasoningTokens: 3_860 }).claimed).toBeUndefined()
  })

  it.each([
    ['negative input', { inputTokens: -1_000_000, outputTokens: 5 }],
    ['negative output', { inputTokens: 100, outputTokens: -1 }],
    ['a negative part', { inputTokens: 100, outputTokens: 5, cachedTokens: -5 }],
    ['a fraction', { inputTokens: 100.5, outputTokens: 5 }],
    ['1e308', { inputTokens: 1e308, outputTokens: 1e308 }],
    ['infinity', { inputTokens: Infinity, outputTokens: 5 }],
    ['no number', { inputTokens: Number.NaN, outputTokens: 5 }],
    ['2^53 + 1', { inputTokens: 2 ** 53 + 1, outputTokens: 5 }],
    ['more from the cache than came in', { inputTokens: 100, outputTokens: 5, cachedTokens: 101 }],
    ['more into the cache than came in', { inputTokens: 100, outputTokens: 5, cacheWriteTokens: 101 }],
    ['both', { inputTokens: 100, outputTokens: 5, cachedTokens: 60, cacheWriteTokens: 60 }],
    ['more reasoning than output', { inputTokens: 100, outputTokens: 5, reasoningTokens: 500 }],
    ['more input than was sent', { inputTokens: 100_000, outputTokens: 5 }],
    ['more output than came', { inputTokens: 100, outputTokens: 100_000 }],
  ])('is replaced by the hub’s own count, and kept beside it: %s', (_, counts) => {
    const usage = claim(counts)
    expect(usage).toMatchObject(own)
    expect(usage.claimed).toBeDefined()
    for (const count of Object.values(usage.claimed ?? {})) expect(Number.isFinite(count)).toBe(true)
  })

  it('that leaves nearly everything out is replaced, too', () => {
    const long = { ...evidence, inputTokens: 50_000, outputTokens: () => 20_000, outputCharacters: 80_000 }
    expect(checkUsage({ ...noUsage, inputTokens: 0, outputTokens: 18_000 }, long).inputTokens).toBe(50_000)
    expect(checkUsage({ ...noUsage, inputTokens: 49_000, outputTokens: 1 }, long).outputTokens).toBe(20_000)
  })

  it('of a cache for an hour is no more than was written, and all of it where the report does not say', () => {
    const counts = { ...noUsage, inputTokens: 100, outputTokens: 5, cacheWriteTokens: 60 }
    const hourOf = (hour: number | undefined, asked: boolean): number | undefined =>
      checkUsage(
        { ...counts, ...(hour !== undefined && { hourCacheWriteTokens: hour }) },
        { ...evidence, writesHourCache: () => asked },
      ).hourCacheWriteTokens
    expect(hourOf(20, false)).toBe(20)
    expect(hourOf(undefined, false)).toBeUndefined()
    for (const lie of [undefined, 61, -1, Number.NaN, 1e308]) expect(hourOf(lie, true)).toBe(60)
  })

  it('that is missing is the hub’s own count', () => {
    expect(checkUsage(undefined, evidence)).toEqual(own)
  })

  it('in the middle of a stream counts no less than what came before it broke', () => {
    const cut = { ...evidence, complete: false }
    expect(checkUsage({ ...noUsage, inputTokens: 90, outputTokens: 1 }, cut)).toEqual({
      ...noUsage,
      inputTokens: 90,
      outputTokens: 50,
      estimated: true,
    })
    expect(checkUsage({ ...noUsage, inputTokens: 90, outputTokens: 60 }, cut).estimated).toBeUndefined()
  })

  it('of a model that searches or reads what is kept is believed up to the longest context there is', () => {
    expect(mostInputTokens({ estimatedTokens: 1, characters: 4, files: 0, openEnded: true })).toBe(10_000_000)
  })
})

const price = { input: 5, output: 30, cachedInput: 0.5, cacheWrite: 6.25 }
const anyNumber = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(1e308, -1e308, Infinity, -Infinity, Number.NaN, -0, 2 ** 53 + 1, 1e-9, 0.5),
)
const anyCounts = fc.record({
  inputTokens: anyNumber,
  outputTokens: anyNumber,
  cachedTokens: anyNumber,
  cacheWriteTokens: anyNumber,
  reasoningTokens: anyNumber,
})

function expectBounded(usage: Usage, most: { input: number; output: number }): void {
  const { inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens } = usage
  for (const count of [inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens]) {
    expect(Number.isSafeInteger(count)).toBe(true)
    expect(count).toBeGreaterThanOrEqual(0)
  }
  expect(cachedTokens + cacheWriteTokens).toBeLessThanOrEqual(inputTokens)
  expect(reasoningTokens).toBeLessThanOrEqual(outputTokens)
  expect(inputTokens).toBeLessThanOrEqual(most.input)
  expect(outputTokens).toBeLessThanOrEqual(most.output)
  const { cost } = spendingOf(price, usage, false)
  expect(cost).toBeGreaterThanOrEqual(0)
  expect(cost).toBeLessThanOrEqual((most.input * 6.25 + most.output * 30) / 1e6)
}

describe('for any numbers that a provider reports', () => {
  it('what is counted is whole, not negative, and within the margin of what was seen', () => {
    fc.assert(
      fc.property(anyCounts, fc.boolean(), (claimed, complete) => {
        const usage = checkUsage(claimed, { ...evidence, complete })
        expectBounded(usage, { input: 33_000, output: 5_300 })
        expect(Object.values(usage.claimed ?? {}).every(Number.isFinite)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

/** What a provider may write where a count belongs: JSON numbers as texts, since `1e999` is one. */
const anyText = fc.oneof(
  fc.constantFrom(
    '-1',
    '-1000000',
    '1e308',
    '1e999',
    '-1e999',
    '9007199254740993',
    '0.5',
    'null',
    '"NaN"',
    '"12"',
  ),
  fc.constantFrom('{}', '[]', 'true', '{"tokens":5}', '0', '7', '1000000'),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
)

/** The members of each dialect's report of usage, and how a whole answer and a stream hold it. */
const reports: Record<
  string,
  { members: string[]; answer: (usage: string) => string; stream: (usage: string) => string[] }
> = {
  'openai-chat': {
    members: [
      'prompt_tokens',
      'completion_tokens',
      'total_tokens',
      'cached_tokens',
      'prompt_cache_hit_tokens',
    ],
    answer: (usage) =>
      `{"id":"a","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":${usage}}`,
    stream: (usage) => [
      '{"id":"a","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}',
      '{"id":"a","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
      `{"id":"a","choices":[],"usage":${usage}}`,
      '[DONE]',
    ],
  },
  'openai-responses': {
    members: ['input_tokens', 'output_tokens', 'total_tokens'],
    answer: (usage) =>
      `{"id":"resp_1","object":"response","status":"completed","output":[{"type":"message","id":"m","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hi","annotations":[]}]}],"usage":${usage}}`,
    stream: (usage) => [
      '{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"Hi"}',
      `{"type":"response.completed","response":{"id":"resp_1","status":"completed","output":[],"usage":${usage}}}`,
    ],
  },
  anthropic: {
    members: ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'],
    answer: (usage) =>
      `{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":${usage}}`,
    stream: (usage) => [
      `{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"usage":${usage}}}`,
      '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}',
      '{"type":"content_block_stop","index":0}',
      `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":${usage}}`,
      '{"type":"message_stop"}',
    ],
  },
  gemini: {
    members: [
      'promptTokenCount',
      'candidatesTokenCount',
      'thoughtsTokenCount',
      'cachedContentTokenCount',
      'toolUsePromptTokenCount',
    ],
    answer: (usage) =>
      `{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"Hi"}]},"finishReason":"STOP"}],"usageMetadata":${usage}}`,
    stream: (usage) => [
      `{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"Hi"}]},"finishReason":"STOP"}],"usageMetadata":${usage}}`,
    ],
  },
  cohere: {
    members: ['cached_tokens', 'tokens', 'billed_units'],
    answer: (usage) =>
      `{"id":"c","finish_reason":"COMPLETE","message":{"role":"assistant","content":[{"type":"text","text":"Hi"}]},"usage":${usage}}`,
    stream: (usage) => [
      '{"type":"message-start","id":"c","delta":{"message":{"role":"assistant"}}}',
      '{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}',
      '{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Hi"}}}}',
      `{"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":${usage}}}`,
    ],
  },
  'openai-embeddings': {
    members: ['prompt_tokens', 'total_tokens'],
    answer: (usage) => `{"object":"list","data":[{"index":0,"embedding":[0.1]}],"usage":${usage}}`,
    stream: () => [],
  },
}
const nested: Record<string, string[]> = {
  prompt_tokens_details: ['cached_tokens', 'cache_write_tokens'],
  completion_tokens_details: ['reasoning_tokens'],
  input_tokens_details: ['cached_tokens', 'cache_write_tokens'],
  output_tokens_details: ['reasoning_tokens', 'thinking_tokens'],
  tokens: ['input_tokens', 'output_tokens', 'reasoning_tokens'],
  billed_units: ['input_tokens', 'output_tokens'],
}

function anyReport(members: string[]): fc.Arbitrary<string> {
  const object = (names: string[]): fc.Arbitrary<string> =>
    fc
      .tuple(
        ...names.map((name) => fc.option(anyText).map((text) => (text === null ? '' : `"${name}":${text}`))),
      )
      .map((parts) => `{${parts.filter((part) => part !== '').join(',')}}`)
  const inner = Object.entries(nested).map(([name, names]) =>
    object(names).map((text) => `"${name}":${text}`),
  )
  return fc
    .tuple(object(members), ...inner)
    .map(([outer, ...more]) => `{${[outer.slice(1, -1), ...more].filter((part) => part !== '').join(',')}}`)
}

const candidate = {
  providerId: 'own',
  provider: { name: 'Own', dialects: {}, defaultModel: 'm', models: {}, aliases: [] },
}
const estimate = estimateTokens(anyRequest)
const seenOf = (meter: ContentMeter, complete: boolean): Evidence =>
  evidenceOf({
    request: anyRequest,
    estimate,
    sentCharacters: 100,
    candidate,
    model: 'm',
    meter,
    complete,
    isCapped: false,
  })
const most = { input: 33_000, output: 4 * 16_000 + 1_100 }
const encode = (data: string): Uint8Array => new TextEncoder().encode(`data: ${data}\n\n`)

describe.each(Object.values(outbound))('for any report in $id', (speaker) => {
  const report = reports[speaker.id]
  if (!report) throw new Error(`${speaker.id} reports usage in no known way.`)

  it('a whole answer counts within the margin', () => {
    fc.assert(
      fc.property(anyReport(report.members), (usage) => {
        const body: JsonObject = JSON.parse(report.answer(usage))
        const meter = new ContentMeter()
        meter.addJson(body)
        expectBounded(checkUsage(speaker.readUsage(body), seenOf(meter, true)), most)
      }),
      { numRuns: 300 },
    )
  })

  if (speaker.id === 'openai-embeddings') return
  it('a stream counts within the margin: relayed, translated, repeated, shrinking, and cut anywhere', () => {
    const listener = inbound.anthropic
    if (!listener) throw new Error('Anthropic has no clients.')
    fc.assert(
      fc.property(anyReport(report.members), anyReport(report.members), fc.nat(20), (first, second, cut) => {
        const messages = [...report.stream(first), ...report.stream(second).slice(-2)]
        const passages = [
          ...(speaker.id === 'cohere' ? [] : [new Relay(speaker, true)]),
          new Translation(speaker, listener, anyRequest, { provider: 'own', model: 'm', at: 1 }),
        ]
        for (const passage of passages) {
          const text = messages
            .slice(0, cut)
            .map((data) => passage.push(encode(data)))
            .join('')
          const whole = cut >= messages.length ? text + passage.end() : text
          const { usage, meter, complete } = passage.seen
          expectBounded(checkUsage(usage, seenOf(meter, complete)), most)
          // What the client of another dialect is shown is whole numbers, too.
          if (passage instanceof Translation) expect(countsShown(whole).every(isCount)).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})

/** The counts in a stream of Anthropic's dialect. */
function countsShown(text: string): Json[] {
  return [...text.matchAll(/"(?:input|output|cache_read_input|cache_creation_input)_tokens":([^,}]+)/g)].map(
    ([, count = '']) => JSON.parse(count),
  )
}

function isCount(count: Json): boolean {
  return Number.isSafeInteger(count) && Number(count) >= 0
}

/** What the laws are tested on: each dialect's own fixtures, and the recordings of it where there are any. */
import type { Json, JsonObject } from '../../src/chat/json.ts'
import type { ChatRequest, DialectId } from '../../src/chat/request.ts'
import type { Quirks } from '../../src/dialects/dialect.ts'
import { readRecordings } from '../recordings.ts'
import { answers } from '../fixtures/openai-chat/answers.ts'
import { expressible } from '../fixtures/openai-chat/expressible.ts'
import { requests } from '../fixtures/openai-chat/requests.ts'
import { streams } from '../fixtures/openai-chat/streams.ts'

export interface StreamFixture {
  name: string
  sse: string
  /** The same answer as a whole. */
  whole?: JsonObject
  /** How it ends where it does not end well; absent means that it is complete. */
  ending?: 'cut' | 'error'
}

export interface DialectFixtures {
  requests: { name: string; body: JsonObject }[]
  answers: { name: string; body: JsonObject }[]
  streams: StreamFixture[]
  /** Quirks under which the most of a canonical request can be written in this dialect. */
  quirks: Quirks
  /** A canonical request with what this dialect cannot tell apart made the same. */
  expressible: (request: ChatRequest) => unknown
}

const own: Partial<Record<DialectId, DialectFixtures>> = {
  'openai-chat': { requests, answers, streams, quirks: { reasoningField: 'reasoning_details' }, expressible },
}

/** The fixtures of a dialect, written and recorded together. */
export function fixturesOf(dialect: DialectId): DialectFixtures {
  const fixtures = own[dialect]
  if (!fixtures)
    throw new Error(`The dialect ${dialect} has no fixtures: add them to test/dialects/fixtures.ts.`)
  const recorded = recordedOf(dialect)
  return {
    ...fixtures,
    requests: [...fixtures.requests, ...recorded.requests],
    answers: [...fixtures.answers, ...recorded.answers],
    streams: [...fixtures.streams, ...recorded.streams],
  }
}

function recordedOf(dialect: DialectId): Pick<DialectFixtures, 'requests' | 'answers' | 'streams'> {
  const recorded: ReturnType<typeof recordedOf> = { requests: [], answers: [], streams: [] }
  for (const recording of readRecordings().filter(({ api }) => api === dialect)) {
    for (const [index, { request, response }] of recording.exchanges.entries()) {
      const name = `${recording.name} #${index}`
      if (isObject(request?.body)) recorded.requests.push({ name, body: request.body })
      if (response.status >= 400) continue
      if (isObject(response.body)) recorded.answers.push({ name, body: response.body })
      if (response.sse !== undefined)
        recorded.streams.push({ name, sse: response.sse, ...endingOf(response.sse) })
    }
  }
  return recorded
}

/** A recorded stream that ends in an error holds one in so many words. */
function endingOf(sse: string): Pick<StreamFixture, 'ending'> {
  return /^event: error|^data: .*"error":\{/m.test(sse) ? { ending: 'error' } : {}
}

function isObject(value: unknown): value is JsonObject & Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * What the laws are tested on: each dialect's own fixtures, and the recordings of it where there
 * are any.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import type { Json, JsonObject } from '../../src/chat/json.ts'
import type { ChatRequest } from '../../src/chat/request.ts'
import type { Quirks, RequestAddress } from '../../src/dialects/dialect.ts'
import { readRecordings } from '../recordings.ts'
import { answers as anthropicAnswers } from '../fixtures/anthropic/answers.ts'
import { expressible as expressibleInAnthropic } from '../fixtures/anthropic/expressible.ts'
import { requests as anthropicRequests } from '../fixtures/anthropic/requests.ts'
import { streams as anthropicStreams } from '../fixtures/anthropic/streams.ts'
import { requests as cohereRequests } from '../fixtures/cohere/requests.ts'
import { streams as cohereStreams } from '../fixtures/cohere/streams.ts'
import { answers as geminiAnswers } from '../fixtures/gemini/answers.ts'
import { expressible as expressibleInGemini } from '../fixtures/gemini/expressible.ts'
import { requests as geminiRequests } from '../fixtures/gemini/requests.ts'
import { streams as geminiStreams } from '../fixtures/gemini/streams.ts'
import { answers } from '../fixtures/openai-chat/answers.ts'
import { expressible } from '../fixtures/openai-chat/expressible.ts'
import { requests } from '../fixtures/openai-chat/requests.ts'
import { streams } from '../fixtures/openai-chat/streams.ts'
import { answers as responsesAnswers } from '../fixtures/openai-responses/answers.ts'
import { expressible as responsesExpressible } from '../fixtures/openai-responses/expressible.ts'
import { requests as responsesRequests } from '../fixtures/openai-responses/requests.ts'
import { streams as responsesStreams } from '../fixtures/openai-responses/streams.ts'

export interface RequestFixture {
  name: string
  body: JsonObject
  /** What the address says, in a dialect that puts it there. */
  address?: RequestAddress
}

export interface StreamFixture {
  name: string
  sse: string
  /** The same answer as a whole. */
  whole?: JsonObject
  /** How it ends where it does not end well; absent means that it is complete. */
  ending?: 'cut' | 'error'
}

export interface DialectFixtures {
  requests: RequestFixture[]
  answers: { name: string; body: JsonObject }[]
  streams: StreamFixture[]
  /** Quirks under which the most of a canonical request can be written in this dialect. */
  quirks: Quirks
  /** A canonical request with what this dialect cannot tell apart made the same. */
  expressible: (request: ChatRequest) => unknown
  /**
   * The arguments of a call are an object on this wire: their white space is lost, and what was cut
   * off of them.
   */
  argumentsAreObjects?: true
}

const own: Partial<Record<DialectId, DialectFixtures>> = {
  'openai-chat': { requests, answers, streams, quirks: { reasoningField: 'reasoning_details' }, expressible },
  anthropic: {
    requests: anthropicRequests,
    answers: anthropicAnswers,
    streams: anthropicStreams,
    quirks: {},
    expressible: expressibleInAnthropic,
    argumentsAreObjects: true,
  },
  'openai-responses': {
    requests: responsesRequests,
    answers: responsesAnswers,
    streams: responsesStreams,
    quirks: {},
    expressible: responsesExpressible,
  },
  gemini: {
    requests: geminiRequests,
    answers: geminiAnswers,
    streams: geminiStreams,
    quirks: {},
    expressible: expressibleInGemini,
  },
  cohere: {
    requests: cohereRequests,
    answers: [],
    streams: cohereStreams,
    quirks: {},
    expressible: (request) => request,
  },
}

/** What recordings call the dialect, where that is not its id. */
const recordedAs: Partial<Record<DialectId, readonly string[]>> = {
  anthropic: ['anthropic-messages'],
  cohere: ['cohere-v2-chat'],
  gemini: [
    'gemini-generateContent',
    'gemini-streamGenerateContent',
    'gemini-cachedContents,gemini-generateContent',
  ],
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
  const apis = recordedAs[dialect] ?? [dialect]
  for (const recording of readRecordings().filter(({ api }) => apis.includes(api))) {
    for (const [index, { request, response }] of recording.exchanges.entries()) {
      const name = `${recording.name} #${index}`
      const address = dialect === 'gemini' && request ? addressIn(request.url) : {}
      // A recording may hold calls to other methods too.
      if (!address) continue
      if (isObject(request?.body)) recorded.requests.push({ name, body: request.body, address })
      if (response.status >= 400) continue
      if (isObject(response.body)) recorded.answers.push({ name, body: response.body })
      if (response.sse !== undefined)
        recorded.streams.push({ name, sse: response.sse, ...endingOf(response.sse) })
    }
  }
  return recorded
}

/** The model and the method in an address of Gemini's API. */
export function addressIn(url: string): RequestAddress | undefined {
  const [, model, method] = /\/models\/([^:?]+):(generateContent|streamGenerateContent)/.exec(url) ?? []
  return model === undefined ? undefined : { model, stream: method === 'streamGenerateContent' }
}

/** A recorded stream that ends in an error holds one in so many words. */
function endingOf(sse: string): Pick<StreamFixture, 'ending'> {
  return /^event: error|^data: .*"error":\{/m.test(sse) ? { ending: 'error' } : {}
}

function isObject(value: unknown): value is JsonObject & Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

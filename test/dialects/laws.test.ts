/**
 * The laws of `src/dialects/README.md`, for every dialect there is, every fixture and every
 * recording.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import { byPlace } from '../../src/chat/citation.ts'
import { isContent, type ChatEvent } from '../../src/chat/events.ts'
import { foldEvents, unfold } from '../../src/chat/fold.ts'
import type { ChatResponse } from '../../src/chat/response.ts'
import type { ChatRequest } from '../../src/chat/request.ts'
import type { Inbound, Outbound } from '../../src/dialects/dialect.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { parseJson } from '../../src/dialects/json-read.ts'
import { SseDecoder, type SseMessage } from '../../src/http/sse.ts'
import { anyRequest } from '../any-request.ts'
import { cutsOf } from './cuts.ts'
import { fixturesOf } from './fixtures.ts'

/** Embeddings are relayed only: they have a test of their own. */
const speakers = Object.values(outbound).filter(({ id }) => id !== 'openai-embeddings')

/** The dialects of which there are both halves. */
const spoken = speakers.flatMap((speaker): [DialectId, Inbound, Outbound][] => {
  const listener = inbound[speaker.id]
  return listener ? [[speaker.id, listener, speaker]] : []
})

describe.each(speakers)('$id, as a provider speaks it', (speaker) => {
  const { streams } = fixturesOf(speaker.id)

  describe('law 1: chunks do not matter', () => {
    it.each(streams)('$name', ({ sse }) => {
      const expected = eventsOf(speaker, [sse])
      expect(expected.length).toBeGreaterThan(0)
      for (const lineEnd of ['\n', '\r\n', '\r']) {
        const bytes = new TextEncoder().encode(sse.replaceAll('\n', lineEnd))
        for (const chunks of cutsOf(bytes)) {
          // Compared as text, which is many times faster; the difference is shown only where there
          // is one.
          const events = eventsOf(speaker, chunks)
          if (JSON.stringify(events) !== JSON.stringify(expected)) expect(events).toEqual(expected)
        }
      }
    })
  })

  describe('law 3: the stream equals the answer', () => {
    it.each(streams.filter((stream) => stream.whole))('$name', ({ sse, whole }) => {
      expect(settled(foldEvents(eventsOf(speaker, [sse])))).toEqual(
        settled(speaker.parseResponse(whole ?? {})),
      )
    })
  })

  describe('a stream says how it ended', () => {
    it.each(streams)('$name', ({ sse, ending = 'complete' }) => {
      const events = eventsOf(speaker, [sse])
      const last = events.findLast((event) => event.type === 'response-end' || event.type === 'stream-error')
      expect(last?.type).toBe({ complete: 'response-end', error: 'stream-error', cut: undefined }[ending])
      const finishes = events.flatMap((event) => (event.type === 'choice-finish' ? [event.choice] : []))
      expect(new Set(finishes).size, 'no choice finishes twice').toBe(finishes.length)
    })
  })

  describe('what a relay glimpses is what a parser reads', () => {
    it.each(streams)('$name', ({ sse }) => {
      const decoder = new SseDecoder()
      const messages = [...decoder.push(sse), ...decoder.end()]
      const events = eventsOf(speaker, [sse])
      const all = messages.map(speaker.watch?.() ?? ((message) => speaker.glimpse(message)))
      // A relay stops at the first complaint, and after the end of an answer comes nothing but, in
      // recordings, the next.
      const overAt = all.findIndex((glimpse) => glimpse.complaint ?? glimpse.end)
      const glimpses = overAt === -1 ? all : all.slice(0, overAt + 1)

      const usage = events.findLast((event) => event.type === 'usage-report')
      expect(glimpses.findLast((glimpse) => glimpse.usage)?.usage).toEqual(usage?.usage)
      const failed = events.find((event) => event.type === 'stream-error')
      const whole = glimpses.some((glimpse) => glimpse.finished || glimpse.end)
      const noise = glimpses.find((glimpse) => glimpse.noise)?.noise
      const complaint =
        glimpses.find((glimpse) => glimpse.complaint)?.complaint ?? (whole ? undefined : noise)
      expect(complaint).toEqual(failed?.complaint)
      expect(glimpses.some((glimpse) => glimpse.content)).toBe(events.some(isContent))
      expect(glimpses.findIndex((glimpse) => glimpse.content)).toBe(firstContent(speaker, messages))
      expect(glimpses.some((glimpse) => glimpse.finished || glimpse.end)).toBe(
        events.some((event) => event.type === 'choice-finish' || event.type === 'response-end'),
      )
    })
  })
})

// One half undoes the other. A dialect that only providers speak has nothing to undo it.
describe.each(spoken)('%s, there and back', (id, listener, speaker) => {
  const { requests, answers, streams, quirks, expressible, argumentsAreObjects } = fixturesOf(id)
  const said = argumentsAreObjects ? withObjectArguments : (response: ChatResponse) => response
  const complete = streams.filter((stream) => stream.ending === undefined)

  describe('law 2: there and back', () => {
    it.each(requests)('$name', ({ body, address }) => {
      const before = structuredClone(body)
      const call = speaker.buildCall(listener.parseRequest(body, address), {
        baseUrl: 'https://p.example',
        model: 'theirs',
        quirks: {},
      })
      expect(withoutHubs(call.body)).toEqual(withoutHubs(before))
      expect(call.dropped).toEqual([])
      expect(address?.model === undefined ? call.body.model : call.url).toContain('theirs')
      expect(body, 'the body of the client is not changed').toEqual(before)
    })
  })

  describe('law 2 for strangers: what is written for a client of another dialect reads as the same request', () => {
    it.each(requests)('$name', ({ body, address }) => {
      const request = listener.parseRequest(body, address)
      const foreign = { ...request, origin: { dialect: anotherThan(id), body: {} } }
      const call = speaker.buildCall(foreign, { baseUrl: 'https://p.example', model: request.model, quirks })
      const again = listener.parseRequest(call.body, address)
      expect(expressible(translatable(again, id))).toEqual(expressible(translatable(request, id)))
    })
  })

  describe('law 3: the stream equals the answer', () => {
    it.each(complete)('$name, rendered whole', ({ sse }) => {
      const response = foldEvents(eventsOf(speaker, [sse]))
      const whole = speaker.parseResponse(listener.renderResponse(response, anyRequest))
      expect(settled(said(whole))).toEqual(settled(said(response)))
    })

    it.each(answers)('$name, rendered as a stream', ({ body }) => {
      const response = speaker.parseResponse(body)
      expect(response.choices.length).toBeGreaterThan(0)
      const messages = render(listener, unfold(response))
      expect(settled(said(foldEvents(parse(speaker, messages))))).toEqual(settled(said(response)))
    })
  })
})

/**
 * A request without what no dialect says for another: losses, searches (which are the row's to
 * say), and what a tool is to the client that named it. Marks for caching are Anthropic's.
 */
function translatable(request: ChatRequest, id: DialectId): ChatRequest {
  const { losses: _losses, search: _search, ...said } = request
  const tools = said.tools.map(({ form: _form, ...tool }) => tool)
  return id === 'anthropic' ? { ...said, tools } : withoutMarks({ ...said, tools })
}

function withoutMarks(request: ChatRequest): ChatRequest {
  return JSON.parse(
    JSON.stringify(request, (name, value: unknown) => (name === 'cache' ? undefined : value)),
  ) as ChatRequest
}

function anotherThan(id: DialectId): DialectId {
  return id === 'anthropic' ? 'gemini' : 'anthropic'
}

/** Everything but what the hub sets itself. */
function withoutHubs({
  model: _model,
  hub: _hub,
  stream_options: _options,
  ...rest
}: Record<string, unknown>) {
  return rest
}

function eventsOf(speaker: Outbound, chunks: (Uint8Array | string)[]): ChatEvent[] {
  const decoder = new SseDecoder()
  const messages = chunks.flatMap((chunk) => decoder.push(chunk))
  return parse(speaker, [...messages, ...decoder.end()])
}

function parse(speaker: Outbound, messages: SseMessage[]): ChatEvent[] {
  const parser = speaker.parseStream()
  return [...messages.flatMap((message) => parser.push(message)), ...parser.end()]
}

function render(listener: Inbound, events: ChatEvent[]): SseMessage[] {
  const renderer = listener.renderStream(anyRequest)
  return [...events.flatMap((event) => renderer.push(event)), ...renderer.end()]
}

/**
 * Where the first content stands. A parser may keep opaque state back until it is whole (it is
 * content, but of the message before), so the place is that of the first message after which an
 * answer with content could be folded.
 */
function firstContent(speaker: Outbound, messages: SseMessage[]): number {
  return messages.findIndex((_, index) =>
    parse(speaker, [...messages.slice(0, index + 1), ...endOf(speaker)]).some(isContent),
  )
}

/** A clean end, which makes a parser give out what it holds. */
const ends: Partial<Record<DialectId, string>> = {
  'openai-chat': '[DONE]',
  anthropic: '{"type":"message_stop"}',
}

function endOf({ id }: Outbound): SseMessage[] {
  const data = ends[id]
  return data === undefined ? [] : [{ data }]
}

/**
 * An answer on a wire where arguments are an object: without their white space, and without those
 * that were cut off.
 */
function withObjectArguments(response: ChatResponse): ChatResponse {
  const normalize = (text: string) => {
    const value = parseJson(text)
    return value === undefined ? '' : JSON.stringify(value)
  }
  const choices = response.choices.map((choice) => ({
    ...choice,
    content: choice.content.map((part) =>
      part.type === 'tool-call' ? { ...part, arguments: normalize(part.arguments) } : part,
    ),
  }))
  return { ...response, choices }
}

/**
 * An answer without what a stream cannot keep: the order of kinds of content that a whole message
 * says in fixed places, and the provider's own word for the finish, which is not rendered. An id
 * may be given the prefix that the dialect wants.
 */
function settled({ choices, id, ...response }: ChatResponse): unknown {
  return {
    ...response,
    id: id.replace(/^[a-z]+_/, ''),
    choices: choices.map(({ content, finish, citations = [], ...choice }) => ({
      ...choice,
      citations: byPlace(citations),
      reason: finish.reason,
      text: content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join(''),
      reasoning: content.flatMap((part) => (part.type === 'reasoning' ? [part.text] : [])).join(''),
      refusal: content.flatMap((part) => (part.type === 'refusal' ? [part.text] : [])).join(''),
      opaque: content.flatMap((part) => (part.type === 'reasoning' && part.opaque ? [part.opaque] : [])),
      calls: content.filter((part) => part.type === 'tool-call'),
      files: content.filter((part) => part.type === 'file'),
    })),
  }
}

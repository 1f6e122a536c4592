/**
 * Citations across dialects: each provider's sources reach each client in its own form, whole and
 * streamed.
 */
import { describe, expect, it } from 'vitest'
import { byPlace, type Citation } from '../../src/chat/citation.ts'
import type { ChatEvent } from '../../src/chat/events.ts'
import { foldEvents, unfold } from '../../src/chat/fold.ts'
import type { JsonObject } from '../../src/chat/json.ts'
import { outbound } from '../../src/dialects/index.ts'
import { objectIn, parseJson } from '../../src/dialects/json-read.ts'
import { SseDecoder } from '../../src/http/sse.ts'
import { readRecordings } from '../recordings.ts'
import {
  citationsIn,
  clients,
  eventsOf,
  membersIn,
  providers,
  sourcesOf,
  streamFor,
  wholeFor,
  written,
} from './cited.ts'
import { fixturesOf } from './fixtures.ts'

/** The fixtures in which a provider names its sources. */
const cited = providers.flatMap((provider) =>
  fixturesOf(provider)
    .streams.filter((stream) => stream.whole && citationsIn(eventsOf(provider, stream)).length > 0)
    .map((stream) => ({ provider, name: stream.name, stream })),
)

describe.each(cited)('$provider: $name', ({ provider, stream }) => {
  const events = eventsOf(provider, stream)
  const sources = sourcesOf(citationsIn(events))

  it.each(clients)('names every source to a client of %s, whole and streamed', (client) => {
    const streamed = streamFor(client, events).map(({ data = '' }) => parseJson(data) ?? null)
    for (const answer of [wholeFor(client, events), streamed]) {
      const said = JSON.stringify(answer)
      for (const source of sources) expect(said).toContain(JSON.stringify(source).slice(1, -1))
    }
  })

  // The hub's own dialect has no reader.
  it.each(clients.filter((client) => client !== 'hub-chat'))(
    'keeps their places for a client of %s, where the answer is whole',
    (client) => {
      const placesOf = (citations: Citation[] = []) =>
        byPlace(citations).map(({ place, url, file }) => ({ place, source: url ?? file?.name ?? file?.id }))
      const read = (response: JsonObject) => outbound[client]?.parseResponse(response).choices[0]
      const before = foldEvents(events).choices[0]
      const whole = read(wholeFor(client, events))
      const rewritten = eventsOf(client, { sse: written(streamFor(client, unfold(foldEvents(events)))) })
      const streamed = foldEvents(rewritten).choices[0]
      expect(placesOf(streamed?.citations)).toEqual(placesOf(whole?.citations))
      // A block of Anthropic's is cited as a whole; what is for the whole answer is for its last
      // block.
      if (client !== 'anthropic') expect(placesOf(whole?.citations)).toEqual(placesOf(before?.citations))
    },
  )
})

// Without recordings there is nothing to look through.
const recorded = readRecordings().length === 0 ? [] : recordedAnswers()
if (recorded.length > 0) {
  describe('a recorded answer', () => {
    it.each(recorded)('$name names its sources to every client', ({ events }) => {
      const sources = sourcesOf(citationsIn(events))
      expect(sources.length).toBeGreaterThan(0)
      for (const client of clients) {
        const streamed = streamFor(client, events).map(({ data = '' }) => parseJson(data) ?? null)
        for (const answer of [wholeFor(client, events), streamed])
          for (const source of sources)
            expect(JSON.stringify(answer)).toContain(JSON.stringify(source).slice(1, -1))
      }
    })
  })
}

/** Those with sources: in a member of these names that is not empty. */
function recordedAnswers(): { name: string; events: ChatEvent[] }[] {
  const names = ['annotations', 'citations', 'citation', 'groundingChunks', 'search_results']
  return providers.flatMap((provider) => {
    const { answers, streams } = fixturesOf(provider)
    const own = new Set(cited.map(({ name }) => name))
    const whole = answers.flatMap(({ name, body }) => {
      const response = outbound[provider]?.parseResponse(body)
      return response ? [{ name, json: body, events: unfold(response) }] : []
    })
    const streamed = streams
      .filter(({ name, ending }) => !own.has(name) && ending === undefined && name.includes('.'))
      .map((stream) => ({
        name: stream.name,
        json: new SseDecoder().push(stream.sse).map(({ data = '' }) => parseJson(data) ?? null),
        events: eventsOf(provider, stream),
      }))
    return [...whole, ...streamed].filter(
      ({ name, json }) =>
        name.includes(' #') &&
        membersIn(json, names).some((member) =>
          Array.isArray(member) ? member.length > 0 : objectIn(member),
        ),
    )
  })
}

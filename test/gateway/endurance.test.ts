/**
 * Long streams through each pair of dialects: every read gives what it is worth, and nothing piles
 * up.
 */
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/chat/events.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { Translation } from '../../src/gateway/stream-transform.ts'
import { encodeSse } from '../../src/http/sse.ts'
import { anyRequest } from '../any-request.ts'

const events = 10_000
const served = { provider: 'p', model: 'm', at: 1_790_000_000_000 }
const chat = (name: string): boolean => name !== 'openai-embeddings'

const listeners = Object.values(inbound).filter(({ id }) => chat(id))
// A dialect that nothing here renders cannot be played.
const speakers = Object.values(outbound).filter(({ id }) => chat(id) && inbound[id])
const pairs = listeners.flatMap((listener) =>
  speakers.map((speaker) => [listener.id, speaker.id, listener, speaker] as const),
)

/** A stream of so many words, as a provider of a dialect sends it, event by event. */
function* streamOf(dialect: keyof typeof inbound): Generator<Uint8Array> {
  const renderer = inbound[dialect]?.renderStream(anyRequest, served)
  if (!renderer) throw new Error(`Nothing renders ${dialect}.`)
  const encoder = new TextEncoder()
  const send = (event: ChatEvent): Uint8Array => encoder.encode(renderer.push(event).map(encodeSse).join(''))
  yield send({ type: 'response-start', id: 'r', model: 'm', createdAt: served.at })
  for (let n = 0; n < events; n++) yield send({ type: 'text-delta', choice: 0, text: ` w${n}` })
  yield send({ type: 'choice-finish', choice: 0, finish: { reason: 'stop', raw: 'stop' } })
  const usage = {
    inputTokens: 1,
    outputTokens: events,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  }
  yield send({ type: 'usage-report', usage })
  yield send({ type: 'response-end' })
  yield encoder.encode(renderer.end().map(encodeSse).join(''))
}

describe(`${events} events`, () => {
  it.each(pairs)(
    'reach a client of %s from a provider of %s, each as it comes',
    (_client, dialect, listener, speaker) => {
      const passage = new Translation(speaker, listener, anyRequest, served)
      let written = 0
      let silent = 0
      let largest = 0
      let at = 0
      for (const bytes of streamOf(dialect)) {
        const text = passage.push(bytes)
        // The first and last few open and close things; in between, a word in is a word out.
        if (at > 10 && at < events - 10) {
          if (!text.includes(` w`)) silent++
          largest = Math.max(largest, text.length)
        }
        written += text.length
        at++
      }
      written += passage.end().length
      expect(passage.seen).toMatchObject({
        complete: true,
        usage: { outputTokens: events },
      })
      // Each word is two or three tokens.
      expect(passage.seen.meter.tokens).toBeGreaterThan(events * 1.5)
      expect(passage.seen.meter.tokens).toBeLessThan(events * 4)
      // Of the dialects only hub-query has no stream to give.
      if (listener.id !== 'hub-query') {
        expect(silent).toBe(0)
        expect(largest).toBeLessThan(2_000)
        expect(written).toBeGreaterThan(events * 10)
      }
    },
  )
})

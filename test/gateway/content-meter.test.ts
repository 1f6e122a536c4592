/**
 * Content of relayed streams in every dialect is counted near enough, by a look into some of its
 * events.
 */
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/chat/events.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { ContentMeter } from '../../src/gateway/content-meter.ts'
import { Relay } from '../../src/gateway/stream-transform.ts'
import { tokensOf } from '../../src/gateway/text-tokens.ts'
import { encodeSse } from '../../src/http/sse.ts'
import { anyRequest } from '../any-request.ts'

const served = { provider: 'p', model: 'm', at: 1_790_000_000_000 }
const dialects = Object.values(outbound).flatMap((speaker) => {
  const listener = inbound[speaker.id]
  return listener && speaker.id !== 'openai-embeddings' ? [[speaker.id, speaker, listener] as const] : []
})

const words = (from: number, count: number): string =>
  Array.from({ length: count }, (_, n) => ` word${from + n} said "twice"\n`).join('')

describe.each(dialects)('in %s', (_, speaker, listener) => {
  it.each([
    ['text', 1],
    ['text', 20],
    ['reasoning', 5],
  ] as const)('%s of %i words an event is counted to a fifth', (kind, perEvent) => {
    const renderer = listener.renderStream(anyRequest, served)
    const relay = new Relay(speaker, true)
    let said = ''
    const send = (event: ChatEvent): void => {
      relay.push(new TextEncoder().encode(renderer.push(event).map(encodeSse).join('')))
    }
    send({ type: 'response-start', id: 'r', model: 'm', createdAt: served.at })
    for (let n = 0; n < 100; n++) {
      const text = words(n * perEvent, perEvent)
      said += text
      send({ type: `${kind}-delta`, choice: 0, text })
    }
    const expected = tokensOf(said, 1)
    expect(relay.seen.meter.tokens / expected).toBeGreaterThan(0.8)
    expect(relay.seen.meter.tokens / expected).toBeLessThan(1.2)
    // The end of a stream may say everything again.
    send({ type: 'choice-finish', choice: 0, finish: { reason: 'stop', raw: 'stop' } })
    send({ type: 'response-end' })
    relay.push(new TextEncoder().encode(renderer.end().map(encodeSse).join('')))
    expect(relay.seen.meter.tokens / expected).toBeLessThan(1.2)
  })

  it('arguments of calls are counted', () => {
    const renderer = listener.renderStream(anyRequest, served)
    const relay = new Relay(speaker, true)
    const args = JSON.stringify({ text: words(0, 300) })
    for (const event of [
      { type: 'response-start', id: 'r', model: 'm', createdAt: served.at },
      { type: 'tool-call-start', choice: 0, call: 0, id: 'call_1', name: 'write' },
      { type: 'tool-call-delta', choice: 0, call: 0, arguments: args },
      { type: 'choice-finish', choice: 0, finish: { reason: 'tool-calls', raw: 'x' } },
      { type: 'response-end' },
    ] satisfies ChatEvent[])
      relay.push(new TextEncoder().encode(renderer.push(event).map(encodeSse).join('')))
    relay.push(new TextEncoder().encode(renderer.end().map(encodeSse).join('')))
    expect(relay.seen.meter.tokens / tokensOf(args, 1)).toBeGreaterThan(0.7)
    expect(relay.seen.meter.tokens / tokensOf(args, 1)).toBeLessThan(1.4)
  })
})

describe('a meter', () => {
  it('takes an image for about a thousand tokens, not for its letters', () => {
    const meter = new ContentMeter()
    const url = `data:image/png;base64,${'A'.repeat(400_000)}`
    meter.addMessage(JSON.stringify({ choices: [{ delta: { images: [{ image_url: { url } }] } }] }))
    expect(meter.tokens).toBeGreaterThan(500)
    expect(meter.tokens).toBeLessThan(3_000)
  })

  it('works through a megabyte of hostile text in bounded time', () => {
    const started = performance.now()
    for (const text of ['"text":"', '\\"text\\":\\"', '"content" : "\\', '"data":"', '{"args":{']) {
      const meter = new ContentMeter()
      for (const length of [16_000, 1_000_000]) meter.addMessage(`{${text.repeat(length / text.length)}`)
      expect(Number.isFinite(meter.tokens)).toBe(true)
    }
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

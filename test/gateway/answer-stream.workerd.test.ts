/** How much of a stream is held before its first content, and who is to blame for more. */
import { describe, expect, it } from 'vitest'
import { openaiResponsesOutbound as speaker } from '../../src/dialects/openai-responses/outbound.ts'
import { AnswerStream, type StreamEnd } from '../../src/gateway/answer-stream.ts'
import { LinkedAbort } from '../../src/gateway/abort.ts'
import { Relay } from '../../src/gateway/stream-transform.ts'

const megabyte = 1024 * 1024

const event = (type: string, more: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
const content = event('response.output_text.delta', {
  item_id: 'msg_1',
  output_index: 0,
  content_index: 0,
  delta: 'Hi',
})
/** Two events that repeat the instructions of a request, as Responses do. */
const echo = (characters: number): string =>
  ['response.created', 'response.in_progress']
    .map((type) => event(type, { response: { id: 'r', instructions: 'x'.repeat(characters) } }))
    .join('')

async function begin(text: string, sentBytes: number): Promise<StreamEnd['type']> {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  const body = new ReadableStream({
    type: 'bytes',
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, (at += 256 * 1024)))
    },
  })
  const stream = new AnswerStream(body, new Relay(speaker, true, sentBytes), new LinkedAbort(), sentBytes)
  const { type } = await stream.start()
  await stream.close()
  return type
}

describe('a stream before its first content', () => {
  it('may repeat a large request in more than one event', async () => {
    expect(await begin(echo(7 * megabyte) + content, 3 * megabyte)).toBe('good')
    expect(await begin(echo(12 * megabyte) + content, 6 * megabyte)).toBe('good')
  })

  it('may have no more than that, which is no fault of the provider', async () => {
    expect(await begin(echo(7 * megabyte) + content, 100)).toBe('too-long')
    expect(await begin(echo(20 * megabyte) + content, 5 * megabyte)).toBe('too-long')
  })

  it('is the provider’s fault where an event has no end that a small request could have made', async () => {
    expect(await begin(`data: ${'x'.repeat(9 * megabyte)}`, 100)).toBe('malformed')
    expect(await begin(`data: ${'x'.repeat(12 * megabyte)}`, megabyte)).toBe('too-long')
  })
})

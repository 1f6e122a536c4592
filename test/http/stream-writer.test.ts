import { describe, expect, it } from 'vitest'
import type { Framing } from '../../src/chat/request.ts'
import { StreamWriter } from '../../src/http/stream-writer.ts'

/** What a client reads of these writes. */
async function read(framing: Framing | undefined, ...texts: string[]): Promise<string> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const reading = new Response(readable).text()
  const writer = new StreamWriter(writable, framing)
  for (const text of texts) await writer.write(text)
  await writer.close()
  return reading
}

describe('a stream', () => {
  it('goes out as it is where the client reads server-sent events', async () => {
    expect(await read(undefined, ': hello\n\n', 'data: {"a":1}\n\n')).toBe(': hello\n\ndata: {"a":1}\n\n')
  })

  it('has no comments where the client reads nothing after one', async () => {
    const written = [
      ': keep-alive\n\n',
      'data: {"a":": b"}\n\n',
      ': x\r\ndata: {"b":2}\r\n\r\n',
      ': facts\n\n',
    ]
    const text = await read('bare-events', ...written)
    expect(text).toBe('\ndata: {"a":": b"}\n\ndata: {"b":2}\r\n\r\n\n')
  })

  it('keeps a colon after a line separator of Unicode, which ends no line of an event', async () => {
    const event = 'data: {"a":"one\u2028: two\u2029: three"}\n\n'
    expect(await read('bare-events', event)).toBe(event)
  })

  it('is one JSON array for a client that wants that, comments being white space', async () => {
    const text = await read(
      'json-array',
      ': keep-alive\n\n',
      'data: {"a":1}\n\ndata: {"b":2}\n\n',
      ': x\n\n',
      'data: {"c":3}\n\n',
    )
    expect(JSON.parse(text)).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }])
    expect(text.startsWith('\n[')).toBe(true)
  })

  it('is an empty array where nothing came', async () => {
    expect(JSON.parse(await read('json-array'))).toEqual([])
  })
})

/** The gathering reader, on the byte streams of the runtime it was made for. */
import { describe, expect, it } from 'vitest'
import { GatheringReader } from '../../src/http/gathering-reader.ts'

/** A byte stream, as a response body is one, that a test writes to. */
function pipe(): {
  readable: ReadableStream<Uint8Array>
  write: (text: string) => Promise<void>
  close: () => Promise<void>
} {
  const { readable, writable } = new IdentityTransformStream()
  const writer = writable.getWriter()
  return {
    readable,
    write: (text) => writer.write(new TextEncoder().encode(text)),
    close: () => writer.close(),
  }
}

async function readAll(reader: GatheringReader): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for (let bytes = await reader.read(); bytes; bytes = await reader.read())
    text += decoder.decode(bytes, { stream: true })
  return text
}

describe('a gathering reader', () => {
  it('gives every byte once and in order, however they come', async () => {
    const { readable, write, close } = pipe()
    const parts = Array.from({ length: 500 }, (_, i) => `${i}:${'x'.repeat(i % 40)};`)
    const reading = readAll(new GatheringReader(readable))
    for (const part of parts) await write(part)
    await close()
    expect(await reading).toBe(parts.join(''))
  })

  it('gives what is larger than its buffer in pieces', async () => {
    const { readable, write, close } = pipe()
    const large = 'abc'.repeat(50_000)
    const reading = readAll(new GatheringReader(readable))
    await write(large)
    await close()
    expect(await reading).toBe(large)
  })

  it('hands on a single chunk without waiting for another', async () => {
    const { readable, write } = pipe()
    const reader = new GatheringReader(readable)
    const written = write('first')
    expect(new TextDecoder().decode(await reader.read())).toBe('first')
    await written
    await reader.cancel()
  })

  it('throws what the stream fails with', async () => {
    const { readable, writable } = new IdentityTransformStream()
    const reader = new GatheringReader(readable)
    const reading = reader.read()
    await writable.abort(new Error('The connection broke.'))
    await expect(reading).rejects.toThrow('The connection broke.')
  })
})

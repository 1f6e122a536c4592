/** Compressed request bodies, on the streams of the runtime that decompresses them. */
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { HubError } from '../../src/errors.ts'
import { BodiesInWork, type BodyHold, maxBytesOfCaller } from '../../src/http/body-memory.ts'
import { readBody } from '../../src/http/body.ts'
import { settleIn } from '../hub.workerd.ts'
import { exports } from 'cloudflare:workers'

type Format = 'gzip' | 'deflate' | 'deflate-raw'

const megabyte = 1024 * 1024

async function compress(text: string | Uint8Array<ArrayBuffer>, format: Format): Promise<Uint8Array> {
  const compressed = new Blob([text]).stream().pipeThrough(new CompressionStream(format))
  return new Uint8Array(await new Response(compressed).arrayBuffer())
}

/** A body in pieces of a size, and how many of them were taken. */
function inPieces(bytes: Uint8Array, size: number) {
  const state = { taken: 0 }
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const at = state.taken * size
        if (at >= bytes.byteLength) return controller.close()
        state.taken++
        controller.enqueue(bytes.slice(at, at + size))
      },
    },
    { highWaterMark: 0 },
  )
  return { body, state }
}

function hold(): BodyHold & { most: number } {
  const counted = new BodiesInWork()
  const inner = counted.open('ada', 'chat')
  return {
    ...inner,
    most: 0,
    grow(bytes) {
      inner.grow(bytes)
      this.most = Math.max(this.most, counted.bytes)
    },
  }
}

interface Reading {
  coding: string
  size?: number
  maxBytes?: number
  counted?: BodyHold
}

function read(
  bytes: Uint8Array,
  { coding, size = 70_000, maxBytes = megabyte, counted = hold() }: Reading,
): Promise<string> {
  const headers = { 'content-encoding': coding }
  const { body } = inPieces(bytes, size)
  return readBody(new Request('http://hub/', { method: 'POST', headers, body }), maxBytes, counted, 'a')
}

async function refusalOf(reading: Promise<string>): Promise<Pick<HubError, 'code' | 'message' | 'param'>> {
  return reading.then(
    (text) => {
      throw new Error(`It was read: ${text.slice(0, 100)}`)
    },
    (error: HubError) => error,
  )
}

const formats: [string, Format][] = [
  ['gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['deflate', 'deflate-raw'],
]
const codings: [string, Format][] = [
  ...formats,
  ['X-GZip', 'gzip'],
  ['gzip, identity', 'gzip'],
  [' identity ,gzip', 'gzip'],
]

describe('a compressed body', () => {
  it.each(codings)('in %s (%s) is read as the text that was compressed', async (coding, format) => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 3_000 }), fc.nat(40), async (text, more) => {
        const json = JSON.stringify({ text, more: 'x'.repeat(more * 1_000) })
        expect(await read(await compress(json, format), { coding, size: 1 + more })).toBe(json)
      }),
      { numRuns: 20 },
    )
  })

  it.each(['identity', '', 'identity, identity'])('in "%s" is plain', async (coding) => {
    expect(await read(new TextEncoder().encode('{"a":1}'), { coding })).toBe('{"a":1}')
  })

  it.each(formats)(
    'in %s (%s) has the bounds of its text, and a bomb is never held',
    async (coding, format) => {
      const bomb = await compress(new Uint8Array(16 * megabyte).fill(0x20), format)
      const decompressed = vi.spyOn(WritableStreamDefaultWriter.prototype, 'write')
      for (const size of [bomb.byteLength, 5_000]) {
        decompressed.mockClear()
        const counted = hold()
        const refusal = await refusalOf(read(bomb, { coding, size, maxBytes: 3 * megabyte, counted }))
        expect(refusal).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
        expect(counted.most).toBeLessThanOrEqual(3 * megabyte)
        // A byte holds a thousand: no more was decompressed than what passes the bound.
        const bytes = decompressed.mock.calls.map(([chunk]) => (chunk as Uint8Array).byteLength)
        expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(5 * 1024)
      }
      decompressed.mockRestore()
    },
  )

  it('counts as its text for its caller', async () => {
    const counted = new BodiesInWork()
    counted.open('ada', 'chat').grow(maxBytesOfCaller - 2 * megabyte)
    const compressed = await compress(`"${'x'.repeat(3 * megabyte)}"`, 'gzip')
    const reading = read(compressed, {
      coding: 'gzip',
      maxBytes: 32 * megabyte,
      counted: counted.open('ada', 'chat'),
    })
    expect(await refusalOf(reading)).toMatchObject({ code: 'OVERLOADED' })
  })

  it('has the bounds of JSON', async () => {
    const deep = await compress('['.repeat(300), 'gzip')
    expect(await refusalOf(read(deep, { coding: 'gzip' }))).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining('deeper than 200'),
    })
  })

  it.each(formats)('in %s (%s) that is cut or broken is refused by its coding', async (coding, format) => {
    const whole = await compress(JSON.stringify({ a: crypto.randomUUID().repeat(20) }), format)
    const flipped = Uint8Array.from(whole, (byte, at) => (at === 12 ? byte ^ 0xff : byte))
    const cut = [whole.slice(0, -1), whole.slice(0, 9), whole.slice(0, 1)]
    // Deflate alone has no checksum.
    const broken = format === 'deflate-raw' ? cut : [...cut, flipped]
    for (const bytes of [...broken, new TextEncoder().encode('{"plain":"text"}')]) {
      expect(await refusalOf(read(bytes, { coding }))).toMatchObject({
        code: 'VALIDATION_ERROR',
        param: 'content-encoding',
        message: expect.stringContaining('content-encoding'),
      })
    }
  })

  it.each(['br', 'zstd', 'gzip, br', 'gzip, gzip', 'compress', 'constructor', '<script>'])(
    'in %s is refused by name, unread',
    async (coding) => {
      const refusal = await refusalOf(read(await compress('{}', 'gzip'), { coding }))
      expect(refusal).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE', param: 'content-encoding' })
      if (coding !== '<script>') expect(refusal.message).toContain(`"${coding}"`)
    },
  )
})

describe('every door', () => {
  it('reads compressed bodies, and says in its own dialect what it does not read', async () => {
    const { token, session } = await settleIn({ provider: 'groq', apiKey: 'gsk_packed' })
    const post = async (path: string, as: string, coding: string, body: unknown): Promise<Response> => {
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${as}`,
        'content-encoding': coding,
      }
      return exports.default.fetch(
        new Request(`http://localhost${path}`, {
          method: 'POST',
          headers,
          body: await compress(JSON.stringify(body), 'gzip'),
        }),
      )
    }
    const made = await post('/api/tokens', session, 'gzip', { name: 'packed' })
    expect(made.status).toBe(201)
    for (const path of [
      '/v1/chat/completions',
      '/v1/responses',
      '/v1/messages',
      '/v1beta/models/x:generateContent',
      '/api/chat',
    ]) {
      const taken = await post(path, token, 'gzip', { model: 'nowhere/at-all', max_tokens: 1 })
      expect(await taken.text()).not.toMatch(/content-encoding|is not valid JSON/)
      const refused = await post(path, token, 'br', { model: 'x' })
      expect(refused.status).toBe(415)
      expect(await refused.json()).toMatchObject({ hub: { code: 'UNSUPPORTED_MEDIA_TYPE' } })
    }
  })
})

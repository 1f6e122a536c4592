/** Bodies of others are read up to a bound, whether they state their length or not. */
import { describe, expect, it, vi } from 'vitest'
import {
  BodyTooLargeError,
  BrokenBodyError,
  formatBytes,
  readBeginning,
  readChunks,
  readText,
} from '../../src/http/bounded-reader.ts'

/** A body that never ends, and notes how much was taken of it. */
function endless(chunkBytes = 1_000, headers: Record<string, string> = {}) {
  const seen = { chunks: 0, cancelled: false }
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      seen.chunks++
      controller.enqueue(new Uint8Array(chunkBytes).fill(97))
    },
    cancel() {
      seen.cancelled = true
    },
  })
  return { response: new Response(body, { headers }), seen }
}

describe('a body', () => {
  it('is read whole within the bound, in any cut of its characters', async () => {
    const bytes = new TextEncoder().encode('é€😀')
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    expect(await readText(new Response(body), 9)).toBe('é€😀')
    expect(await readText(new Response(null), 9)).toBe('')
  })

  it('without an end is cancelled at the bound', async () => {
    const { response, seen } = endless()
    await expect(readText(response, 10_000)).rejects.toThrow(BodyTooLargeError)
    expect(seen.cancelled).toBe(true)
    expect(seen.chunks).toBeLessThan(20)
  })

  it('that states too great a length is not read at all', async () => {
    const { response, seen } = endless(1_000, { 'content-length': '10001' })
    await expect(readText(response, 10_000)).rejects.toThrow('larger than 9.765625 kB')
    expect(seen).toMatchObject({ cancelled: true })
    expect(seen.chunks).toBeLessThan(3)
  })

  it('that lies about its length is bounded all the same', async () => {
    const { response } = endless(1_000, { 'content-length': '5' })
    await expect(readText(response, 10_000)).rejects.toThrow(BodyTooLargeError)
  })

  it('of an error is cut, and its beginning is kept', async () => {
    const { response, seen } = endless()
    expect(await readBeginning(response, 2_500)).toEqual({ text: 'a'.repeat(2_500), isCut: true })
    expect(seen.cancelled).toBe(true)
  })

  it('that breaks is told from one that is too large', async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.error(new Error('reset')),
    })
    await expect(readText(new Response(body), 10)).rejects.toThrow(BrokenBodyError)
  })

  it('that stops coming is given up', async () => {
    vi.useFakeTimers()
    const time = { idleMs: 1_000, wholeMs: 10_000, expired: () => new Error('Too slow.') }
    const stalled = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) })
    const reading = expect(readChunks(stalled, () => true, time)).rejects.toThrow('Too slow.')
    const half = new ReadableStream<Uint8Array>({ start: (piece) => piece.enqueue(Uint8Array.of(97)) })
    const text = expect(readText(new Response(half), 10, time)).rejects.toThrow('Too slow.')
    await vi.advanceTimersByTimeAsync(1_001)
    await reading
    await text
    let open = true
    const drop = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 900))
        if (open) controller.enqueue(Uint8Array.of(97))
      },
      cancel() {
        open = false
      },
    })
    const trickle = expect(readChunks(drop, () => true, time)).rejects.toThrow('Too slow.')
    await vi.advanceTimersByTimeAsync(10_001)
    await trickle
    vi.useRealTimers()
  })
})

it('bounds are named as people write them', () => {
  expect([16 * 1024, 1024 ** 2, 32 * 1024 ** 2].map(formatBytes)).toEqual(['16 kB', '1 MB', '32 MB'])
})

/** How many refused bodies are read to their end at a time. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BodiesInWork } from '../../src/http/body-memory.ts'
import { drain, readBody } from '../../src/http/body.ts'
import { Drains, drains, maxDrains, maxDrainsOfAddress } from '../../src/http/drained-bodies.ts'

/** A body without an end, and what has been taken of it. */
function endless() {
  const state = { pulls: 0, cancelled: false }
  let resume = Promise.withResolvers<void>()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        state.pulls++
        if (state.pulls > 2) await resume.promise
        controller.enqueue(new Uint8Array(1_000).fill(0x20))
      },
      cancel() {
        state.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { body, state, end: () => resume.resolve() }
}

const post = (body: ReadableStream<Uint8Array>, headers: Record<string, string> = {}): Request =>
  // Node asks for `duplex`; its types do not know it.
  new Request('http://localhost/', { method: 'POST', headers, body, duplex: 'half' } as RequestInit)

const read = (body: ReadableStream<Uint8Array>, address: string) =>
  readBody(post(body), 1_500, new BodiesInWork().open(address, 'people'), address)

describe('the rest of a refused body', () => {
  it('is read for a few clients of one address, and beyond that the connection is closed', async () => {
    const bodies = Array.from({ length: maxDrainsOfAddress + 3 }, endless)
    const refused = bodies.map(({ body }) => read(body, '192.0.2.1').catch((error: unknown) => error))
    // Those that are not drained are answered at once.
    expect(await Promise.all(refused.slice(maxDrainsOfAddress))).toEqual(
      Array(3).fill(expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' })),
    )
    expect(bodies.filter(({ state }) => state.cancelled)).toHaveLength(3)
    expect(drains.count).toBe(maxDrainsOfAddress)
    // Another address is not affected.
    const other = endless()
    const answer = read(other.body, '192.0.2.2').catch((error: unknown) => error)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(other.state.cancelled).toBe(false)
    for (const { body } of [...bodies, other]) await body.cancel().catch(() => {})
    for (const { end } of [...bodies, other]) end()
    void answer
  })

  it('counts where no handler read it, too', async () => {
    const before = drains.count
    const bodies = Array.from({ length: maxDrainsOfAddress + 2 }, endless)
    const waiting = bodies.map(({ body }) => drain(post(body, { 'content-length': '5000' }), '192.0.2.3'))
    await Promise.all(waiting.slice(maxDrainsOfAddress))
    expect(drains.count - before).toBe(maxDrainsOfAddress)
  })
})

describe('drains', () => {
  it('never pass their bounds, and come to nothing when all are over', () => {
    const step = fc.record({ address: fc.constantFrom('a', 'b', 'local', 'c', 'd'), ends: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const all = new Drains()
        const open: [string, () => void][] = []
        for (const { address, ends } of steps) {
          const end = all.begin(address)
          if (end) open.push([address, end])
          const [, first] = (ends && open.shift()) || []
          first?.()
          first?.()
          expect(all.count).toBe(open.length)
          expect(all.count).toBeLessThanOrEqual(maxDrains)
          const ofA = open.filter(([name]) => name === 'a')
          expect(ofA.length).toBeLessThanOrEqual(maxDrainsOfAddress)
        }
        for (const [, end] of open) end()
        expect(all.count).toBe(0)
      }),
    )
  })
})

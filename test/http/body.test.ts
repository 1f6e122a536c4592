import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { HubError } from '../../src/errors.ts'
import { BodiesInWork } from '../../src/http/body-memory.ts'
import { parseJson, readBody } from '../../src/http/body.ts'

function refusal(text: string): HubError {
  try {
    parseJson(text)
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown
  }
  throw new Error(`${text} was parsed.`)
}

describe('a body that is not JSON', () => {
  it('is refused with the place of the fault', () => {
    expect(refusal('{"a":1,}').message).toBe('The body is not valid JSON (at position 7).')
    expect(refusal('[1,').message).toMatch(/^The body is not valid JSON/)
    expect(refusal(' ').message).toContain('empty')
  })

  it('is never quoted, whatever it holds and wherever the fault is', () => {
    const fault = fc.constantFrom(
      'password=h',
      '{"a" hunter2',
      '["\u0001hunter2"]',
      '{"p":"hunter2',
      'tru hunter2',
    )
    fc.assert(
      fc.property(fault, fc.stringMatching(/^[g-z]{4,40}$/), (broken, secret) => {
        for (const text of [`${broken}${secret}`, `${secret}${broken}`, `${broken} ${secret} "`]) {
          const { message } = refusal(text)
          expect(message).toMatch(/^The body is not valid JSON( \(at position \d+\))?\.$/)
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('a body that comes slowly', () => {
  afterEach(() => vi.useRealTimers())

  /** Sends a byte every so many seconds, and says after how many seconds the hub has had enough. */
  async function secondsUntilRefused(maxBytes: number, everySeconds: number): Promise<number> {
    vi.useFakeTimers()
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, everySeconds * 1_000))
        controller.enqueue(new Uint8Array([32]))
      },
    })
    // Node asks for `duplex`, which the types of Workers do not know.
    const half = { duplex: 'half' }
    const request = new Request('http://hub.test/', { method: 'POST', body, ...half })
    const hold = new BodiesInWork().open('203.0.113.1', 'stranger')
    const start = Date.now()
    let code: string | undefined
    let endedAt = Infinity
    void readBody(request, maxBytes, hold, '203.0.113.1').catch((thrown: HubError) => {
      code = thrown.code
      endedAt = Date.now()
    })
    await vi.advanceTimersByTimeAsync(600_000)
    expect(code).toBe('REQUEST_TIMEOUT')
    return (endedAt - start) / 1_000
  }

  it.each([
    ['a public route', 16 * 1024, 1, 15],
    ['a public route', 16 * 1024, 60, 10],
    ['a caller', 32 * 1024 * 1024, 1, 300],
    ['a caller', 32 * 1024 * 1024, 60, 30],
  ])('is refused in time, where it is for %s', async (_for, maxBytes, everySeconds, seconds) => {
    expect(await secondsUntilRefused(maxBytes, everySeconds)).toBe(seconds)
  })
})

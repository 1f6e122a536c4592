import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HubError } from '../../src/errors.ts'
import { parseJson } from '../../src/http/body.ts'

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
    expect(refusal('{"a":1,}').message).toBe('The body is not JSON (at position 7).')
    expect(refusal('[1,').message).toMatch(/^The body is not JSON/)
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
          expect(message).toMatch(/^The body is not JSON( \(at position \d+\))?\.$/)
        }
      }),
      { numRuns: 200 },
    )
  })
})

/** What the dashboard's forms hold and send. */
import { describe, expect, it } from 'vitest'
import { LineError, readModels, writeModels } from '../../dashboard/state/provider-form.ts'
import { overTime, sumUp } from '../../dashboard/state/recent-usage.ts'
import {
  addCandidate,
  contentOf,
  draftOf,
  isChanged,
  moveCandidate,
  takeOut,
} from '../../dashboard/state/route-draft.ts'

describe('the draft of a route', () => {
  const route = {
    order: 'listed',
    candidates: [{ provider: 'a' }, { provider: 'a', model: 'x' }, { provider: 'b' }],
  }

  it('moves one candidate and leaves the others in their order', () => {
    const draft = moveCandidate(draftOf(route), 2, 0)
    expect(draft.candidates.map(({ id }) => id)).toEqual([2, 0, 1])
    expect(isChanged(draft, route)).toBe(true)
    expect(isChanged(moveCandidate(draft, 2, 2), route)).toBe(false)
  })

  it('leaves everything as it is where a place is none', () => {
    const draft = draftOf(route)
    expect(moveCandidate(draft, 0, -1)).toBe(draft)
    expect(moveCandidate(draft, 0, 3)).toBe(draft)
    expect(moveCandidate(draft, 9, 0)).toBe(draft)
  })

  it('never gives one identity twice', () => {
    const draft = addCandidate(takeOut(draftOf(route), 2), { provider: 'c' })
    expect(draft.candidates.map(({ id }) => id)).toEqual([0, 1, 3])
    expect(contentOf(draft).candidates).toEqual([
      { provider: 'a' },
      { provider: 'a', model: 'x' },
      { provider: 'c' },
    ])
  })
})

describe('the models of a provider as a text', () => {
  it('come back as they were written, with the prices that are not shown', () => {
    const prices = { tiny: { input: 0.5, output: 1.5, cachedInput: 0.1 } }
    const text = writeModels(['tiny', 'huge'], prices)
    expect(text).toBe('tiny 0.5 1.5\nhuge')
    expect(readModels(text, prices)).toEqual({ models: ['tiny', 'huge'], prices })
  })

  it.each(['tiny cheap', 'tiny 1', 'tiny 1 2 3', 'tiny -1 2'])('are refused by their line: %s', (line) => {
    expect(() => readModels(`fine\n${line}`, null)).toThrow(new LineError(line))
  })
})

describe('usage over a while', () => {
  const row = { inputTokens: 10, outputTokens: 5, cost: null, errors: 0, rescued: 0 }
  const rows = [
    { ...row, at: '2026-01-01T01:00:00Z', requests: 3, errors: 1, averageMs: 100 },
    { ...row, at: '2026-01-01T00:00:00Z', requests: 1, rescued: 1, averageMs: 500, cost: 0.25 },
  ]

  it('is summed up, with a mean that weighs each request alike', () => {
    expect(sumUp(rows)).toEqual({
      requests: 4,
      errors: 1,
      rescued: 1,
      tokens: 30,
      cost: 0.25,
      averageMs: 200,
    })
    expect(sumUp([]).averageMs).toBeNull()
  })

  it('is drawn in the order of time, each request once', () => {
    expect(overTime(rows)).toEqual({
      times: [Date.parse('2026-01-01T00:00:00Z'), Date.parse('2026-01-01T01:00:00Z')],
      good: [0, 2],
      rescued: [1, 0],
      errors: [0, 1],
    })
  })
})

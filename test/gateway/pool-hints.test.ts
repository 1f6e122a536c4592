import { describe, expect, it } from 'vitest'
import {
  forgetRests,
  hintName,
  isSaidToRest,
  latencyOf,
  leftOf,
  noteHint,
  noteMissed,
  wasMissed,
} from '../../src/gateway/pool-hints.ts'

const now = Date.UTC(2026, 10, 21, 12)
let names = 0
const fresh = (): string => hintName(`usr_${names++}`, 'groq', 'm')

describe('a hint', () => {
  it('that a pool rests holds until it is over, for two seconds at most, and for no newer configuration', () => {
    const name = fresh()
    expect(isSaidToRest(name, 1, now)).toBe(false)
    noteHint(name, { left: 0, restsUntil: now + 60_000 }, 1, now)
    expect(isSaidToRest(name, 1, now + 1_999)).toBe(true)
    expect(isSaidToRest(name, 1, now + 2_000)).toBe(false)
    expect(isSaidToRest(name, 2, now)).toBe(false)
    noteHint(name, { left: 0, restsUntil: now + 500 }, 1, now)
    expect(isSaidToRest(name, 1, now + 500)).toBe(false)
    noteHint(name, { left: 1 }, 1, now)
    expect(isSaidToRest(name, 1, now)).toBe(false)
  })

  it('of how soon a pool answers outlives answers that do not tell', () => {
    const name = fresh()
    noteHint(name, { left: 0.5, latencyMs: 300 }, 1, now)
    noteHint(name, { left: 0.25 }, 1, now + 1_000)
    expect(latencyOf(name, now + 2_000)).toBe(300)
    expect(leftOf(name, now + 2_000)).toBe(0.25)
    expect(latencyOf(name, now + 10 * 60_000)).toBeUndefined()
    expect(leftOf(name, now + 10 * 60_000)).toBeUndefined()
  })

  it('is about one owner’s pool and one model', () => {
    expect(hintName('usr_a', 'groq', 'm')).not.toBe(hintName('usr_b', 'groq', 'm'))
    expect(hintName('usr_a', 'groq', 'm')).not.toBe(hintName('usr_a', 'groq', undefined))
  })

  it('is forgotten where too many are heard', () => {
    const first = fresh()
    noteHint(first, { left: 0.5 }, 1, now)
    for (let i = 0; i < 2_000; i++) noteHint(fresh(), { left: 1 }, 1, now)
    expect(leftOf(first, now)).toBeUndefined()
  })

  it('that a pool rests is forgotten when a key of it is restored', () => {
    const name = fresh()
    noteHint(name, { left: 0, restsUntil: now + 60_000, latencyMs: 300 }, 1, now)
    forgetRests(name.split('/')[0] ?? '', 'groq')
    expect(isSaidToRest(name, 1, now)).toBe(false)
    expect(latencyOf(name, now)).toBe(300)
  })

  it('that a model was missed holds for a minute, and for that person alone', () => {
    const name = fresh()
    noteMissed('usr_a', name, now)
    expect(wasMissed('usr_a', name, now + 59_999)).toBe(true)
    expect(wasMissed('usr_a', name, now + 60_000)).toBe(false)
    expect(wasMissed('usr_b', name, now)).toBe(false)
  })
})

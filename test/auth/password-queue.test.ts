import { describe, expect, it } from 'vitest'
import { HashingLine } from '../../src/auth/password-queue.ts'

describe('the line of passwords to hash', () => {
  it('lets a few begin at once, and spaces those after them', () => {
    const line = new HashingLine()
    const waits = Array.from({ length: 9 }, () => line.join(1_000))
    expect(waits).toEqual([0, 0, 0, 0, 0, 0, 100, 200, 300])
  })

  it('takes twenty that wait, and others again as places come free', () => {
    const line = new HashingLine()
    const waits = Array.from({ length: 100 }, () => line.join(0))
    expect(waits.filter((wait) => wait === undefined)).toHaveLength(100 - 6 - 20)
    line.leave()
    expect(line.join(2_000)).toBeDefined()
  })

  it('leaves a third of the time to others where hashes are slow, and makes nobody wait for long', () => {
    const line = new HashingLine()
    let now = 0
    let hashed = 0
    // Each comes as soon as the isolate is free again.
    for (let i = 0; i < 100; i++) {
      const wait = line.join(now)
      if (wait === undefined) break
      expect(wait).toBeLessThanOrEqual(20_000)
      now += wait + 400
      if (wait > 0) line.leave()
      line.took(400)
      hashed++
    }
    expect((hashed * 400) / now).toBeLessThan(0.7)
  })

  it('holds nobody up after a pause, nor after the clock was set back', () => {
    const line = new HashingLine()
    for (let i = 0; i < 10; i++) line.join(1_000_000)
    expect(line.join(2_000_000)).toBe(0)
    expect(line.join(0)).toBe(0)
  })
})

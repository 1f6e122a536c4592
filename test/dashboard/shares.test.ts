import { describe, expect, it } from 'vitest'
import { percentOf, readReserve, readShare, shareText } from '../../dashboard/state/shares.ts'

describe('a share', () => {
  it('is entered and shown in percent', () => {
    expect([' 20 ', '12.5%', ''].map(readShare)).toEqual([0.2, 0.125, null])
    expect([0.2, 0.07, 1, null].map(shareText)).toEqual(['20', '7', '100', ''])
    expect(readShare(shareText(0.29))).toBe(0.29)
  })

  it('of a window is rounded to whole percent', () => {
    expect([percentOf(1, 3), percentOf(50, 50), percentOf(1, 0)]).toEqual([33, 100, 100])
  })
})

describe('a reserve', () => {
  it('is a percentage, a number of requests, or nothing', () => {
    expect(['20 %', '30', ' ', 'a lot'].map(readReserve)).toEqual(['20%', 30, null, 'alot'])
  })
})

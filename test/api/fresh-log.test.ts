import { describe, expect, it } from 'vitest'
import { mayBeOnItsWay } from '../../src/api/fresh-log.ts'
import { minuteMs } from '../../src/domain/time.ts'
import { timeOrderedId } from '../../src/ids.ts'

const now = Date.UTC(2026, 10, 21, 12)

describe('a request that is not in the log', () => {
  it('may be on its way there for as long as a request and its delivery take', () => {
    expect(mayBeOnItsWay(timeOrderedId('req', now), now)).toBe(true)
    expect(mayBeOnItsWay(timeOrderedId('req', now - 17 * minuteMs), now)).toBe(true)
  })

  it.each([
    ['is long over', timeOrderedId('req', now - 30 * minuteMs)],
    ['is yet to come', timeOrderedId('req', now + 30 * minuteMs)],
    ['has the id of something else', timeOrderedId('aud', now)],
    ['has an id that the hub did not make', 'req_1'],
    ['has more than an id', `${timeOrderedId('req', now)}0`],
  ])('is not looked for in pools where it %s', (_why, id) => {
    expect(mayBeOnItsWay(id, now)).toBe(false)
  })
})

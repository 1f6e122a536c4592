import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { periods } from '../../src/domain/limits.ts'
import {
  charge,
  freeAt,
  giveBack,
  lastResetAt,
  lengthMs,
  resetsAt,
  roomAt,
  usedAt,
  type Window,
  windowName,
} from '../../src/quota/windows.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const start = Date.UTC(2026, 10, 21, 12)

function makeWindow(change: Partial<Window> = {}): Window {
  return { unit: 'requests', per: 'minute', resets: 'sliding', limit: 3, buckets: [], ...change }
}

/** Charges what fits at each of these times, and tells when it did. */
function admitAll(window: Window, times: number[], amount = 1): { window: Window; admitted: number[] } {
  const admitted: number[] = []
  for (const at of times) {
    if (roomAt(window, at) < amount) continue
    window = charge(window, amount, at)
    admitted.push(at)
  }
  return { window, admitted }
}

/** Times that come in bursts and with pauses, in order. */
const times = fc
  .array(fc.oneof(fc.nat(50), fc.nat(5_000), fc.nat(90_000)), { minLength: 1, maxLength: 400 })
  .map((pauses) => {
    let at = start
    return pauses.map((pause) => (at += pause))
  })

/** Times whose pauses are to a period as those of `times` are to a minute. */
function timesFor(per: Window['per']) {
  const scale = lengthMs[per] / minuteMs
  return times.map((moments) => moments.map((at) => start + Math.round((at - start) * scale)))
}

describe('a sliding window', () => {
  it.each(periods)('never admits more than its limit in any interval of a %s', (per) => {
    fc.assert(
      fc.property(timesFor(per), fc.integer({ min: 1, max: 100 }), (moments, limit) => {
        const { admitted } = admitAll(makeWindow({ per, limit }), moments)
        for (const [index, at] of admitted.entries()) {
          const inside = admitted.slice(0, index + 1).filter((other) => other > at - lengthMs[per])
          expect(inside.length).toBeLessThanOrEqual(limit)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('forgets at most a sixtieth of its length too late', () => {
    fc.assert(
      fc.property(times, (moments) => {
        const { window, admitted } = admitAll(makeWindow({ limit: 1_000_000 }), moments)
        const now = moments.at(-1) ?? start
        const recent = admitted.filter((at) => at > now - minuteMs).length
        const remembered = admitted.filter((at) => at > now - minuteMs - 1_000).length
        expect(usedAt(window, now)).toBeGreaterThanOrEqual(recent)
        expect(usedAt(window, now)).toBeLessThanOrEqual(remembered)
        expect(window.buckets.length).toBeLessThanOrEqual(61)
      }),
    )
  })

  it('is exact to the millisecond where calls are rare', () => {
    const window = charge(makeWindow({ limit: 1 }), 1, start)
    expect(freeAt(window, 1, start + 10)).toBe(start + minuteMs)
    expect(usedAt(window, start + minuteMs - 1)).toBe(1)
    expect(usedAt(window, start + minuteMs)).toBe(0)
  })

  it('says when enough will have left', () => {
    const { window } = admitAll(makeWindow(), [start, start + 10_000, start + 20_000])
    expect(freeAt(window, 1, start + 30_000)).toBe(start + minuteMs)
    expect(freeAt(window, 2, start + 30_000)).toBe(start + minuteMs + 10_000)
    expect(freeAt(window, 4, start + 30_000)).toBeUndefined()
    expect(resetsAt(window, start + 30_000)).toBe(start + minuteMs + 20_000)
  })

  it('stays in order when the clock is set back', () => {
    const window = charge(charge(makeWindow(), 1, start), 1, start - 5_000)
    expect(usedAt(window, start)).toBe(2)
    expect(usedAt(window, start + minuteMs - 1)).toBe(2)
  })
})

describe('any window', () => {
  const kinds = fc.constantFrom<Pick<Window, 'per' | 'resets'>>(
    { per: 'minute', resets: 'sliding' },
    { per: 'minute', resets: 'refill' },
    { per: 'hour', resets: 'refill' },
    { per: 'hour', resets: 'utc' },
    { per: 'day', resets: 'pacific' },
    { per: 'day', resets: 'rolling' },
    { per: 'month', resets: 'utc' },
    { per: 'second', resets: 'sliding' },
    { per: 'second', resets: 'refill' },
    { per: 'second', resets: 'utc' },
    { per: 'minute', resets: 'first-use' },
    { per: '5h', resets: 'sliding' },
    { per: '5h', resets: 'refill' },
    { per: '5h', resets: 'first-use' },
    { per: '7d', resets: 'rolling' },
    { per: '7d', resets: 'pacific' },
    { per: '7d', resets: 'first-use' },
  )

  it('has room when it said it would, and not before', () => {
    fc.assert(
      fc.property(kinds, times, fc.integer({ min: 1, max: 50 }), (kind, moments, limit) => {
        const { window } = admitAll(makeWindow({ ...kind, limit }), moments)
        const now = moments.at(-1) ?? start
        const free = freeAt(window, 1, now)
        if (free === undefined) throw new Error('One request fits every window here.')
        expect(freeAt(window, 1, free)).toBe(free)
        if (free > now) expect(freeAt(window, 1, free - 1)).toBe(free)
      }),
    )
  })

  it('counts no less than what was used, however estimates are corrected', () => {
    const calls = fc.array(
      fc.record({
        pause: fc.nat(20_000),
        estimate: fc.nat(100),
        used: fc.nat(150),
        tookMs: fc.nat(40_000),
      }),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(calls, (list) => {
        let window = makeWindow({ unit: 'tokens', limit: 1_000_000 })
        let at = start
        const events = list.flatMap((call) => {
          at += call.pause
          return [
            { type: 'begin' as const, at, call, beganAt: at },
            { type: 'end' as const, at: at + call.tookMs, call, beganAt: at },
          ]
        })
        const truth: { at: number; amount: number }[] = []
        for (const { type, at: now, call, beganAt } of events.toSorted((a, b) => a.at - b.at)) {
          if (type === 'begin') {
            window = charge(window, call.estimate, now)
            truth.push({ at: now, amount: Math.min(call.estimate, call.used) })
          } else if (call.used > call.estimate) {
            window = charge(window, call.used - call.estimate, now)
            truth.push({ at: now, amount: call.used - call.estimate })
          } else {
            window = giveBack(window, call.estimate - call.used, beganAt, now)
          }
          const used = truth
            .filter((entry) => entry.at > now - minuteMs)
            .reduce((sum, { amount }) => sum + amount, 0)
          expect(usedAt(window, now)).toBeGreaterThanOrEqual(used)
        }
      }),
    )
  })

  it('survives being written down', () => {
    const window = charge(makeWindow(), 2, start)
    expect(JSON.parse(JSON.stringify(window))).toEqual(window)
  })

  it('is free where it is not limited, and counts all the same', () => {
    const { limit: _limit, ...unlimited } = makeWindow({ resets: 'refill' })
    const window = charge(unlimited, 1_000, start)
    expect(freeAt(window, 1_000_000, start)).toBe(start)
    expect(usedAt(window, start)).toBe(1_000)
    expect(usedAt(window, start + minuteMs)).toBe(0)
  })

  it('keeps what it counted when the way it resets is changed', () => {
    const counted = admitAll(makeWindow({ per: 'day', resets: 'utc', limit: 10 }), [
      start,
      start + hourMs,
    ]).window
    const now = start + 2 * hourMs
    for (const resets of ['rolling', 'pacific', 'utc'] as const)
      expect(usedAt({ ...counted, resets }, now)).toBe(2)
    expect(usedAt({ ...counted, resets: 'refill' }, now)).toBeGreaterThan(1)
  })

  it('has a name among those of its account', () => {
    expect(windowName(makeWindow())).toBe('requests/minute')
    expect(windowName(makeWindow({ unit: 'tokens', per: 'day', model: 'llama-*' }))).toBe(
      'tokens/day/llama-*',
    )
  })
})

describe('a window that refills', () => {
  // Groq's own figures: 14,400 requests a day are one in six seconds.
  const groq = makeWindow({ per: 'day', resets: 'refill', limit: 14_400 })

  it('drains evenly', () => {
    const full = charge(groq, 14_400, start)
    expect(freeAt(full, 1, start)).toBe(start + 6_000)
    expect(freeAt(full, 2, start)).toBe(start + 12_000)
    expect(usedAt(full, start + 6_000)).toBeCloseTo(14_399)
    expect(resetsAt(full, start)).toBe(start + dayMs)
  })

  it('computes the waits that Groq prints', () => {
    const tokensPerDay = makeWindow({ unit: 'tokens', per: 'day', resets: 'refill', limit: 100_000 })
    const wait = (freeAt(charge(tokensPerDay, 97_050, start), 3_619, start) ?? 0) - start
    expect(Math.floor(wait / 1000)).toBe(9 * 60 + 38)
  })

  it('never admits more than a limit and what has drained', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 60 }), (moments, limit) => {
        const { admitted } = admitAll(makeWindow({ resets: 'refill', limit }), moments)
        let level = 0
        let last = start
        for (const at of admitted) {
          level = Math.max(0, level - ((at - last) * limit) / minuteMs) + 1
          last = at
          expect(level).toBeLessThanOrEqual(limit + 1e-6)
        }
      }),
    )
  })

  it('takes back no more than may still be in it', () => {
    const window = makeWindow({ unit: 'tokens', resets: 'refill', limit: 1_000 })
    const reserved = charge(window, 600, start)
    // Half a minute has drained 500; somebody else then uses 300.
    const used = charge(reserved, 300, start + 30_000)
    expect(usedAt(giveBack(used, 600, start, start + 30_000), start + 30_000)).toBe(300)
  })
})

describe('a window that begins with its first use', () => {
  const session = makeWindow({ per: '5h', resets: 'first-use' })
  const length = lengthMs['5h']

  it('is emptied at once, a whole period after its first use', () => {
    const { window } = admitAll(session, [start, start + hourMs, start + 4 * hourMs])
    expect(freeAt(window, 1, start + 4 * hourMs)).toBe(start + length)
    expect(freeAt(window, 3, start + 4 * hourMs)).toBe(start + length)
    expect(resetsAt(window, start + 4 * hourMs)).toBe(start + length)
    expect(lastResetAt(window, start + 4 * hourMs)).toBe(start)
    expect(usedAt(window, start + length - 1)).toBe(3)
    expect(usedAt(window, start + length)).toBe(0)
    const later = start + 9 * hourMs
    expect(resetsAt(window, later)).toBeUndefined()
    expect(resetsAt(charge(window, 1, later), later)).toBe(later + length)
  })

  it('admits no more than its limit in any period as the provider counts it', () => {
    const calls = fc.tuple(timesFor('5h'), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 9 }))
    fc.assert(
      fc.property(calls, ([moments, limit, unusedEach]) => {
        let window: Window = { ...session, limit }
        const period = { startsAt: -Infinity, calls: 0 }
        for (const [index, at] of moments.entries()) {
          if (roomAt(window, at) < 1) continue
          window = charge(window, 1, at)
          // A call that was never made: the provider knows nothing of it.
          if (index % unusedEach === 0) {
            window = giveBack(window, 1, at, at)
            continue
          }
          if (at >= period.startsAt + length) Object.assign(period, { startsAt: at, calls: 0 })
          period.calls += 1
          expect(period.calls).toBeLessThanOrEqual(limit)
        }
      }),
    )
  })

  it('ends when the provider says that it does', () => {
    const used = charge(session, 1, start)
    const sooner = { ...used, stated: { limit: 3, resetsAt: start + hourMs, at: start } }
    expect(resetsAt(sooner, start)).toBe(start + hourMs)
    expect(usedAt(sooner, start + hourMs)).toBe(0)
    // Others began it, before the first use that was counted here.
    const { window } = admitAll(sooner, [start + 2 * hourMs])
    expect(resetsAt(window, start + 2 * hourMs)).toBe(start + 2 * hourMs + length)
  })
})

describe('a calendar window', () => {
  it('is emptied at midnight and not before', () => {
    const window = charge(makeWindow({ per: 'day', resets: 'utc' }), 3, start)
    const midnight = Date.UTC(2026, 10, 22)
    expect(freeAt(window, 1, start)).toBe(midnight)
    expect(usedAt(window, midnight - 1)).toBe(3)
    expect(usedAt(window, midnight)).toBe(0)
    expect(lastResetAt(window, start)).toBe(Date.UTC(2026, 10, 21))
    expect(resetsAt(window, start)).toBe(midnight)
  })

  it('gives nothing back to a day that is over', () => {
    const tomorrow = start + dayMs
    const window = charge(charge(makeWindow({ per: 'day', resets: 'utc' }), 2, start), 1, tomorrow)
    expect(usedAt(giveBack(window, 2, start, tomorrow), tomorrow)).toBe(1)
  })

  it('keeps one bucket however much is counted', () => {
    const moments = Array.from({ length: 100 }, (_, i) => start + i * minuteMs)
    expect(
      admitAll(makeWindow({ per: 'day', resets: 'pacific', limit: 100 }), moments).window.buckets,
    ).toHaveLength(1)
  })
})

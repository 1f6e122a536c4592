import { strategyNames } from '../../src/domain/strategies.ts'
import { describe, expect, it } from 'vitest'
import { type Standing, strategyNamed } from '../../src/quota/strategies.ts'
import { charge, type Window } from '../../src/quota/windows.ts'

const hourMs = 3_600_000
const noon = Date.UTC(2026, 10, 21, 12)

let entered = 0

function standing(change: Partial<Standing> = {}): Standing {
  return { position: entered++, lastTurn: 0, pass: 0, windows: [], ...change }
}

/** A day's window, by its calendar, with so much of its limit used. */
function day(resets: Window['resets'], used: number, limit = 100): Window {
  const window: Window = { unit: 'requests', per: 'day', resets, limit, buckets: [] }
  return used === 0 ? window : charge(window, used, noon)
}

/** Which of these serves. */
function first(name: string, standings: Standing[], now = noon): number {
  const ranks = standings.map((one) => strategyNamed(name).rank(one, now))
  return ranks.indexOf(Math.min(...ranks))
}

describe('a strategy', () => {
  it('drains the key that was entered first', () => {
    expect(first('exhaust-first', [standing({ lastTurn: 9 }), standing({ lastTurn: 4 })])).toBe(0)
  })

  it('takes turns, and among equals in the order of entry', () => {
    const turns = [standing({ lastTurn: 9 }), standing({ lastTurn: 4 }), standing({ lastTurn: 4 })]
    expect(first('round-robin', turns)).toBe(1)
  })

  it('gives calls in proportion to the weights', () => {
    const weights = [1, 3, 6]
    const passes = [0, 0, 0]
    const calls = [0, 0, 0]
    for (let i = 0; i < 1_000; i++) {
      const chosen = first(
        'weighted',
        passes.map((pass) => standing({ pass })),
      )
      calls[chosen] = (calls[chosen] ?? 0) + 1
      passes[chosen] = (passes[chosen] ?? 0) + 1 / (weights[chosen] ?? 1)
    }
    expect(calls.map((count) => Math.round(count / 100))).toEqual([1, 3, 6])
  })

  it('prefers who answers soonest, and measures who was not measured lately', () => {
    const slow = standing({ latency: { ms: 900, at: noon } })
    const quick = standing({ latency: { ms: 200, at: noon } })
    const unknown = standing()
    expect(first('least-latency', [slow, quick])).toBe(1)
    expect(first('least-latency', [slow, quick, unknown])).toBe(2)
    expect(first('least-latency', [{ ...slow, latency: { ms: 900, at: noon - hourMs } }, quick])).toBe(0)
  })

  it('spends first what expires soon, and spares what has little left', () => {
    // At noon UTC half of the UTC day is left, and five sixths of the Pacific one.
    const [utc, pacific] = [
      standing({ windows: [day('utc', 10)] }),
      standing({ windows: [day('pacific', 10)] }),
    ]
    expect(first('most-remaining', [pacific, utc])).toBe(1)
    const nearlyUsed = standing({ windows: [day('utc', 95)] })
    expect(first('most-remaining', [nearlyUsed, pacific])).toBe(1)
    // Without a limit there is nothing to lose: what expires unused goes before it.
    expect(first('most-remaining', [standing(), utc])).toBe(1)
    expect(first('most-remaining', [standing(), nearlyUsed])).toBe(0)
  })

  it.each(['', 'unheard-of', 'constructor', 'toString'])('is the default where its name is "%s"', (name) => {
    expect(strategyNamed(name)).toBe(strategyNamed('exhaust-first'))
  })

  it('has a name for each that the API promises', () => {
    expect(strategyNames).toEqual([
      'exhaust-first',
      'round-robin',
      'weighted',
      'least-latency',
      'most-remaining',
    ])
  })
})

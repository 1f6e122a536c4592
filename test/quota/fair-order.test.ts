/** The order of waiting requests, held against what is fair, with random arrivals. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterTurn, inOrder, noTurns, type Turns, turnsOf, type Waiter } from '../../src/quota/fair-order.ts'

/** A line as the waiting room keeps it, without the room. */
class Line {
  waiting: Waiter[] = []
  #turns: Turns = noTurns
  #turn = 0

  join(user: string, token: string): Waiter {
    const waiter = { user, waiter: `${user}/${token}`, turn: ++this.#turn }
    this.waiting.push(waiter)
    return waiter
  }

  get order(): Waiter[] {
    return inOrder(this.waiting, this.#turns)
  }

  serve(): Waiter | undefined {
    const [first] = this.order
    if (!first) return undefined
    this.#turns = afterTurn(this.#turns, first)
    this.leave(first)
    return first
  }

  leave(waiter: Waiter): void {
    this.waiting = this.waiting.filter((one) => one !== waiter)
    this.#turns = turnsOf(this.#turns, new Set(this.waiting.map(({ user }) => user)))
  }
}

const arrival = fc.record({
  type: fc.constant('join' as const),
  user: fc.constantFrom('a', 'b', 'c', 'd'),
  token: fc.constantFrom('1', '2', '3'),
  times: fc.integer({ min: 1, max: 12 }),
})
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: arrival },
    { weight: 5, arbitrary: fc.constant({ type: 'serve' as const }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('leave' as const), which: fc.nat(40) }) },
  ),
  { maxLength: 120 },
)
type Step = typeof steps extends fc.Arbitrary<(infer One)[]> ? One : never

/** Plays steps. @param served is called with who waited before each turn, and who got it. */
function play(all: Step[], served: (waited: readonly Waiter[], got: Waiter) => void): Line {
  const line = new Line()
  for (const step of all) {
    switch (step.type) {
      case 'join':
        for (let i = 0; i < step.times; i++) line.join(step.user, step.token)
        break
      case 'serve': {
        const waited = [...line.waiting]
        const got = line.serve()
        if (got) served(waited, got)
        break
      }
      case 'leave': {
        const waiter = line.waiting[step.which % Math.max(1, line.waiting.length)]
        if (waiter) line.leave(waiter)
      }
    }
  }
  return line
}

/**
 * How often a name is served in a row of turns through all of which others wait: they differ by one
 * at most.
 */
function expectFair(
  all: Step[],
  nameOf: (waiter: Waiter) => string,
  groupOf: (waiter: Waiter) => string,
): void {
  // For each pair that waits without a break: the turns of the one less those of the other.
  const ahead = new Map<string, number>()
  play(all, (waited, got) => {
    const group = groupOf(got)
    const names = new Set(waited.filter((one) => groupOf(one) === group).map(nameOf))
    for (const pair of ahead.keys()) {
      const [one = '', other = ''] = pair.split(' ')
      if (pair.startsWith(group) && !(names.has(one) && names.has(other))) ahead.delete(pair)
    }
    for (const other of names) {
      if (other === nameOf(got)) continue
      const [pair, opposite] = [`${nameOf(got)} ${other}`, `${other} ${nameOf(got)}`]
      ahead.set(pair, (ahead.get(pair) ?? 0) + 1)
      ahead.set(opposite, (ahead.get(opposite) ?? 0) - 1)
      // Two turns before the other's first are one too many.
      expect(ahead.get(pair)).toBeLessThanOrEqual(2)
    }
  })
}

describe('the order of waiting requests', () => {
  it('gives people who wait at the same time equally many turns, to within one round', () => {
    fc.assert(
      fc.property(steps, (all) => {
        expectFair(
          all,
          ({ user }) => user,
          () => '',
        )
      }),
      { numRuns: 200 },
    )
  })

  it('gives the tokens of one person equally many of their turns', () => {
    fc.assert(
      fc.property(steps, (all) => {
        expectFair(
          all,
          ({ waiter }) => waiter,
          ({ user }) => user,
        )
      }),
      { numRuns: 200 },
    )
  })

  it('puts a newcomer behind one request of each other person at most', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const line = play(all, () => {})
        const newcomer = line.join('new', '1')
        const before = line.order.slice(0, line.order.indexOf(newcomer))
        expect(new Set(before.map(({ user }) => user)).size).toBe(before.length)
      }),
      { numRuns: 200 },
    )
  })

  it('serves everyone who waits, each once, and a token in the order of its requests', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const served: Waiter[] = []
        const line = play(all, (_waited, got) => served.push(got))
        for (let got = line.serve(); got; got = line.serve()) served.push(got)
        expect(line.waiting).toEqual([])
        expect(new Set(served).size).toBe(served.length)
        for (const requests of Map.groupBy(served, ({ waiter }) => waiter).values()) {
          expect(requests.map(({ turn }) => turn)).toEqual(
            requests.map(({ turn }) => turn).toSorted((a, b) => a - b),
          )
        }
      }),
      { numRuns: 100 },
    )
  })
})

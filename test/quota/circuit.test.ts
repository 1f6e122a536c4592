/**
 * One request, and one caller, opens no circuit for others; a provider that is down opens it for
 * all.
 */
import { describe, expect, it } from 'vitest'
import { makeFault, makeUsage } from './fixtures.ts'
import { PlainPool } from './plain-pool.ts'

const now = Date.UTC(2026, 7, 5, 12)
const second = 1_000
const down = makeFault({ blame: 'provider', verdict: 'server-error', status: 500 })

let turn = 0

/** A pool of keys that serve everyone. */
const open = (keys = 5) => new PlainPool([], keys, 'custom', { owner: 'hub' })

/** Makes one call and lets it fail. @returns whether a key was given. */
function fail(pool: PlainPool, user: string, at: number, requestId = `req_${++turn}`): boolean {
  const lease = pool.admit({ user, requestId }, at)
  if (lease) pool.settle(lease, { type: 'failure', fault: down }, at)
  return lease !== undefined
}

function succeed(pool: PlainPool, user: string, at: number): void {
  const lease = pool.admit({ user, requestId: `req_${++turn}` }, at)
  if (!lease) throw new Error(`Nothing serves ${user}.`)
  pool.settle(lease, { type: 'success', usage: makeUsage(1, 1), latencyMs: 1 }, at)
}

const isServed = (pool: PlainPool, user: string, at: number): boolean =>
  pool.decide({ user }, at).type === 'lease'

describe('a circuit', () => {
  it.each([
    ['shared', 'hub'],
    ['private', 'u1'],
  ])('is not opened by one request with many keys, in a %s pool', (_kind, owner) => {
    const pool = new PlainPool([], 5, 'custom', { owner })
    for (let key = 1; key <= 5; key++) {
      const excludedKeys = Array.from({ length: key - 1 }, (_, index) => `k${index + 1}`)
      const lease = pool.admit({ requestId: 'poison', excludedKeys }, now + key)
      if (!lease) throw new Error('A circuit is open.')
      pool.settle(lease, { type: 'failure', fault: down }, now + key)
    }
    expect(isServed(pool, 'u1', now + second)).toBe(true)
    expect(pool.state.circuits.get('m')).toMatchObject({ failures: 1, until: 0 })
  })

  it('is not opened by two requests that take turns', () => {
    const pool = open()
    for (let time = 0; time < 6; time++) fail(pool, 'u1', now + time, `req_${time % 2 ? 'odd' : 'even'}`)
    expect(isServed(pool, 'u1', now + second)).toBe(true)
  })

  it('opens for the caller alone whose requests failed, however often, and lets others through', () => {
    const pool = open()
    let at = now
    for (let time = 0; time < 50; time++) {
      fail(pool, 'hostile', at)
      expect(isServed(pool, 'other', at + 1)).toBe(true)
      at += 7 * second
    }
    expect(isServed(pool, 'hostile', (pool.state.circuits.get('m')?.until ?? 0) - 1)).toBe(false)
  })

  it('opens after three requests for a caller who is the only one', () => {
    const pool = open()
    for (let time = 0; time < 3; time++) expect(fail(pool, 'u1', now + time)).toBe(true)
    expect(fail(pool, 'u1', now + 3)).toBe(false)
    expect(fail(pool, 'u1', now + 2 + 5 * second)).toBe(true)
    expect(isServed(pool, 'u1', now + 2 + 14 * second)).toBe(false)
  })

  it('opens for everyone where a second caller fails, too', () => {
    const pool = open()
    for (let time = 0; time < 3; time++) fail(pool, 'u1', now + time)
    fail(pool, 'u2', now + 10)
    expect(['u1', 'u2', 'u3'].map((user) => isServed(pool, user, now + 11))).toEqual([false, false, false])
    expect(isServed(pool, 'u3', now + 10 + 5 * second)).toBe(true)
  })

  it('is open for others no longer for what one caller added to it', () => {
    const pool = open()
    let at = now
    for (let time = 0; time < 10; time++) {
      fail(pool, 'hostile', at)
      at = Math.max(at + 1, pool.state.circuits.get('m')?.until ?? 0)
    }
    // One failure of somebody else, that may be chance: seconds, not the minute of the first
    // caller.
    fail(pool, 'other', at)
    expect(isServed(pool, 'third', at + 5 * second)).toBe(true)
    // And the first caller cannot prolong it for them.
    fail(pool, 'hostile', at + 5 * second)
    expect(isServed(pool, 'third', at + 5 * second + 1)).toBe(true)
    expect(isServed(pool, 'hostile', at + 5 * second + 1)).toBe(false)
  })

  it('rests longer each time while several callers fail', () => {
    const pool = open()
    let at = now
    const rests: number[] = []
    for (let round = 0; round < 5; round++) {
      let calls = 0
      while (calls < 10 && (fail(pool, 'u1', at) || fail(pool, 'u2', at))) calls++
      expect(calls).toBeLessThan(5)
      const until = pool.state.circuits.get('m')?.until ?? 0
      rests.push((until - at) / second)
      at = until + 1
    }
    expect(rests).toEqual([5, 10, 20, 40, 60])
  })

  it('forgets the failures of a caller when another is served', () => {
    const pool = open()
    fail(pool, 'hostile', now)
    fail(pool, 'hostile', now + 1)
    succeed(pool, 'other', now + 2)
    fail(pool, 'other', now + 3)
    expect(isServed(pool, 'third', now + 4)).toBe(true)
    expect(pool.state.circuits.get('m')?.failures).toBe(1)
  })

  it('stays shut for the caller who opened it when another is served', () => {
    const pool = open()
    for (let time = 0; time < 3; time++) fail(pool, 'hostile', now + time)
    succeed(pool, 'other', now + 10)
    expect(isServed(pool, 'hostile', now + 11)).toBe(false)
    fail(pool, 'other', now + 12)
    expect(isServed(pool, 'third', now + 13)).toBe(true)
  })
})

describe('the rest of a model that a doubtful verdict gave', () => {
  const doubtful = makeFault({ blame: 'model', verdict: 'forbidden', status: 403, doubtful: true })
  const failWith = (pool: PlainPool, user: string, at: number, fault = doubtful): boolean => {
    const lease = pool.admit({ user, requestId: `req_${++turn}` }, at)
    if (lease) pool.settle(lease, { type: 'failure', fault }, at)
    return lease !== undefined
  }

  it('binds the caller whose request brought it about, and no one else, however often', () => {
    const pool = open(1)
    let at = now
    for (let time = 0; time < 20; time++) {
      expect(failWith(pool, 'hostile', at)).toBe(true)
      expect(isServed(pool, 'hostile', at + 1)).toBe(false)
      expect(isServed(pool, 'other', at + 1)).toBe(true)
      at += 60 * second
    }
  })

  it('binds everyone once another caller meets it, for longer each time', () => {
    const pool = open(1)
    let at = now
    const rests: number[] = []
    for (let round = 0; round < 4; round++) {
      expect(failWith(pool, 'u1', at)).toBe(true)
      expect(failWith(pool, 'u2', at)).toBe(true)
      expect(isServed(pool, 'u3', at + 1)).toBe(false)
      const until = [...pool.state.accounts.values()][0]?.modelRests.m?.until ?? 0
      rests.push((until - at) / second)
      at = until + 1
    }
    expect(rests[0]).toBe(2)
    expect(rests).toEqual(rests.toSorted((a, b) => a - b))
    expect(rests.at(-1)).toBeGreaterThan(10)
  })

  it('binds everyone where there is no doubt', () => {
    const pool = open(1)
    failWith(pool, 'u1', now)
    const certain = makeFault({ blame: 'model', verdict: 'no-such-model', status: 404 })
    failWith(pool, 'u2', now + 1, certain)
    expect(isServed(pool, 'u3', now + 299 * second)).toBe(false)
  })

  it('is over for the caller when its time is, and for all when another is served', () => {
    const pool = open(1)
    failWith(pool, 'u1', now)
    succeed(pool, 'u2', now + 3 * second)
    expect(isServed(pool, 'u1', now + 3 * second + 2)).toBe(true)
  })

  it('binds the one person of a private pool', () => {
    const pool = new PlainPool([], 1)
    failWith(pool, 'u1', now)
    expect(isServed(pool, 'u1', now + 1)).toBe(false)
  })
})

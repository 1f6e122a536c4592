/**
 * A 403 that names nothing rests the model. A second one, elsewhere, makes the hub test the key,
 * whoever met the two.
 */
import { describe, expect, it } from 'vitest'
import { withTest } from '../../src/quota/forbidden-keys.ts'
import { makeFault } from './fixtures.ts'
import { PlainPool } from './plain-pool.ts'

const now = Date.UTC(2026, 7, 5, 12)
const fault = makeFault({ blame: 'model', verdict: 'forbidden', status: 403 })
const second = 1_000

/** A pool with one key that serves everyone. */
const openShared = () => new PlainPool([], 1, 'custom', { owner: 'hub' })

interface More {
  what?: typeof fault
  user?: string | undefined
}

function fail(pool: PlainPool, model: string, requestId: string, at: number, more: More = {}): void {
  const { what = fault, user = 'u1' } = more
  const lease = pool.admit({ model, requestId, user }, at)
  if (!lease) throw new Error(`Nothing serves ${model}.`)
  pool.settle(lease, { type: 'failure', fault: what }, at)
}

function succeed(pool: PlainPool, model: string, at: number): void {
  const lease = pool.admit({ model, requestId: `ok_${at}` }, at)
  if (!lease) throw new Error(`Nothing serves ${model}.`)
  const usage = { inputTokens: 1, outputTokens: 1, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }
  pool.settle(lease, { type: 'success', usage, latencyMs: 1 }, at + 1)
}

/** Takes the test that is due for the one key of a pool, and says whether there was one. */
function takeTest(pool: PlainPool, at: number): boolean {
  const [id, account] = [...pool.state.accounts][0] ?? []
  const use = account?.keys.k1
  const mark = pool.configuration.keys[0]?.mark ?? ''
  const tested = use && withTest(use, mark, at)
  if (!tested || id === undefined) return false
  pool.state.accounts.set(id, { ...account, keys: { k1: tested } })
  return true
}

const reasonFor = (pool: PlainPool, model: string, at: number): string | undefined => {
  const decision = pool.decide({ model }, at)
  return decision.type === 'refusal' ? decision.refusals[0]?.reason : undefined
}

describe('a 403 that names nothing', () => {
  it('rests the model for seconds, and nothing else', () => {
    const pool = new PlainPool([])
    fail(pool, 'a', 'r1', now)
    expect(reasonFor(pool, 'a', now + 1)).toBe('model-rests')
    expect(reasonFor(pool, 'b', now + 1)).toBeUndefined()
    expect(reasonFor(pool, 'a', now + 2 * second)).toBeUndefined()
  })

  it.each([
    ['one caller met both: a shared key', openShared, ['u1']],
    ['one caller met both: a private key', () => new PlainPool([]), ['u1']],
    ['two callers met them', openShared, ['u1', 'u2']],
    ['ten callers met them', openShared, Array.from({ length: 10 }, (_, n) => `u${n}`)],
  ])('is for a test to decide where %s', (_what, open, users) => {
    const pool = open()
    fail(pool, 'a', 'r0', now, { user: users[0] })
    expect(takeTest(pool, now)).toBe(false)
    for (let time = 1; time <= 20; time++) {
      fail(pool, `m${time}`, `r${time}`, now + time * second, { user: users[time % users.length] })
    }
    expect(reasonFor(pool, 'c', now + 30 * second)).toBeUndefined()
    expect(takeTest(pool, now + 30 * second)).toBe(true)
  })

  it('is tested once in ten minutes, also where the key has served since', () => {
    const pool = openShared()
    const suspect = (at: number): void => {
      fail(pool, 'a', `r${at}`, at)
      fail(pool, 'b', `s${at}`, at + 1)
    }
    suspect(now)
    expect(takeTest(pool, now + second)).toBe(true)
    expect(takeTest(pool, now + second)).toBe(false)
    succeed(pool, 'c', now + 2 * second)
    suspect(now + 60 * second)
    expect(takeTest(pool, now + 61 * second)).toBe(false)
    expect(takeTest(pool, now + 601 * second)).toBe(true)
  })

  it('is not the key’s on one model, however often', () => {
    const pool = new PlainPool([])
    for (let time = 0; time < 8; time++) fail(pool, 'a', `r${time}`, now + time * 61 * second)
    expect(reasonFor(pool, 'b', now + 600 * second)).toBeUndefined()
    expect(takeTest(pool, now + 600 * second)).toBe(false)
  })

  it('is not the key’s on two models that one request asked for', () => {
    const pool = openShared()
    fail(pool, 'a', 'r1', now)
    fail(pool, 'b', 'r1', now)
    expect(reasonFor(pool, 'c', now + 1)).toBeUndefined()
    expect(takeTest(pool, now + 1)).toBe(false)
  })

  it('is forgotten when the key serves', () => {
    const pool = openShared()
    fail(pool, 'a', 'r1', now)
    succeed(pool, 'c', now + second)
    fail(pool, 'b', 'r2', now + 2 * second, { user: 'u2' })
    expect(reasonFor(pool, 'c', now + 3 * second)).toBeUndefined()
    expect(takeTest(pool, now + 3 * second)).toBe(false)
  })

  it('is forgotten after a day', () => {
    const pool = openShared()
    fail(pool, 'a', 'r1', now)
    fail(pool, 'b', 'r2', now + 25 * 3_600 * second, { user: 'u2' })
    expect(takeTest(pool, now + 25 * 3_601 * second)).toBe(false)
  })

  it('counts apart from models that are closed by name', () => {
    const pool = new PlainPool([])
    const closed = makeFault({ blame: 'model', verdict: 'not-in-tier', status: 403 })
    fail(pool, 'a', 'r1', now, { what: closed, user: 'u1' })
    fail(pool, 'b', 'r2', now, { what: closed, user: 'u2' })
    expect(reasonFor(pool, 'c', now + 1)).toBeUndefined()
    expect(takeTest(pool, now + 1)).toBe(false)
  })
})

/** A 403 that names nothing rests the model; only a second one, elsewhere, is the key's. */
import { describe, expect, it } from 'vitest'
import { makeFault } from './fixtures.ts'
import { PlainPool } from './plain-pool.ts'

const now = Date.UTC(2026, 7, 5, 12)
const fault = makeFault({ blame: 'model', verdict: 'forbidden', status: 403 })
const second = 1_000

function fail(pool: PlainPool, model: string, requestId: string, at: number, what = fault): void {
  const lease = pool.admit({ model, requestId }, at)
  if (!lease) throw new Error(`Nothing serves ${model}.`)
  pool.settle(lease, { type: 'failure', fault: what }, at)
}

function succeed(pool: PlainPool, model: string, at: number): void {
  const lease = pool.admit({ model, requestId: `ok_${at}` }, at)
  if (!lease) throw new Error(`Nothing serves ${model}.`)
  const usage = { inputTokens: 1, outputTokens: 1, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }
  pool.settle(lease, { type: 'success', usage, latencyMs: 1 }, at + 1)
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

  it('is the key’s on two different models of two requests', () => {
    const pool = new PlainPool([])
    fail(pool, 'a', 'r1', now)
    fail(pool, 'b', 'r2', now + second)
    expect(reasonFor(pool, 'c', now + 2 * second)).toBe('quarantined')
  })

  it('is not the key’s on one model, however often', () => {
    const pool = new PlainPool([])
    for (let time = 0; time < 8; time++) fail(pool, 'a', `r${time}`, now + time * 61 * second)
    expect(reasonFor(pool, 'b', now + 600 * second)).toBeUndefined()
  })

  it('is not the key’s on two models that one request asked for', () => {
    const pool = new PlainPool([])
    fail(pool, 'a', 'r1', now)
    fail(pool, 'b', 'r1', now)
    expect(reasonFor(pool, 'c', now + 1)).toBeUndefined()
  })

  it('is forgotten when the key serves', () => {
    const pool = new PlainPool([])
    fail(pool, 'a', 'r1', now)
    succeed(pool, 'c', now + second)
    fail(pool, 'b', 'r2', now + 2 * second)
    expect(reasonFor(pool, 'c', now + 3 * second)).toBeUndefined()
  })

  it('is forgotten after a day', () => {
    const pool = new PlainPool([])
    fail(pool, 'a', 'r1', now)
    fail(pool, 'b', 'r2', now + 25 * 3_600 * second)
    expect(reasonFor(pool, 'c', now + 25 * 3_601 * second)).toBeUndefined()
  })

  it('counts apart from models that are closed by name', () => {
    const pool = new PlainPool([])
    const closed = makeFault({ blame: 'model', verdict: 'not-in-tier', status: 403 })
    fail(pool, 'a', 'r1', now, closed)
    fail(pool, 'b', 'r2', now, closed)
    expect(reasonFor(pool, 'c', now + 1)).toBeUndefined()
  })
})

/**
 * Those who wait for a slot: what is kept for them, in which order they go, and when they lose it.
 */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Admission, Need } from '../../src/quota/rpc.ts'
import { type KeySeed, storeKey, storeUser } from './fixtures.ts'
import { minuteMs, start, success, TestPool } from './pool.workerd.ts'

beforeAll(() => storeUser(env.DB, 'u1', 3))

let opened = 0

async function openPool(key: Omit<KeySeed, 'id'> = {}): Promise<TestPool> {
  const provider = `w${opened++}`
  await storeKey(env.DB, { account: provider, ...key, id: 'k1', provider, replace: true })
  return TestPool.open('u1', provider)
}

/** A request that waits, as its Worker would have it. */
class Waiting {
  readonly pool: TestPool
  readonly waiter: string
  place: string | undefined
  notBefore = 0
  admission: Admission | undefined
  readonly #until: number
  readonly #need: Partial<Need>

  constructor(pool: TestPool, waiter: string, waitMs: number, need: Partial<Need> = {}) {
    this.pool = pool
    this.waiter = waiter
    this.#until = pool.now + waitMs
    this.#need = need
  }

  async ask(): Promise<this> {
    const wait = { waiter: this.waiter, until: this.#until, ...(this.place && { place: this.place }) }
    this.admission = await this.pool.admit({ ...this.#need, wait })
    if (this.admission.type === 'place') {
      this.place = this.admission.place
      this.notBefore = this.admission.notBefore
    }
    return this
  }

  get lease() {
    if (this.admission?.type !== 'lease') throw new Error(JSON.stringify(this.admission))
    return this.admission.lease
  }
}

const oncePerMinute = { limits: [{ unit: 'requests', per: 'minute', limit: 1 } as const] }

describe('a request that would wait', () => {
  it('is told when its slot is, and gets it then', async () => {
    const pool = await openPool(oncePerMinute)
    await pool.lease()
    const waiting = await new Waiting(pool, 't1', 90_000).ask()
    expect(waiting.admission).toMatchObject({ type: 'place', notBefore: start + minuteMs, ahead: 0 })
    pool.now = waiting.notBefore
    expect((await waiting.ask()).admission?.type).toBe('lease')
    expect(await pool.rows('SELECT id FROM places')).toEqual([])
  })

  it('is refused with the soonest true reset where it would not wait so long', async () => {
    const pool = await openPool(oncePerMinute)
    await pool.lease()
    const waiting = await new Waiting(pool, 't1', 30_000).ask()
    expect(waiting.admission).toMatchObject({ type: 'refusal', retryAt: start + minuteMs })
  })

  it('keeps its slot from those who come later and do not wait, also through the loss of the object', async () => {
    const pool = await openPool(oncePerMinute)
    await pool.lease()
    const waiting = await new Waiting(pool, 't1', 90_000).ask()
    await pool.evict()
    pool.now = waiting.notBefore
    expect((await pool.refusal()).refusals).toMatchObject([{ reason: 'reserved' }])
    expect((await waiting.ask()).admission?.type).toBe('lease')
  })

  it('is given a later slot for each who is before it', async () => {
    const pool = await openPool(oncePerMinute)
    await pool.lease()
    const line = await Promise.all([1, 2, 3].map(() => new Waiting(pool, 't1', 10 * minuteMs).ask()))
    expect(line.map(({ notBefore }) => (notBefore - start) / minuteMs)).toEqual([1, 2, 3])
  })

  it('loses its place when it leaves, and when nobody asks for it any more', async () => {
    const pool = await openPool(oncePerMinute)
    await pool.lease()
    const [first, second] = [new Waiting(pool, 't1', 10 * minuteMs), new Waiting(pool, 't2', 10 * minuteMs)]
    await first.ask()
    await second.ask()
    expect((await pool.stub.report()).waiting).toBe(2)
    await pool.stub.leave(first.place ?? '')
    expect((await second.ask()).notBefore).toBe(start + minuteMs)
    // Its Worker has died: some seconds after it should have asked again, the place is free.
    pool.now = start + minuteMs + 15_001
    await pool.lease()
    expect((await pool.stub.report()).waiting).toBe(0)
  })

  it('is refused where twenty of the same person wait, whatever their tokens', async () => {
    const pool = await openPool(oncePerMinute)
    await pool.lease()
    const line = Array.from({ length: 50 }, (_, i) => new Waiting(pool, `t${i % 2}`, 1e9))
    for (const waiting of line) await waiting.ask()
    expect((await pool.stub.report()).waiting).toBe(20)
    expect((await new Waiting(pool, 'u2', 1e9, { user: 'u2' }).ask()).admission?.type).toBe('place')
  })

  it('takes the place of another token of its person, where that has them all', async () => {
    const pool = await openPool(oncePerMinute)
    await pool.lease()
    const line = Array.from({ length: 20 }, () => new Waiting(pool, 't1', 1e9))
    for (const waiting of line) await waiting.ask()
    expect(await placeOf(new Waiting(pool, 't2', 1e9))).toMatchObject({ ahead: 1 })
    expect((await pool.stub.report()).waiting).toBe(20)
    expect((await line.at(-1)?.ask())?.admission?.type).toBe('refusal')
  })

  it('takes the last place of a full line, where its person has fewer', async () => {
    const pool = await openPool(oncePerMinute)
    await pool.lease()
    const users = Array.from({ length: 10 }, (_, i) => `full${i}`)
    for (const user of users) {
      await Promise.all(Array.from({ length: 20 }, () => new Waiting(pool, user, 1e9, { user }).ask()))
    }
    expect(await placeOf(new Waiting(pool, 'new', 1e9, { user: 'new' }))).toMatchObject({ ahead: 10 })
    expect((await pool.stub.report()).waiting).toBe(200)
  })
})

/** The place that a request is given. */
async function placeOf(waiting: Waiting): Promise<Extract<Admission, { type: 'place' }>> {
  const { admission } = await waiting.ask()
  if (admission?.type !== 'place') throw new Error(JSON.stringify(admission))
  return admission
}

describe('the order of those who wait', () => {
  it('gives a newcomer the next turn, however long the line of another person is', async () => {
    const limits = [{ unit: 'requests', per: 'minute', limit: 3 } as const]
    const pool = await openPool({ limits })
    for (let i = 0; i < 3; i++) await pool.lease()
    const greedy = Array.from({ length: 210 }, () => new Waiting(pool, 't1', 300_000))
    await Promise.all(greedy.map((waiting) => waiting.ask()))
    expect(greedy.filter(({ place }) => place !== undefined)).toHaveLength(15)
    const modest = new Waiting(pool, 't2', 100_000, { user: 'u2' })
    expect(await placeOf(modest)).toMatchObject({ ahead: 1, notBefore: start + minuteMs })
    pool.now = start + minuteMs
    expect((await greedy[0]?.ask())?.admission?.type).toBe('lease')
    expect((await greedy[1]?.ask())?.admission?.type).toBe('lease')
    // The third slot is kept for the newcomer.
    expect((await greedy[2]?.ask())?.admission?.type).toBe('place')
    expect((await modest.ask()).admission?.type).toBe('lease')
  })

  it('alternates between a person with one request after the other and one with a line', async () => {
    const pool = await openPool({
      limits: [{ unit: 'requests', per: 'minute', limit: 60, resets: 'refill' }],
    })
    for (let i = 0; i < 60; i++) await pool.lease()
    const line = Array.from({ length: 10 }, () => new Waiting(pool, 't1', 60_000))
    for (const waiting of line) await waiting.ask()
    let modest = await new Waiting(pool, 't2', 60_000, { user: 'u2' }).ask()
    const served: string[] = []
    for (let second = 0; second < 10; second++) {
      pool.now += 1_000
      for (const waiting of [modest, ...line]) {
        if (waiting.admission?.type !== 'place') continue
        const { admission } = await waiting.ask()
        if (admission?.type === 'lease') served.push(waiting.waiter)
      }
      // It comes back at once, each time.
      if (modest.admission?.type === 'lease') {
        modest = await new Waiting(pool, 't2', 60_000, { user: 'u2' }).ask()
      }
    }
    expect(served).toHaveLength(10)
    expect(served.filter((waiter) => waiter === 't2')).toHaveLength(5)
  })

  it('counts a person with fifty tokens as one', async () => {
    const pool = await openPool(oncePerMinute)
    await pool.lease()
    for (let i = 0; i < 50; i++) await new Waiting(pool, `t${i}`, 1e9).ask()
    const modest = [1, 2, 3].map(() => new Waiting(pool, 'solo', 1e9, { user: 'u2' }))
    const places = []
    for (const waiting of modest) places.push(await placeOf(waiting))
    expect(places.map(({ ahead }) => ahead)).toEqual([1, 3, 5])
  })

  it('lets a request that would wait go at once, where the slots are held for later turns', async () => {
    const pool = await openPool({ limits: [{ unit: 'requests', per: 'minute', limit: 3 }] })
    for (let i = 0; i < 3; i++) await pool.lease()
    for (let i = 0; i < 15; i++) await new Waiting(pool, 't1', 300_000).ask()
    pool.now = start + minuteMs
    const wait = { waiter: 't2', until: pool.now + 100_000, asksOnly: true as const }
    expect((await pool.refusal({ user: 'u2' })).refusals).toMatchObject([{ reason: 'reserved' }])
    await pool.lease({ user: 'u2', wait })
    // That was the turn of this person: the first two of the line go before the next one.
    expect(await pool.admit({ user: 'u2', wait })).toMatchObject({ type: 'refusal' })
    expect((await pool.stub.report()).waiting).toBe(15)
  })

  it('is fair between tokens, not between requests', async () => {
    const pool = await openPool({
      limits: [{ unit: 'requests', per: 'minute', limit: 60, resets: 'refill' }],
    })
    for (let i = 0; i < 60; i++) await pool.lease()
    const greedy = Array.from({ length: 6 }, () => new Waiting(pool, 'greedy', 60_000))
    for (const waiting of greedy) await waiting.ask()
    const modest = Array.from({ length: 2 }, () => new Waiting(pool, 'modest', 60_000))
    for (const waiting of modest) await waiting.ask()
    const line = [...greedy, ...modest]
    const served: string[] = []
    // A slot comes free every second; everyone asks again and again, the greedy ones first.
    for (let second = 0; second < 20 && served.length < line.length; second++) {
      pool.now += 500
      for (const waiting of line) {
        if (waiting.admission?.type !== 'place') continue
        await waiting.ask()
        if (waiting.admission.type === 'place') continue
        served.push(waiting.waiter)
        await pool.settle(waiting.lease, success)
      }
    }
    expect(served).toHaveLength(8)
    expect(served.slice(0, 4).filter((waiter) => waiter === 'modest')).toHaveLength(2)
  })

  it('holds for the probe of a rest, and then all go', async () => {
    const pool = await openPool()
    await pool.fail({ retryAt: start + 4_000 })
    const line = Array.from({ length: 10 }, (_, i) => new Waiting(pool, `t${i % 3}`, 10_000))
    for (const waiting of line) await waiting.ask()
    expect(line.every(({ notBefore }) => notBefore === start + 4_000)).toBe(true)
    pool.now = start + 4_000
    // The last one asks first: it is not its turn.
    expect((await line.at(-1)?.ask())?.admission?.type).toBe('place')
    expect((await line[0]?.ask())?.admission?.type).toBe('lease')
    expect((await line[1]?.ask())?.admission?.type).toBe('place')
    await pool.settle(line[0]?.lease ?? { id: '' }, success)
    pool.now += 1_000
    for (const waiting of line.slice(1)) {
      expect((await waiting.ask()).admission?.type).toBe('lease')
    }
  })

  it('holds for calls at a time', async () => {
    const pool = await openPool({ maxConcurrent: 2 })
    const running = [await pool.lease(), await pool.lease()]
    const line = [new Waiting(pool, 't1', 60_000), new Waiting(pool, 't2', 60_000)]
    for (const waiting of line) await waiting.ask()
    await pool.settle(running[0] ?? { id: '' }, success)
    pool.now += 1_000
    await pool.refusal()
    expect((await line[1]?.ask())?.admission?.type).toBe('place')
    expect((await line[0]?.ask())?.admission?.type).toBe('lease')
    await pool.settle(running[1] ?? { id: '' }, success)
    expect((await line[1]?.ask())?.admission?.type).toBe('lease')
  })

  it('keeps room for a large request from the small ones behind it', async () => {
    const pool = await openPool({ limits: [{ unit: 'tokens', per: 'minute', limit: 1_000 }] })
    const size = (inputTokens: number): Partial<Need> => ({ estimate: { inputTokens, outputTokens: 0 } })
    await pool.lease(size(900))
    const large = await new Waiting(pool, 't1', 90_000, size(800)).ask()
    expect(large.admission?.type).toBe('place')
    expect((await pool.refusal(size(100))).refusals).toMatchObject([{ reason: 'reserved' }])
    pool.now = large.notBefore
    expect((await large.ask()).admission?.type).toBe('lease')
    await pool.lease(size(100))
  })
})

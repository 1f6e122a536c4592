/** Slots of a limit of concurrency: held as long as their Workers live, and no longer. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { app } from '../../src/index.ts'
import type { Lease } from '../../src/quota/rpc.ts'
import { call, completionBody, settleIn } from '../hub.workerd.ts'
import { makeRecord, storeKey, storeUser } from './fixtures.ts'
import { minuteMs, success, TestPool } from './pool.workerd.ts'

beforeAll(() => storeUser(env.DB, 'u1', 3))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const secondMs = 1_000
let opened = 0

async function openPool(maxConcurrent: number): Promise<TestPool> {
  const provider = `slots${opened++}`
  await storeKey(env.DB, { id: 'k1', account: provider, provider, maxConcurrent, replace: true })
  return TestPool.open('u1', provider)
}

describe('slots of Workers that are dead', () => {
  it('are free a minute later, and a refusal says when', async () => {
    const pool = await openPool(2)
    await pool.lease()
    pool.now += 10 * secondMs
    await pool.lease()
    await pool.evict()
    pool.now += 30 * secondMs
    const lapsesAt = pool.now + 20 * secondMs
    // Asked again and again by a client, and lost in between: that does not put it off.
    for (let at = 0; at < 20; at += 5) {
      const { retryAt, refusals } = await pool.refusal()
      expect(refusals).toMatchObject([{ reason: 'busy' }])
      expect(retryAt).toBe(lapsesAt)
      await pool.evict()
      pool.now += 5 * secondMs
    }
    await pool.lease()
    expect((await pool.refusal()).refusals).toMatchObject([{ reason: 'busy' }])
    expect(await pool.key()).toMatchObject({ running: 2 })
    pool.now += 10 * secondMs
    await pool.lease()
  })

  it('are free as well while the object lives', async () => {
    const pool = await openPool(1)
    await pool.lease()
    pool.now += minuteMs - 1
    await pool.refusal()
    pool.now += 1
    await pool.lease()
  })

  it('count once, although the end of their calls is heard of after all', async () => {
    const pool = await openPool(1)
    const lost = await pool.lease({ requestId: 'req_lost' })
    pool.now += minuteMs
    const next = await pool.lease()
    await pool.settle(lost, success, { record: makeRecord({ id: 'req_lost' }) })
    expect(await pool.key()).toMatchObject({ running: 1 })
    await pool.refusal()
    await pool.settle(next, success)
    expect(await pool.key()).toMatchObject({ running: 0 })
    await pool.lease()
  })
})

describe('slots of Workers that live', () => {
  it('are held as long as they are renewed, however often the object is lost', async () => {
    const pool = await openPool(1)
    const lease = await pool.lease()
    expect(lease).toMatchObject({ slot: true })
    for (let at = 0; at < 10 * minuteMs; at += 20 * secondMs) {
      pool.now += 20 * secondMs
      if (at % minuteMs === 0) await pool.evict()
      expect(await pool.stub.renew(lease.id)).toBe(true)
      // Its call may end at any moment.
      expect((await pool.refusal()).retryAt).toBe(pool.now + secondMs)
    }
    await pool.settle(lease, success)
    expect(await pool.stub.renew(lease.id)).toBe(false)
    await pool.lease()
  })

  it('are taken again where a renewal comes late', async () => {
    const pool = await openPool(1)
    const late = await pool.lease()
    pool.now += 2 * minuteMs
    const other = await pool.lease()
    await pool.stub.renew(late.id)
    expect(await pool.key()).toMatchObject({ running: 2 })
    await pool.settle(other, success)
    await pool.refusal()
    await pool.settle(late, success)
    expect(await pool.key()).toMatchObject({ running: 0 })
  })

  it('are not asked for by keys without a limit of concurrency', async () => {
    const provider = `slots${opened++}`
    await storeKey(env.DB, { id: 'k1', account: provider, provider, replace: true })
    const pool = await TestPool.open('u1', provider)
    expect(await pool.lease()).not.toHaveProperty('slot')
  })
})

describe('whatever happens', () => {
  /** A call as its Worker sees it. */
  interface Call {
    lease: Lease
    heardAt: number
    isDead: boolean
  }
  const step = fc.record({
    type: fc.constantFrom('admit', 'admit', 'renew', 'renew', 'settle', 'die', 'evict', 'alarm'),
    which: fc.nat(20),
    ms: fc.nat(15 * secondMs),
  })

  it('a slot is never given twice, and never lost for more than a minute', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 3 }),
        async (life, max) => {
          const pool = await openPool(max)
          let calls: Call[] = []
          for (const { type, which, ms } of life) {
            pool.now += ms
            const chosen = calls[which % Math.max(1, calls.length)]
            // Workers that live renew in time, whatever else happens.
            for (const one of calls) {
              if (one.isDead || pool.now - one.heardAt < 20 * secondMs) continue
              expect(await pool.stub.renew(one.lease.id)).toBe(true)
              one.heardAt = pool.now
            }
            if (type === 'evict') await pool.evict()
            if (type === 'alarm') await pool.alarm()
            if (type === 'die' && chosen) chosen.isDead = true
            if (type === 'settle' && chosen && !chosen.isDead) {
              await pool.settle(chosen.lease, success)
              calls = calls.filter((one) => one !== chosen)
            }
            if (type !== 'admit') continue
            const holding = calls.filter((one) => one.heardAt + minuteMs > pool.now)
            const admission = await pool.admit()
            expect(admission.type).toBe(holding.length < max ? 'lease' : 'refusal')
            if (admission.type === 'lease') {
              calls.push({ lease: admission.lease, heardAt: pool.now, isDead: false })
            } else if (admission.type === 'refusal') {
              const first = Math.min(...holding.map(({ heardAt }) => heardAt + minuteMs))
              expect(admission.retryAt).toBeGreaterThan(pool.now)
              expect(admission.retryAt).toBeLessThanOrEqual(first)
            }
          }
        },
      ),
      { numRuns: 25 },
    )
  })
})

it('a call renews the slots that it holds of its key and its token while it lasts', async () => {
  const ada = await settleIn({ provider: 'openai', apiKey: 'sk-slots-0123456789' })
  const { data } = await call<{ data: { id: string }[] }>('GET', '/api/keys', undefined, ada.session)
  await call('PATCH', `/api/keys/${data[0]?.id}`, { maxConcurrent: 1 }, ada.session)
  const { token } = await call<{ token: string }>(
    'POST',
    '/api/tokens',
    { name: 'slots', maxConcurrent: 1 },
    ada.session,
  )
  const pools = renewalsOf(env.KEY_POOL)
  const users = renewalsOf(env.USER_OBJECT)
  const answer = Promise.withResolvers<Response>()
  const upstream = vi.spyOn(globalThis, 'fetch').mockImplementation(() => answer.promise)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const context = createExecutionContext()
  const asking = app.fetch(
    new Request('http://localhost/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'openai/gpt-5', messages: [{ role: 'user', content: 'Hello' }] }),
    }),
    { ...env, KEY_POOL: pools.binding, USER_OBJECT: users.binding },
    context,
  )
  await vi.waitFor(() => expect(upstream).toHaveBeenCalled(), 10_000)
  await vi.advanceTimersByTimeAsync(40 * secondMs)
  expect([pools.count(), users.count()]).toEqual([2, 2])
  answer.resolve(Response.json(completionBody))
  expect((await asking).status).toBe(200)
  await waitOnExecutionContext(context)
  await vi.advanceTimersByTimeAsync(40 * secondMs)
  expect([pools.count(), users.count()]).toEqual([2, 2])
})

/** A binding whose objects count how often they are asked to renew. */
function renewalsOf<Namespace extends object>(namespace: Namespace) {
  let count = 0
  const watch = (stub: object): object =>
    new Proxy(stub, {
      get(target, name) {
        if (name === 'renew') count++
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function'
          ? (...args: unknown[]) => Reflect.apply(value, target, args)
          : value
      },
    })
  const binding = new Proxy(namespace, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const result: unknown = Reflect.apply(value, target, args)
        return typeof result === 'object' && result !== null ? watch(result) : result
      }
    },
  })
  return { binding, count: () => count }
}

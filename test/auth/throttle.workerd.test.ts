import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { throttleStub } from '../../src/auth/throttle-stub.ts'

/** Far in the future, so that no alarm goes off by itself while a test runs. */
const start = Date.UTC(2100, 0, 1)
const rate = { limit: 20, perMs: 60_000 }

async function open(name: string, now: () => number) {
  const stub = throttleStub(env, name)
  await runInDurableObject(stub, (object) => {
    object.clock = now
  })
  return stub
}

describe('a throttle', () => {
  it('lets exactly as many pass as its rate says, however many ask at once', async () => {
    const throttle = await open('test/parallel', () => start)
    const passes = await Promise.all(Array.from({ length: 200 }, () => throttle.take(rate)))
    expect(passes.filter(({ type }) => type === 'passed')).toHaveLength(20)
    const refused = passes.filter((pass) => pass.type === 'refused')
    expect(refused.every(({ retryAt }) => retryAt === start + 60_000)).toBe(true)
  })

  it('counts on after it was put out of memory', async () => {
    const name = 'test/evicted'
    const before = await open(name, () => start)
    for (let i = 0; i < 20; i++) await before.take(rate)
    await evictDurableObject(before)
    const after = await open(name, () => start + 59_999)
    expect(await after.take(rate)).toEqual({ type: 'refused', retryAt: start + 60_000 })
    const later = await open(name, () => start + 60_000)
    expect(await later.take(rate)).toMatchObject({ type: 'passed' })
  })

  it('takes back one that is not to count, and only once', async () => {
    const throttle = await open('test/given-back', () => start)
    for (let i = 0; i < 20; i++) await throttle.take(rate)
    await throttle.giveBack(start)
    await throttle.giveBack(start - 1)
    expect(await throttle.take(rate)).toMatchObject({ type: 'passed' })
    expect(await throttle.take(rate)).toMatchObject({ type: 'refused' })
  })

  it('forgets everything when nothing counts any more', async () => {
    let now = start
    const throttle = await open('test/forgotten', () => now)
    await throttle.take(rate)
    now = start + 30_000
    await throttle.take(rate)
    const stored = () =>
      runInDurableObject(throttle, async (_, state) => [...(await state.storage.list()).keys()])
    now = start + 60_000
    await runDurableObjectAlarm(throttle)
    expect(await stored()).not.toEqual([])
    now = start + 90_000
    await runDurableObjectAlarm(throttle)
    expect(await stored()).toEqual([])
  })
})

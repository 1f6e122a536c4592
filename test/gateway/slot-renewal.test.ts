import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { keepRenewing } from '../../src/gateway/slot-renewal.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('renews every twenty seconds, also after a renewal that failed, until it is ended', async () => {
  const renew = vi.fn(async () => true).mockRejectedValueOnce(new Error('Network connection lost.'))
  const end = keepRenewing(renew)
  await vi.advanceTimersByTimeAsync(19_000)
  expect(renew).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(61_000)
  expect(renew).toHaveBeenCalledTimes(4)
  end()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(renew).toHaveBeenCalledTimes(4)
})

it('ends by itself where there is nothing to renew any more', async () => {
  const renew = vi.fn(async () => false)
  keepRenewing(renew)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(renew).toHaveBeenCalledTimes(1)
})

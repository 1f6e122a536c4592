/**
 * Settlements that wait for a call that carries them: each is delivered, soon, and by one call
 * where one will do.
 */
import { describe, expect, it } from 'vitest'
import { DeferredSettlements } from '../../src/gateway/deferred-settlements.ts'
import { settleCall } from '../../src/gateway/pool-settlements.ts'
import { estimatedUsage } from '../../src/chat/events.ts'
import type { Env } from '../../src/env.ts'
import type { Lease, Settlement } from '../../src/quota/rpc.ts'

/** Settlements whose time is the test's. */
function open() {
  const waits: { ms: number; end: () => void }[] = []
  const deferred = new DeferredSettlements<string>(
    (ms) => new Promise<void>((end) => waits.push({ ms, end })),
  )
  const sent: string[][] = []
  const send = async (settlements: string[]): Promise<void> => void sent.push(settlements)
  return { deferred, waits, sent, send }
}

describe('a deferred settlement', () => {
  it('goes with the next call to its object, and with no other', async () => {
    const { deferred, sent, send } = open()
    const settled = [deferred.defer('a', 'a1', send), deferred.defer('a', 'a2', send)]
    await deferred.carry('b', send)
    expect(await deferred.carry('a', async (settlements) => settlements)).toEqual(['a1', 'a2'])
    await Promise.all(settled)
    await deferred.carry('a', send)
    expect(sent).toEqual([[], []])
  })

  it('is sent by itself after three seconds, with those beside it', async () => {
    const { deferred, waits, sent, send } = open()
    const settled = [deferred.defer('a', 'a1', send), deferred.defer('a', 'a2', send)]
    expect(waits.map(({ ms }) => ms)).toEqual([3_000, 3_000])
    waits[0]?.end()
    await Promise.all(settled)
    expect(sent).toEqual([['a1', 'a2']])
  })

  it('goes with another call where the one that carried it fails', async () => {
    const { deferred, sent, send } = open()
    const settled = deferred.defer('a', 'a1', send)
    await expect(deferred.carry('a', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone')
    await deferred.carry('a', send)
    await settled
    expect(sent).toEqual([['a1']])
  })

  it('is sent again where the call that carries it hangs', async () => {
    const { deferred, waits, sent, send } = open()
    const settled = deferred.defer('a', 'a1', send)
    void deferred.carry('a', () => new Promise(() => {}))
    waits[0]?.end()
    await settled
    expect(sent).toEqual([['a1']])
  })

  it('that cannot be sent is kept for the next call', async () => {
    const { deferred, waits, sent, send } = open()
    const settled = deferred.defer('a', 'a1', () => Promise.reject(new Error('gone')))
    waits[0]?.end()
    await expect(settled).rejects.toThrow('gone')
    await deferred.carry('a', send)
    expect(sent).toEqual([['a1']])
  })
})

describe('the end of a call', () => {
  const success: Settlement['outcome'] = { type: 'success', usage: estimatedUsage(1, 1), latencyMs: 1 }

  it('reaches a pool of an older release at once, and not in a list', async () => {
    const sent: unknown[] = []
    const stub = { settle: async (settlements: unknown) => void sent.push(settlements) }
    const env = { KEY_POOL: { getByName: () => stub } } as unknown as Env
    // What an older release gives says nothing of settlements.
    const lease: Lease = { id: 'lease_1', keyId: 'k1', secret: { type: 'none' }, model: 'm', deadlineAt: 1 }
    const settlement = { leaseId: lease.id, outcome: success }
    await settleCall(env, { poolOwner: 'u1', provider: 'groq' }, lease, settlement)
    expect(sent).toEqual([settlement])
  })
})

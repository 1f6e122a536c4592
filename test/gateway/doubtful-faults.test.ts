/** Doubtful verdicts: which key is harmed where no second key could contradict. */
import { describe, expect, it } from 'vitest'
import type { Fault, TrailEntry } from '../../src/errors.ts'
import { Doubt } from '../../src/gateway/doubtful-faults.ts'
import type { PoolStub } from '../../src/gateway/request-context.ts'
import type { Settlement } from '../../src/quota/rpc.ts'

const fault: Fault = { blame: 'model', verdict: 'forbidden', message: 'Forbidden', doubtful: true }

function hold(): { doubt: Doubt; entry: TrailEntry; settled: Settlement[] } {
  const settled: Settlement[] = []
  // The class calls nothing else of a pool.
  const pool = {
    settle: async (settlement: Settlement) => void settled.push(settlement),
  } as unknown as PoolStub
  const doubt = new Doubt(() => {})
  const entry: TrailEntry = {
    provider: 'p',
    model: 'm',
    keyId: 'k',
    status: 403,
    verdict: 'forbidden',
    blame: 'model',
    startedAt: 0,
    durationMs: 1,
  }
  const settlement: Settlement = { leaseId: 'l', outcome: { type: 'failure', fault } }
  doubt.hold({ providerId: 'p', keyId: 'k', fault, entry, pool, settlement })
  return { doubt, entry, settled }
}

describe('a doubtful verdict', () => {
  it('is settled as it was judged where the search ends by itself', () => {
    const { doubt, settled } = hold()
    doubt.release()
    expect(settled).toMatchObject([{ outcome: { fault: { blame: 'model' } } }])
  })

  it('harms no key where the client leaves before another key could contradict', () => {
    const { doubt, entry, settled } = hold()
    doubt.dismiss()
    doubt.release()
    expect(settled).toMatchObject([{ leaseId: 'l', outcome: { fault: { blame: 'request' } } }])
    expect(entry.blame).toBe('request')
  })

  it('is the request’s where a second key says the same', () => {
    const { doubt, settled } = hold()
    expect(doubt.judge('p', 'other', fault)).toMatchObject({ blame: 'request' })
    expect(settled).toMatchObject([{ outcome: { fault: { blame: 'request' } } }])
  })
})

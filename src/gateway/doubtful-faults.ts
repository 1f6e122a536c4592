/**
 * Doubtful verdicts of one request. A provider's refusal that only words, or a bare 403, lay at the
 * door of a key, an account or a model may as well be about the prompt. So the key's settlement is
 * held back until another key was asked: the same verdict from it makes both the request's, and
 * harms neither.
 */
import type { Fault, TrailEntry } from '../errors.ts'
import type { Settlement } from '../quota/rpc.ts'
import type { PoolStub } from './request-context.ts'

/** A failed attempt whose verdict is doubted. */
interface Doubted {
  providerId: string
  keyId: string
  fault: Fault
  entry: TrailEntry
  pool: PoolStub
  settlement: Settlement
}

export class Doubt {
  /** The last doubtful verdict, also after it was settled. */
  #last: Pick<Doubted, 'providerId' | 'keyId' | 'fault'> | undefined
  #held: Doubted | undefined
  /** Verdicts of providers that two keys gave. */
  readonly #requests = new Set<string>()
  readonly #background: (work: Promise<unknown>) => void

  constructor(background: (work: Promise<unknown>) => void) {
    this.#background = background
  }

  /**
   * The fault as it is to be settled: the request's where another key of the provider has just come
   * to the same verdict. The attempt before is then settled as the request's too.
   */
  judge(providerId: string, keyId: string, fault: Fault): Fault {
    const name = JSON.stringify([providerId, fault.verdict])
    const last = this.#last
    const isSame =
      last?.providerId === providerId && last.keyId !== keyId && last.fault.verdict === fault.verdict
    if (!fault.doubtful || (!isSame && !this.#requests.has(name))) return fault
    this.#requests.add(name)
    this.dismiss()
    return ofRequest(fault)
  }

  /**
   * Settles what is kept back as the request's, so that it harms no key. This is for a client that
   * leaves before another key could contradict.
   */
  dismiss(): void {
    const held = this.#held
    this.#held = undefined
    if (!held) return
    const fault = ofRequest(held.fault)
    held.entry.blame = fault.blame
    delete held.entry.retryAt
    const outcome = { type: 'failure' as const, fault }
    this.#background(held.pool.settle({ ...held.settlement, outcome }))
  }

  /** Keeps a settlement back until the next key was asked. */
  hold(doubted: Doubted): void {
    this.release()
    this.#last = doubted
    this.#held = doubted
  }

  /** The settlement that is kept back for a pool which has no other key to ask. */
  take(pool: PoolStub): Settlement | undefined {
    if (this.#held?.pool !== pool) return undefined
    const { settlement } = this.#held
    this.#held = undefined
    return settlement
  }

  /** Settles what is kept back as it was judged: no other key has said the same. */
  release(): void {
    const held = this.#held
    this.#held = undefined
    if (held) this.#background(held.pool.settle(held.settlement))
  }
}

/** The fault without harm to a key. A model that is gone is nobody's fault: others are asked. */
function ofRequest({ retryAt: _retryAt, period: _period, ...fault }: Fault): Fault {
  return { ...fault, blame: fault.verdict === 'gone' ? 'unknown' : 'request' }
}

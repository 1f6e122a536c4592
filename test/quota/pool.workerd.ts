/** A key pool under test: its clock is the test's, and it can be lost at any moment. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { Admission, Lease, Need, Outcome, Settlement } from '../../src/quota/rpc.ts'
import { poolStub } from '../../src/quota/stub.ts'
import { makeFault, makeNeed, makeUsage } from './fixtures.ts'

/** Far in the future, so that no alarm goes off by itself while a test runs. */
export const start = Date.UTC(2100, 0, 1, 10, 30)
export const minuteMs = 60_000

export const success: Outcome = { type: 'success', usage: makeUsage(10, 5), latencyMs: 1 }

export class TestPool {
  now = start
  stub: ReturnType<typeof poolStub>

  private constructor(owner: string, provider: string) {
    this.stub = poolStub(env, owner, provider)
  }

  static async open(owner = 'u1', provider = 'groq'): Promise<TestPool> {
    const pool = new TestPool(owner, provider)
    await pool.takeClock()
    return pool
  }

  /** The object leaves memory, as after ten idle seconds or a deploy. */
  async evict(): Promise<void> {
    await evictDurableObject(this.stub)
    await this.takeClock()
  }

  async alarm(): Promise<void> {
    await runDurableObjectAlarm(this.stub)
  }

  admit(need: Partial<Need> = {}, settlements: Settlement | Settlement[] = []): Promise<Admission> {
    return this.stub.admit(makeNeed(need), settlements)
  }

  async lease(need: Partial<Need> = {}): Promise<Lease> {
    const admission = await this.admit(need)
    if (admission.type !== 'lease') throw new Error(JSON.stringify(admission))
    return admission.lease
  }

  async refusal(need: Partial<Need> = {}): Promise<Extract<Admission, { type: 'refusal' }>> {
    const admission = await this.admit(need)
    if (admission.type !== 'refusal') throw new Error(JSON.stringify(admission))
    return admission
  }

  async fail(fault: Parameters<typeof makeFault>[0], need: Partial<Need> = {}): Promise<string> {
    const lease = await this.lease(need)
    await this.settle(lease, { type: 'failure', fault: makeFault(fault) })
    return lease.keyId
  }

  async settle(lease: Pick<Lease, 'id'>, outcome: Outcome, more: Partial<Settlement> = {}): Promise<void> {
    await this.stub.settle({ leaseId: lease.id, outcome, ...more })
  }

  async key(keyId = 'k1') {
    const state = (await this.stub.report()).keys.find((key) => key.keyId === keyId)
    if (!state) throw new Error(`The pool has no key ${keyId}.`)
    return state
  }

  async window(unit: string, per: string, keyId = 'k1', model?: string) {
    const { windows } = await this.key(keyId)
    return windows.find((one) => one.unit === unit && one.per === per && one.model === model)
  }

  /** Rows written to the object's storage, by its own count. */
  rows(query: string): Promise<Record<string, SqlStorageValue>[]> {
    return runInDurableObject(this.stub, (_object, state) => state.storage.sql.exec(query).toArray())
  }

  private async takeClock(): Promise<void> {
    await runInDurableObject(this.stub, (object) => {
      object.clock = () => this.now
    })
  }
}

/** Everything that has reached the log. */
export async function logged(): Promise<Record<string, unknown>[]> {
  return (await env.DB.prepare('SELECT * FROM requests ORDER BY id').all()).results
}

/**
 * The Worker of the bench's pool part: key pools as they are, except that what they write is
 * counted, and who calls them. Bundled by `pool.mjs`, which also keeps the clock: in a Worker time
 * stands still while it computes.
 */
import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../../src/env.ts'
import { KeyPool } from '../../src/quota/key-pool.ts'
import type { Admission, Lease, Need, Settlement } from '../../src/quota/rpc.ts'
import { poolName } from '../../src/quota/stub.ts'
import { countWrites } from '../counting-storage.ts'
import { makeFault, makeNeed, makeRecord, makeUsage } from '../quota/fixtures.ts'

/** What is done to one pool, or to several that are alike. */
interface Work {
  /** Several are called `<pool>-0`, `<pool>-1`, … */
  pool: string
  pools: number
  /** An object that does nothing is asked instead: what the calls themselves cost. */
  empty: boolean
  /**
   * Calls in all. One is an admission and its settlement; where every key rests, an admission that
   * is refused.
   */
  calls: number
  inFlight: number
  /** So many leases stay open: each is settled when as many have been given after it. */
  open: number
  /** How long each pool is left alone after a call; 0 for no pause. */
  pauseMs: number
  refused: boolean
  estimate: Need['estimate']
}

interface BenchEnv extends Env {
  KEY_POOL: DurableObjectNamespace<CountedPool>
  EMPTY_POOL: DurableObjectNamespace<EmptyPool>
}

/**
 * The rows that each pool has written. Pools and their caller are in one isolate, so that it is
 * read without asking them.
 */
const rowsWritten = new Map<string, number>()

/**
 * A key pool that counts what the platform would bill: the rows of each statement, and one for each
 * time the alarm is set.
 */
class CountedPool extends KeyPool {
  constructor(ctx: DurableObjectState, env: Env) {
    const name = ctx.id.name ?? ''
    countWrites(ctx.storage, (rows) => rowsWritten.set(name, (rowsWritten.get(name) ?? 0) + rows))
    super(ctx, env)
  }

  /** Does now what the alarm would do in a while. @returns whether all records are in the log. */
  async flush(): Promise<boolean> {
    await this.alarm()
    const waits =
      "SELECT 1 FROM leases UNION ALL SELECT 1 FROM accounts WHERE json_array_length(pending, '$.records') > 0"
    return this.ctx.storage.sql.exec(waits).toArray().length === 0
  }
}

/** Answers like a pool and does nothing else. */
export class EmptyPool extends DurableObject {
  async admit(need: Need): Promise<Admission> {
    const secret = { type: 'sealed', owner: 'u1', ciphertext: 'sealed-k1' } as const
    const lease: Lease = { id: 'lease_1', keyId: 'k1', secret, model: 'm', deadlineAt: need.record.startedAt }
    return { type: 'lease', epoch: 0, hint: { left: 1 }, lease }
  }

  async settle(_settlements: Settlement | Settlement[]): Promise<void> {}
}

type Stub = Pick<DurableObjectStub<CountedPool>, 'admit' | 'settle'>

export { CountedPool as KeyPool }

export default {
  /**
   * `/work` calls pools, `/rest` lets so many of their keys rest, `/flush` waits for their records.
   * Each answers with the rows written so far.
   */
  async fetch(request: Request, env: BenchEnv): Promise<Response> {
    const work: Work = await request.json()
    switch (new URL(request.url).pathname) {
      case '/work':
        await callPools(env, work)
        break
      case '/rest':
        await Promise.all(poolsOf(env, work).map((pool) => restKeys(pool, work.calls)))
        break
      case '/flush':
        if (!work.empty) await Promise.all(poolsOf(env, work).map(flush))
        break
      default:
        return new Response(null, { status: 404 })
    }
    const written = namesOf(work).reduce((sum, name) => sum + (rowsWritten.get(name) ?? 0), 0)
    return Response.json({ rowsWritten: written })
  },
} satisfies ExportedHandler<BenchEnv>

function namesOf({ pool, pools }: Work): string[] {
  return Array.from({ length: pools }, (_, index) => poolName('u1', `${pool}-${index}`))
}

function poolsOf(env: BenchEnv, work: Work) {
  return namesOf(work).map((name) => env.KEY_POOL.getByName(name))
}

/** Shares the calls out between the pools, and of each pool between those that are in flight. */
async function callPools(env: BenchEnv, work: Work): Promise<void> {
  const stubs: Stub[] = work.empty
    ? Array.from({ length: work.pools }, (_, index) => env.EMPTY_POOL.getByName(String(index)))
    : poolsOf(env, work)
  await Promise.all(stubs.map((stub) => callPool(stub, work, work.calls / work.pools)))
}

async function callPool(stub: Stub, work: Work, calls: number): Promise<void> {
  const open: Ended[] = []
  let begun = 0
  const callOn = async () => {
    while (begun < calls) {
      begun++
      const ended = await admit(stub, work)
      if (ended) open.push(ended)
      if (open.length > work.open) await settleFirst(stub, open)
      if (work.pauseMs > 0) await scheduler.wait(work.pauseMs)
    }
    while (open.length > 0) await settleFirst(stub, open)
  }
  await Promise.all(Array.from({ length: work.inFlight }, callOn))
}

/** A call that has been made and waits to be settled. */
interface Ended {
  leaseId: string
  requestId: string
}

/** @returns the call; undefined where it was refused, as it should be. */
async function admit(stub: Stub, { estimate, refused, empty }: Work): Promise<Ended | undefined> {
  const requestId = `req_${crypto.randomUUID()}`
  const admission: Admission = await stub.admit(makeNeed({ requestId, estimate }))
  if (refused && (empty || admission.type === 'refusal')) return undefined
  if (refused || admission.type !== 'lease') throw new Error(`Not as expected: ${JSON.stringify(admission)}`)
  return { leaseId: admission.lease.id, requestId }
}

async function settleFirst(stub: Stub, open: Ended[]): Promise<void> {
  const ended = open.shift()
  if (!ended) return
  const { leaseId, requestId } = ended
  await stub.settle({
    leaseId,
    outcome: { type: 'success', usage: makeUsage(900, 90), latencyMs: 400 },
    record: makeRecord({ id: requestId }),
  })
}

/** Lets the first keys of a pool run out, one after the other. */
async function restKeys(stub: Stub, keys: number): Promise<void> {
  const fault = makeFault({ verdict: 'quota-exhausted', retryAt: Date.now() + 12 * 3_600_000 })
  for (let rested = 0; rested < keys; rested++) {
    const admission: Admission = await stub.admit(makeNeed())
    if (admission.type !== 'lease') throw new Error(`Not as expected: ${JSON.stringify(admission)}`)
    await stub.settle({ leaseId: admission.lease.id, outcome: { type: 'failure', fault } })
  }
}

async function flush(stub: DurableObjectStub<CountedPool>): Promise<void> {
  while (!(await stub.flush())) await scheduler.wait(1)
}

/**
 * The Worker of the bench's bill: a key pool and a user's object as they are, except that time is
 * virtual and that what they write is counted. Minutes of calls pass in a second or two.
 */
import type { Env } from '../../src/env.ts'
import { DeferredSettlements } from '../../src/gateway/deferred-settlements.ts'
import { KeyPool } from '../../src/quota/key-pool.ts'
import type { Admission, Settlement } from '../../src/quota/rpc.ts'
import { poolStub } from '../../src/quota/stub.ts'
import type { Rules } from '../../src/user/rpc.ts'
import { userStub } from '../../src/user/stub.ts'
import { UserObject } from '../../src/user/user-object.ts'
import { countWrites } from '../counting-storage.ts'
import { makeNeed, makeRecord, makeUsage } from '../quota/fixtures.ts'
import { VirtualTime } from './virtual-time.ts'

/** Calls of one person to one pool, at a steady pace. */
interface Calls {
  /** A pool of this name is used, and a person of this id. */
  name: string
  perSecond: number
  /** How long the provider takes to answer. */
  answerMs: number
  /** Calls before the counting begins, and while it goes on. */
  warmUp: number
  counted: number
  /** Whether the token has limits, so that the user's object is asked too. */
  hasLimits: boolean
}

/** What the platform bills. */
interface Bill {
  objectCalls: number
  alarms: number
  objectRows: number
  databaseRows: number
}

interface BillEnv extends Env {
  KEY_POOL: DurableObjectNamespace<MeteredPool>
  USER_OBJECT: DurableObjectNamespace<MeteredUser>
}

const time = new VirtualTime(Date.UTC(2100, 0, 1, 10, 30))
let bill: Bill = noBill()
const poolSettlements = new DeferredSettlements<Settlement>((ms) => time.wait(ms))

function noBill(): Bill {
  return { objectCalls: 0, alarms: 0, objectRows: 0, databaseRows: 0 }
}

/** Has rows counted, and alarms go off in virtual time. */
function meter(ctx: DurableObjectState, alarm: (name: string) => Promise<void>): void {
  const { storage } = ctx
  let alarmAt = Infinity
  // No real alarm is set: it would go off in a hundred years.
  storage.setAlarm = async (at) => {
    alarmAt = Number(at)
    time.at(alarmAt, async () => {
      // A later setting has taken the place of this one.
      if (alarmAt !== Number(at)) return
      alarmAt = Infinity
      bill.alarms++
      await alarm(ctx.id.name ?? '')
    })
  }
  countWrites(storage, (rows) => {
    bill.objectRows += rows
  })
}

/** D1 with its written rows counted. The tables that records go to have no second index. */
function metered(database: D1Database): D1Database {
  const counted = {
    prepare: (query: string) => database.prepare(query),
    async batch(statements: D1PreparedStatement[]) {
      const results = await database.batch(statements)
      for (const { meta } of results) bill.databaseRows += meta.changes
      return results
    },
    // Objects only read there.
    withSession: (constraint: string) => database.withSession(constraint),
  }
  // The objects use these methods and no other.
  return counted as unknown as D1Database
}

class MeteredPool extends KeyPool {
  override clock = (): number => time.now

  constructor(ctx: DurableObjectState, env: BillEnv) {
    meter(ctx, (name) => env.KEY_POOL.getByName(name).ring())
    super(ctx, { ...env, DB: metered(env.DB) })
  }

  ring(): Promise<void> {
    return this.alarm()
  }
}

class MeteredUser extends UserObject {
  override clock = (): number => time.now

  constructor(ctx: DurableObjectState, env: BillEnv) {
    meter(ctx, (name) => env.USER_OBJECT.getByName(name).ring())
    super(ctx, env)
  }

  ring(): Promise<void> {
    return this.alarm()
  }
}

export { MeteredPool as KeyPool, MeteredUser as UserObject }

export default {
  /** Makes the calls. Answers with what those that count are billed for. */
  async fetch(request: Request, env: Env): Promise<Response> {
    const calls: Calls = await request.json()
    const { perSecond, warmUp, counted } = calls
    const begun = time.now
    for (let index = 0; index < warmUp + counted; index++) {
      await time.runUntil(begun + (index * 1_000) / perSecond)
      if (index === warmUp) bill = noBill()
      time.at(time.now, () => call(env, calls, index))
    }
    await time.runUntil(begun + ((warmUp + counted) * 1_000) / perSecond)
    const measured = bill
    // The next calls begin with nothing under way.
    await time.runUntil(time.now + 20 * 60_000)
    return Response.json(measured)
  },
} satisfies ExportedHandler<Env>

/** One request, as the gateway makes it. */
async function call(env: Env, { name, answerMs, hasLimits }: Calls, index: number): Promise<void> {
  const requestId = `req_${String(time.now).padStart(14, '0')}${index}`
  const tokenId = `token-${name}`
  const estimate = { inputTokens: 900, outputTokens: 100 }
  const record = makeRecord({
    id: requestId,
    tokenId,
    provider: name,
    startedAt: time.now,
    durationMs: answerMs,
  })
  const pool = poolStub(env, 'u1', name)
  const user = userStub(env, name)
  bill.objectCalls += hasLimits ? 2 : 1
  const need = makeNeed({ requestId, estimate, record })
  const [admission, answer] = await Promise.all([
    poolSettlements.carry(name, async (settlements): Promise<Admission> => pool.admit(need, settlements)),
    hasLimits ? user.reserve([rulesOf(tokenId)], { estimate }) : undefined,
  ])
  if (admission.type !== 'lease') throw new Error(`Not as expected: ${JSON.stringify(admission)}`)
  if (answer && answer.type !== 'grant') throw new Error(answer.message)
  time.at(time.now + answerMs, async () => {
    const usage = makeUsage(900, 90)
    const outcome = { type: 'success', usage, latencyMs: 400 } as const
    void poolSettlements.defer(name, { leaseId: admission.lease.id, outcome, record }, (settlements) => {
      bill.objectCalls++
      return time.during(pool.settle(settlements))
    })
    if (!answer) return
    bill.objectCalls++
    await user.settle(answer.reservationId, { tokens: 990 })
  })
}

/** Limits that none of the calls meets. */
function rulesOf(id: string): Rules {
  return {
    subject: 'token',
    id,
    limits: [
      { unit: 'requests', per: 'minute', limit: 1e9 },
      { unit: 'tokens', per: 'day', limit: 1e12 },
    ],
    maxConcurrent: null,
    budget: null,
  }
}

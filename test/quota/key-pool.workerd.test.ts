import type { Limit } from '../../src/domain/limits.ts'
import {
  applyD1Migrations,
  evictDurableObject,
  reset,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Admission, Lease, Need, Outcome } from '../../src/quota/rpc.ts'
import { poolStub } from '../../src/quota/stub.ts'
import { makeFault, makeNeed, makeRecord, makeUsage, storeKey, storeUser } from './fixtures.ts'

/** Far in the future, so that no alarm goes off by itself while a test runs. */
const start = Date.UTC(2100, 0, 1, 10, 30)
const minuteMs = 60_000

let now = start
let pool: ReturnType<typeof poolStub>

beforeEach(async () => {
  now = start
  await storeUser(env.DB, 'u1', 3)
})

afterEach(async () => {
  vi.restoreAllMocks()
  await reset()
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
})

/** Opens a pool whose clock is the test's. */
async function openPool(owner = 'u1', provider = 'groq'): Promise<void> {
  pool = poolStub(env, owner, provider)
  await takeClock()
}

async function takeClock(): Promise<void> {
  await runInDurableObject(pool, (object) => {
    object.clock = () => now
  })
}

async function evict(): Promise<void> {
  await evictDurableObject(pool)
  await takeClock()
}

async function admit(need: Partial<Need> = {}): Promise<Lease> {
  return leaseOf(await pool.admit(makeNeed(need)))
}

async function refuse(need: Partial<Need> = {}): Promise<Extract<Admission, { type: 'refusal' }>> {
  const admission = await pool.admit(makeNeed(need))
  if (admission.type !== 'refusal') throw new Error('A lease was given where a refusal was expected.')
  return admission
}

function leaseOf(admission: Admission): Lease {
  if (admission.type !== 'lease') throw new Error(JSON.stringify(admission))
  return admission.lease
}

async function fail(fault: Parameters<typeof makeFault>[0], need: Partial<Need> = {}): Promise<string> {
  const lease = await admit(need)
  await pool.settle({ leaseId: lease.id, outcome: { type: 'failure', fault: makeFault(fault) } })
  return lease.keyId
}

const success: Outcome = { type: 'success', usage: makeUsage(10, 5), latencyMs: 1 }
const perMinute = (limit: number, more: Partial<Limit> = {}): Limit => ({
  unit: 'requests',
  per: 'minute',
  limit,
  ...more,
})
const tokens = (limit: number): Limit => ({ unit: 'tokens', per: 'minute', limit })

async function windowOf(unit: string, per: string, keyId = 'k1') {
  const key = (await pool.report()).keys.find((state) => state.keyId === keyId)
  return key?.windows.find((window) => window.unit === unit && window.per === per)
}

async function logged(): Promise<Record<string, unknown>[]> {
  return (await env.DB.prepare('SELECT * FROM requests ORDER BY id').all()).results
}

describe('admission', () => {
  it('gives a lease with what the call needs, and the epoch of who asks', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    const admission = await pool.admit(makeNeed())
    expect(admission.epoch).toBe(3)
    expect(leaseOf(admission)).toMatchObject({
      keyId: 'k1',
      model: 'm',
      secret: { type: 'sealed', owner: 'u1', ciphertext: 'sealed-k1' },
      deadlineAt: start + 16 * minuteMs,
    })
  })

  it('gives exactly as many leases as the limit allows, however many ask at once', async () => {
    await storeKey(env.DB, { id: 'k1', limits: [perMinute(50)] })
    await openPool()
    const admissions = await Promise.all(
      Array.from({ length: 200 }, (_, i) => pool.admit(makeNeed({ requestId: `req_${i}` }))),
    )
    expect(admissions.filter(({ type }) => type === 'lease')).toHaveLength(50)
    const refused = admissions.filter((admission) => admission.type === 'refusal')
    expect(new Set(refused.map(({ retryAt }) => retryAt))).toEqual(new Set([start + minuteMs]))
  })

  it('keeps its counters, its rests and its leases through eviction', async () => {
    await storeKey(env.DB, { id: 'k1', limits: [perMinute(3)] })
    await openPool()
    const first = await admit()
    await evict()
    await admit()
    await evict()
    await pool.settle({ leaseId: first.id, outcome: success })
    await evict()
    await admit()
    await evict()
    expect((await refuse()).refusals).toMatchObject([
      { reason: 'requests-used-up', retryAt: start + minuteMs },
    ])
  })

  it('reads D1 once and then no more', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    await admit()
    await env.DB.prepare('DROP TABLE keys').run()
    await admit()
    await evict()
    expect((await admit()).keyId).toBe('k1')
  })

  it('applies the settlement that rides along before it decides', async () => {
    await storeKey(env.DB, { id: 'k1', maxConcurrent: 1 })
    await openPool()
    const first = await admit()
    expect((await refuse()).refusals).toMatchObject([{ reason: 'busy', retryAt: now + 1_000 }])
    const next = await pool.admit(makeNeed(), { leaseId: first.id, outcome: success })
    expect(next.type).toBe('lease')
  })

  it('takes the model of the request, else of the key, else of the provider', async () => {
    await storeKey(env.DB, { id: 'k1', defaultModel: 'mine' })
    await storeKey(env.DB, { id: 'k2' })
    await openPool()
    expect((await admit({ model: 'asked' })).model).toBe('asked')
    const { model: _model, ...unnamed } = makeNeed()
    expect(leaseOf(await pool.admit(unnamed)).model).toBe('mine')
    expect(leaseOf(await pool.admit({ ...unnamed, excludedKeys: ['k1'] })).model).toBe('provider-default')
  })

  it('keeps keys to the models they allow', async () => {
    await storeKey(env.DB, { id: 'k1', allowedModels: ['gpt-4o', 'llama-*'] })
    await openPool()
    expect((await admit({ model: 'llama-3.3-70b' })).keyId).toBe('k1')
    expect((await admit({ model: 'gpt-4o' })).keyId).toBe('k1')
    const refusal = await refuse({ model: 'gpt-4o-mini' })
    expect(refusal.refusals).toMatchObject([{ keyId: 'k1', reason: 'model-not-allowed' }])
    expect(refusal.retryAt).toBeUndefined()
  })

  it('names the key that was tried, and when one that rests may come back', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await storeKey(env.DB, { id: 'k2' })
    await openPool()
    await fail({ retryAt: start + 7_000 })
    const refusal = await refuse({ excludedKeys: ['k1', 'k2'] })
    expect(refusal.refusals).toMatchObject([
      { keyId: 'k1', reason: 'account-rests', retryAt: start + 7_000 },
      { keyId: 'k2', reason: 'tried' },
    ])
    expect(refusal.retryAt).toBe(start + 7_000)
  })

  it('answers with the soonest time of any key, and for one key with the latest of its reasons', async () => {
    await storeKey(env.DB, { id: 'k1', limits: [perMinute(1)] })
    await storeKey(env.DB, { id: 'k2', limits: [perMinute(1, { per: 'hour' })] })
    await openPool()
    await fail({ retryAt: start + 10 * minuteMs })
    await admit()
    const refusal = await refuse()
    expect(refusal.refusals).toMatchObject([
      { keyId: 'k1', reason: 'account-rests', retryAt: start + 10 * minuteMs },
      { keyId: 'k2', reason: 'requests-used-up', retryAt: start + 60 * minuteMs },
    ])
    expect(refusal.retryAt).toBe(start + 10 * minuteMs)
  })
})

describe('tokens', () => {
  it('reserves the estimate and replaces it with what was used', async () => {
    await storeKey(env.DB, { id: 'k1', limits: [tokens(1000)] })
    await openPool()
    const lease = await admit({ estimate: { inputTokens: 300, outputTokens: 500 } })
    expect(await windowOf('tokens', 'minute')).toMatchObject({ used: 0, reserved: 800, limit: 1000 })
    expect((await refuse({ estimate: { inputTokens: 100, outputTokens: 101 } })).retryAt).toBe(
      start + minuteMs,
    )
    await pool.settle({
      leaseId: lease.id,
      outcome: { type: 'success', usage: makeUsage(310, 90), latencyMs: 1 },
    })
    expect(await windowOf('tokens', 'minute')).toMatchObject({ used: 400, reserved: 0 })
    await admit({ estimate: { inputTokens: 300, outputTokens: 300 } })
  })

  it('carries over what an answer exceeds its estimate by', async () => {
    await storeKey(env.DB, { id: 'k1', limits: [tokens(100)] })
    await openPool()
    const lease = await admit()
    now += minuteMs + 1
    await pool.settle({
      leaseId: lease.id,
      outcome: { type: 'success', usage: makeUsage(60, 50), latencyMs: 1 },
    })
    expect(await windowOf('tokens', 'minute')).toMatchObject({ used: 90 })
  })

  it('admits any request whose input fits to an empty window, and says so where it never will', async () => {
    await storeKey(env.DB, { id: 'k1', limits: [tokens(1000)] })
    await openPool()
    const lease = await admit({ estimate: { inputTokens: 900, outputTokens: 4000 } })
    await pool.settle({ leaseId: lease.id, outcome: { type: 'unused' } })
    const refusal = await refuse({ estimate: { inputTokens: 1001, outputTokens: 1 } })
    expect(refusal.refusals).toMatchObject([{ reason: 'larger-than-window' }])
    expect(refusal.retryAt).toBeUndefined()
  })

  it('counts a failed call as a request without tokens, and an unused lease as nothing', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    await fail({ blame: 'unknown' })
    const unused = await admit()
    await pool.settle({ leaseId: unused.id, outcome: { type: 'unused' } })
    const cancelled = await admit()
    await pool.settle({ leaseId: cancelled.id, outcome: { type: 'cancelled', usage: makeUsage(10, 1) } })
    expect(await windowOf('requests', 'day')).toMatchObject({ used: 2, reserved: 0, source: 'counted' })
    expect(await windowOf('tokens', 'day')).toMatchObject({ used: 11, reserved: 0 })
  })
})

describe('choice', () => {
  it('drains one key before the next unless told otherwise', async () => {
    await storeKey(env.DB, { id: 'k1', limits: [perMinute(2)] })
    await storeKey(env.DB, { id: 'k2' })
    await openPool()
    const served = [await admit(), await admit(), await admit()]
    expect(served.map(({ keyId }) => keyId)).toEqual(['k1', 'k1', 'k2'])
  })

  it('takes turns by round-robin, also within a millisecond and after eviction', async () => {
    for (const id of ['k1', 'k2', 'k3']) await storeKey(env.DB, { id })
    await env.DB.prepare("INSERT INTO provider_settings VALUES ('u1', 'groq', 'round-robin')").run()
    await openPool()
    const served = [await admit(), await admit(), await admit(), await admit()]
    await evict()
    served.push(await admit(), await admit())
    expect(served.map(({ keyId }) => keyId)).toEqual(['k1', 'k2', 'k3', 'k1', 'k2', 'k3'])
  })

  it('turns to a lower priority only where no key of a higher one can serve', async () => {
    await storeKey(env.DB, { id: 'paid', priority: 2 })
    await storeKey(env.DB, { id: 'free', priority: 1, limits: [perMinute(1)] })
    await openPool()
    const served = [await admit(), await admit()]
    now += minuteMs
    served.push(await admit())
    expect(served.map(({ keyId }) => keyId)).toEqual(['free', 'paid', 'free'])
  })

  it('counts keys of one account together, and rests them together', async () => {
    await storeKey(env.DB, { id: 'k1', account: 'same', limits: [perMinute(2)] })
    await storeKey(env.DB, { id: 'k2', account: 'same', limits: [perMinute(5)] })
    await openPool()
    await admit()
    await admit({ excludedKeys: ['k1'] })
    expect((await refuse()).refusals.map(({ reason }) => reason)).toEqual([
      'requests-used-up',
      'requests-used-up',
    ])
    now += minuteMs
    await fail({ retryAt: now + 5_000 })
    expect((await refuse()).refusals.map(({ reason }) => reason)).toEqual(['account-rests', 'account-rests'])
  })
})

describe('blame', () => {
  it('respects a stated reset to the millisecond', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    await fail({ retryAt: start + 7_000 })
    now = start + 6_999
    expect((await refuse()).retryAt).toBe(start + 7_000)
    now = start + 7_000
    await admit()
  })

  it('rests a model on the account that failed it, and no other', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await storeKey(env.DB, { id: 'k2' })
    await openPool()
    await fail({ blame: 'model', retryAt: start + 5_000 })
    expect((await admit()).keyId).toBe('k2')
    expect((await admit({ model: 'other' })).keyId).toBe('k1')
    expect((await pool.report()).keys).toMatchObject([
      {
        keyId: 'k1',
        status: 'active',
        restingModels: [{ model: 'm', until: start + 5_000, verdict: 'rate-limited' }],
      },
      { keyId: 'k2', status: 'active', restingModels: [] },
    ])
  })

  it('tells of a key whose window is full that it cannot serve, until when and why', async () => {
    await storeKey(env.DB, { id: 'k1', limits: [{ unit: 'requests', per: 'day', limit: 2, resets: 'utc' }] })
    await storeKey(env.DB, {
      id: 'k2',
      limits: [{ unit: 'requests', per: 'day', limit: 2, resets: 'utc', model: 'm' }],
    })
    await openPool()
    const tomorrow = (Math.floor(start / 86_400_000) + 1) * 86_400_000
    await admit()
    expect((await pool.report()).keys).toMatchObject([{ status: 'active' }, { status: 'active' }])
    now = start + 5
    await admit()
    const full = {
      status: 'cooling',
      coolingUntil: tomorrow,
      reason: {
        verdict: 'requests-used-up',
        message: '2 of 2 requests per day are used.',
        since: start + 5,
      },
    }
    expect((await pool.report()).keys).toMatchObject([full, { status: 'active' }])
    // What is full for one model may serve another.
    expect([(await admit()).keyId, (await admit()).keyId]).toEqual(['k2', 'k2'])
    expect((await pool.report()).keys).toMatchObject([full, { status: 'active' }])
    now = tomorrow
    expect((await pool.report()).keys).toMatchObject([{ status: 'active' }, { status: 'active' }])
  })

  it('rests nothing for a request that is larger than the window of its account', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    await fail({ blame: 'model', verdict: 'larger-than-window', status: 413 })
    expect((await admit()).keyId).toBe('k1')
  })

  it('opens the circuit of provider and model only after three failures in a row', async () => {
    for (const id of ['k1', 'k2', 'k3', 'k4']) await storeKey(env.DB, { id })
    await openPool()
    const overloaded = { blame: 'provider', verdict: 'overloaded', status: 503 } as const
    expect(await fail(overloaded, { requestId: 'req_a' })).toBe('k1')
    expect(await fail(overloaded, { requestId: 'req_b', excludedKeys: ['k1'] })).toBe('k2')
    const lease = await admit()
    await pool.settle({ leaseId: lease.id, outcome: success })
    for (const requestId of ['req_c', 'req_d', 'req_e']) await fail(overloaded, { requestId })
    const refusal = await refuse()
    expect(refusal.refusals.map(({ reason }) => reason)).toEqual(
      Array.from({ length: 4 }, () => 'provider-rests'),
    )
    expect(refusal.retryAt).toBe(start + 5_000)
    expect((await admit({ model: 'other' })).keyId).toBe('k1')
  })

  it('rests nothing for what is the fault of a request, a region or nobody known', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    for (const blame of ['request', 'region', 'unknown'] as const)
      await fail({ blame, retryAt: start + 5_000 })
    expect((await admit()).keyId).toBe('k1')
  })

  it('quarantines a bad key until it is restored, and deletes nothing', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    await fail({ blame: 'key', verdict: 'bad-key', message: 'Invalid API key' })
    now += 400 * 24 * 60 * minuteMs
    await evict()
    const refusal = await refuse()
    expect(refusal.refusals).toMatchObject([
      { reason: 'quarantined', verdict: 'bad-key', detail: 'Invalid API key' },
    ])
    expect(refusal.retryAt).toBeUndefined()
    expect((await pool.report()).keys).toMatchObject([
      { status: 'quarantined', reason: { verdict: 'bad-key', since: start } },
    ])
    await pool.restore('k1')
    expect((await admit()).keyId).toBe('k1')
  })

  it('restores a key together with the entry of the audit log, or not at all', async () => {
    const entry = { actor: 'u1', action: 'key.restored', subject: 'k1', address: '203.0.113.7' }
    const entries = async () =>
      (await env.DB.prepare('SELECT actor, action, subject, address FROM audit_pending').all()).results
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    await fail({ blame: 'key', verdict: 'bad-key' })
    expect(await pool.restore('k2', { ...entry, subject: 'k2' })).toBe(false)
    expect(await entries()).toEqual([])

    await env.DB.prepare(
      "CREATE TRIGGER no_entries BEFORE INSERT ON audit_pending BEGIN SELECT RAISE(ABORT, 'no'); END",
    ).run()
    const refused = await runInDurableObject(pool, (object) =>
      object.restore('k1', entry).catch(() => 'refused'),
    )
    expect(refused).toBe('refused')
    expect((await pool.report()).keys).toMatchObject([{ status: 'quarantined' }])

    await env.DB.prepare('DROP TRIGGER no_entries').run()
    expect(await pool.restore('k1', entry)).toBe(true)
    expect(await entries()).toEqual([entry])
    expect((await pool.report()).keys).toMatchObject([{ status: 'active' }])
  })

  it('does not judge a new secret by what the old one did', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    const early = await admit()
    await fail({ blame: 'key' })
    await refuse()
    await env.DB.prepare("UPDATE keys SET ciphertext = 'sealed-anew', secret_version = 2").run()
    await pool.refresh()
    expect((await pool.report()).keys).toMatchObject([{ status: 'active' }])
    await admit()
    const outcome: Outcome = { type: 'failure', fault: makeFault({ blame: 'key' }) }
    await pool.settle({ leaseId: early.id, outcome })
    await admit()
  })

  it('lifts a rest by hand', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    await fail({ retryAt: start + 5_000 })
    expect((await pool.report()).keys).toMatchObject([{ status: 'cooling', coolingUntil: start + 5_000 }])
    await pool.restore('k1')
    expect((await pool.report()).keys).toMatchObject([{ status: 'active' }])
  })
})

describe('records', () => {
  it('settles a lease once, however often it is told', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    const lease = await admit()
    const settlement = { leaseId: lease.id, outcome: success, record: makeRecord() }
    await pool.settle(settlement)
    await pool.settle(settlement)
    expect(await windowOf('tokens', 'day')).toMatchObject({ used: 15 })
    await runDurableObjectAlarm(pool)
    await pool.settle(settlement)
    await runDurableObjectAlarm(pool)
    expect(await logged()).toHaveLength(1)
    expect(await env.DB.prepare('SELECT sum(requests) AS n FROM usage_hourly').first()).toEqual({ n: 1 })
  })

  it('flushes records to D1 and then forgets them', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    const lease = await admit()
    await pool.settle({ leaseId: lease.id, outcome: success, record: makeRecord() })
    await pool.journal(makeRecord({ id: 'req_2', status: 429, code: 'QUOTA_EXHAUSTED', usage: null }))
    await evict()
    expect(await runDurableObjectAlarm(pool)).toBe(true)
    expect(await logged()).toMatchObject([
      { id: 'req_1', status: 200, input_tokens: 10 },
      { id: 'req_2', status: 429, code: 'QUOTA_EXHAUSTED', input_tokens: null },
    ])
    await runInDurableObject(pool, (_, { storage }) => {
      expect(storage.sql.exec('SELECT * FROM leases').toArray()).toEqual([])
      const pending = 'SELECT id FROM accounts WHERE pending IS NOT NULL'
      expect(storage.sql.exec(pending).toArray()).toEqual([])
    })
    expect(await runDurableObjectAlarm(pool)).toBe(false)
  })

  it('keeps records while D1 fails, and tries again later each time', async () => {
    const complaints = vi.spyOn(console, 'error').mockReturnValue()
    await openPool()
    await pool.journal(makeRecord())
    await env.DB.prepare('ALTER TABLE requests RENAME TO gone').run()
    const alarms: (number | null)[] = []
    for (let i = 0; i < 6; i++) {
      await runDurableObjectAlarm(pool)
      alarms.push(await runInDurableObject(pool, (_, { storage }) => storage.getAlarm()))
    }
    expect(complaints).toHaveBeenCalledTimes(6)
    expect(alarms.map((at) => (at ?? 0) - start)).toEqual([4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
    await env.DB.prepare('ALTER TABLE gone RENAME TO requests').run()
    await runDurableObjectAlarm(pool)
    expect(await logged()).toHaveLength(1)
  })

  it('leaves no row of an attempt that was not the end of its request', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    await fail({ blame: 'unknown' })
    await runInDurableObject(pool, (_, { storage }) => {
      expect(storage.sql.exec('SELECT * FROM leases').toArray()).toEqual([])
      const pending = 'SELECT id FROM accounts WHERE pending IS NOT NULL'
      expect(storage.sql.exec(pending).toArray()).toEqual([])
    })
  })

  it('expires a lease that nobody settled: its estimate counts, and its record says so', async () => {
    await storeKey(env.DB, { id: 'k1', maxConcurrent: 1 })
    await openPool()
    const lease = await admit({ estimate: { inputTokens: 30, outputTokens: 40 } })
    await evict()
    now = lease.deadlineAt
    await runDurableObjectAlarm(pool)
    expect(await logged()).toMatchObject([
      {
        id: 'req_1',
        unsettled: 1,
        estimated: 1,
        input_tokens: 30,
        output_tokens: 40,
        key_id: 'k1',
        status: 500,
      },
    ])
    expect(await windowOf('tokens', 'day')).toMatchObject({ used: 70, reserved: 0 })
    await admit()
  })

  it('does not let a lease expire before its time', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    const lease = await admit()
    now = lease.deadlineAt - 1
    expect(await runDurableObjectAlarm(pool)).toBe(true)
    expect(await logged()).toEqual([])
    await pool.settle({ leaseId: lease.id, outcome: success, record: makeRecord() })
    await runDurableObjectAlarm(pool)
    expect(await logged()).toMatchObject([{ unsettled: 0, status: 200 }])
  })
})

describe('configuration', () => {
  it('picks up what changed in D1 when told', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    await admit()
    await storeKey(env.DB, { id: 'k2' })
    await env.DB.prepare("DELETE FROM keys WHERE id = 'k1'").run()
    await pool.refresh()
    expect((await admit()).keyId).toBe('k2')
    await evict()
    expect((await admit()).keyId).toBe('k2')
  })

  it('keeps what was counted when a limit changes', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    await admit()
    await admit()
    await env.DB.prepare('UPDATE keys SET limits = ?')
      .bind(JSON.stringify([perMinute(3)]))
      .run()
    await pool.refresh()
    await admit()
    await refuse()
  })

  it('raises epochs and never lowers them, in whatever order it is told', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    expect((await pool.admit(makeNeed())).epoch).toBe(3)
    await pool.refresh({ user: 'u1', epoch: 6 })
    await pool.refresh({ user: 'u1', epoch: 5 })
    await evict()
    expect((await pool.admit(makeNeed())).epoch).toBe(6)
    await env.DB.prepare('UPDATE users SET epoch = 9').run()
    await pool.refresh()
    expect((await pool.admit(makeNeed())).epoch).toBe(9)
  })

  it('admits nobody after a change that it could not read', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    await admit()
    await env.DB.prepare('ALTER TABLE keys RENAME TO gone').run()
    await runInDurableObject(pool, async (object) => {
      await expect(object.refresh({ user: 'u1', epoch: 4 })).rejects.toThrow('no such table')
      await expect(object.admit(makeNeed())).rejects.toThrow('no such table')
    })
    await env.DB.prepare('ALTER TABLE gone RENAME TO keys').run()
    const admission = await pool.admit(makeNeed())
    expect(admission).toMatchObject({ type: 'lease', epoch: 4 })
  })

  it('looks for changes by itself when a push was lost', async () => {
    await storeKey(env.DB, { id: 'k1' })
    await openPool()
    await pool.settle({ leaseId: (await admit()).id, outcome: success, record: makeRecord() })
    await env.DB.prepare("DELETE FROM keys WHERE id = 'k1'").run()
    now += 2 * minuteMs
    await runDurableObjectAlarm(pool)
    expect((await refuse()).refusals).toEqual([])
  })

  it('holds private accounts in their owner’s pool and shared ones of everybody in the hub’s', async () => {
    await storeUser(env.DB, 'u2')
    await storeKey(env.DB, { id: 'mine' })
    await storeKey(env.DB, { id: 'given', shared: true })
    await storeKey(env.DB, { id: 'others', owner: 'u2' })
    await storeKey(env.DB, { id: 'elsewhere', provider: 'openai' })
    await openPool()
    expect((await pool.report()).keys.map(({ keyId }) => keyId)).toEqual(['mine'])
    await openPool('hub')
    expect((await admit()).secret).toEqual({ type: 'sealed', owner: 'u1', ciphertext: 'sealed-given' })
    expect((await pool.report()).keys.map(({ keyId }) => keyId)).toEqual(['given'])
  })

  it('takes the deployment’s own key as long as none is shared', async () => {
    await openPool('hub', 'workers-ai')
    await runInDurableObject(pool, (object) => {
      // The environment of one object, which the test may set as a deployment would.
      Object.assign(object, { env: { ...env, WORKERS_AI_API_KEY: 'secret' } })
    })
    expect(await admit()).toMatchObject({
      keyId: 'env-workers-ai',
      secret: { type: 'environment', variable: 'WORKERS_AI_API_KEY' },
    })
    await storeKey(env.DB, { id: 'k1', provider: 'workers-ai', shared: true })
    await pool.refresh()
    expect((await admit()).keyId).toBe('k1')
  })

  it('needs no key for the sandbox, and opens none that is stored for it', async () => {
    await openPool('u1', 'sandbox')
    expect(await admit()).toMatchObject({ keyId: 'sandbox', secret: { type: 'none' } })
    await storeKey(env.DB, { id: 'k1', provider: 'sandbox' })
    await pool.refresh()
    expect(await admit()).toMatchObject({ keyId: 'k1', secret: { type: 'none' } })
  })

  it('does not serve with a key that is switched off', async () => {
    await storeKey(env.DB, { id: 'k1', enabled: false })
    await openPool()
    expect((await refuse()).refusals).toMatchObject([{ keyId: 'k1', reason: 'disabled' }])
    expect((await pool.report()).keys).toMatchObject([{ keyId: 'k1', status: 'disabled' }])
  })
})

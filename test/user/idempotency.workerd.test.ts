/**
 * Claims of calls in the user's object: who leads, what the others get, and when a claim is over.
 */
import {
  applyD1Migrations,
  evictDurableObject,
  reset,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { userStub } from '../../src/user/stub.ts'

/** Far in the future, so that no alarm goes off by itself while a test runs. */
const start = Date.UTC(2100, 0, 1, 10, 30)
const secondMs = 1_000
const hourMs = 3_600 * secondMs

const call = { name: 'a-name', body: 'a-body' }

let now = start
let object: ReturnType<typeof userStub>

beforeEach(async () => {
  now = start
  object = userStub(env, 'u1')
  await takeClock()
})
afterEach(async () => {
  await reset()
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
})

async function takeClock(): Promise<void> {
  await runInDurableObject(object, (instance) => {
    instance.clock = () => now
  })
}

async function evict(): Promise<void> {
  await evictDurableObject(object)
  await takeClock()
}

async function lead(): Promise<string> {
  const answer = await object.claim(call)
  if (answer.type !== 'lead') throw new Error(`Somebody else leads: ${answer.type}`)
  return answer.ticket
}

function rows(): Promise<{ claims: number; parts: number }> {
  return runInDurableObject(object, (_instance, { storage: { sql } }) => ({
    claims: sql.exec('SELECT 1 FROM claims').toArray().length,
    parts: sql.exec('SELECT 1 FROM answers').toArray().length,
  }))
}

describe('a claim', () => {
  it('is given to one of all who ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => object.claim(call)))
    expect(answers.filter(({ type }) => type === 'lead')).toHaveLength(1)
    expect(answers.filter(({ type }) => type === 'wait')).toHaveLength(49)
  })

  it('leaves its answer to everyone for an hour, wherever the object was in between', async () => {
    const ticket = await lead()
    await evict()
    await object.keepAnswer(call.name, ticket, 'sealed')
    await evict()
    now += hourMs - 1
    expect(await object.claim(call)).toMatchObject({ type: 'kept', sealed: 'sealed' })
    now += 1
    expect(await object.claim(call)).toMatchObject({ type: 'lead' })
  })

  it('keeps an answer that is larger than a row can be', async () => {
    const sealed = 'abcdefghij'.repeat(300_000)
    await object.keepAnswer(call.name, await lead(), sealed)
    expect(await object.claim(call)).toMatchObject({ type: 'kept', sealed })
    expect(await rows()).toEqual({ claims: 1, parts: 3 })
  })

  it('whose answer does not open is given to one of all who say so, and the others get the new answer', async () => {
    const unreadable = await lead()
    await object.keepAnswer(call.name, unreadable, 'sealed with a key that is gone')
    expect(await object.claim(call)).toMatchObject({ type: 'kept', ticket: unreadable })
    const claims = Array.from({ length: 10 }, () => object.claim({ ...call, unreadable }))
    const answers = await Promise.all(claims)
    expect(answers.map(({ type }) => type).toSorted()).toEqual(['lead', ...Array(9).fill('wait')])
    expect(await rows()).toEqual({ claims: 1, parts: 0 })

    const leader = answers.find((answer) => answer.type === 'lead')
    await object.keepAnswer(call.name, leader?.ticket ?? '', 'sealed anew')
    for (const asked of [call, { ...call, unreadable }]) {
      expect(await object.claim(asked)).toMatchObject({ type: 'kept', sealed: 'sealed anew' })
    }
  })

  it('is a conflict for another body also where its answer does not open', async () => {
    const unreadable = await lead()
    await object.keepAnswer(call.name, unreadable, 'sealed')
    expect(await object.claim({ ...call, body: 'another', unreadable })).toMatchObject({ type: 'conflict' })
  })

  it('says that there was an answer which could not be kept', async () => {
    await object.keepAnswer(call.name, await lead(), undefined)
    expect(await object.claim(call)).toMatchObject({ type: 'too-large' })
  })

  it('is a conflict for another body, while it runs and afterwards', async () => {
    const other = { ...call, body: 'another' }
    const ticket = await lead()
    expect(await object.claim(other)).toMatchObject({ type: 'conflict' })
    await object.keepAnswer(call.name, ticket, 'sealed')
    expect(await object.claim(other)).toMatchObject({ type: 'conflict' })
    expect(await object.claim({ ...other, name: 'another-name' })).toMatchObject({ type: 'lead' })
  })

  it('is free again when it came to nothing', async () => {
    await object.releaseClaim(call.name, await lead())
    expect(await object.claim({ ...call, body: 'another' })).toMatchObject({ type: 'lead' })
  })

  it('is free again a minute after its leader died, and not before', async () => {
    await lead()
    now += 60 * secondMs - 1
    expect(await object.claim(call)).toMatchObject({ type: 'wait' })
    now += 1
    expect(await object.claim(call)).toMatchObject({ type: 'lead' })
  })

  it('lasts as long as its leader renews it', async () => {
    const ticket = await lead()
    for (let i = 0; i < 30; i++) {
      now += 20 * secondMs
      await object.renewClaim(call.name, ticket)
      expect(await object.claim(call)).toMatchObject({ type: 'wait' })
    }
  })

  it('is out of the hands of a leader whose place was taken', async () => {
    const late = await lead()
    now += 60 * secondMs
    const ticket = await lead()
    await object.renewClaim(call.name, late)
    await object.keepAnswer(call.name, late, 'late')
    await object.releaseClaim(call.name, late)
    expect(await object.claim(call)).toMatchObject({ type: 'wait' })
    await object.keepAnswer(call.name, ticket, 'sealed')
    await object.releaseClaim(call.name, ticket)
    expect(await object.claim(call)).toMatchObject({ type: 'kept', sealed: 'sealed' })
  })

  it('is swept by the alarm once it has expired, its answer with it', async () => {
    await object.keepAnswer(call.name, await lead(), 'sealed')
    await object.claim({ ...call, name: 'b' })
    now += 2 * 60 * secondMs
    expect(await runDurableObjectAlarm(object)).toBe(true)
    expect(await rows()).toEqual({ claims: 1, parts: 1 })
    await evict()
    now += hourMs
    expect(await runDurableObjectAlarm(object)).toBe(true)
    expect(await rows()).toEqual({ claims: 0, parts: 0 })
    expect(await runDurableObjectAlarm(object)).toBe(false)
  })
})

/**
 * Caps of a team in its object: exact among all members, whatever happens to the object in between.
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
import { addTeam, changeTeam, removeTeam } from '../../src/db/teams.ts'
import type { TeamAnswer } from '../../src/team/team-object.ts'
import { teamStub } from '../../src/team/stub.ts'
import type { CapUse, RequestNeed, Rules, Spent } from '../../src/user/rpc.ts'

/** Far in the future, so that no alarm goes off by itself while a test runs. */
const start = Date.UTC(2100, 0, 1, 10, 30)
const minuteMs = 60_000
const entry = { actor: 'usr_1', action: 'team.changed', subject: 'team_1' }
const none = { limits: null, maxConcurrent: null, budget: null }

let now = start
let object: ReturnType<typeof teamStub>

beforeEach(async () => {
  now = start
  await addTeam(env.DB, { id: 'team_1', name: 'Research', ...none, createdAt: start }, entry)
  object = teamStub(env, 'team_1')
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

const makeRules = (caps: Partial<Rules>): Rules => ({ subject: 'team', id: 'team_1', ...none, ...caps })
const need: RequestNeed = { estimate: { inputTokens: 10, outputTokens: 10 } }
/** One cent for each request. */
const cent: RequestNeed = {
  ...need,
  price: { input: 0, output: 1_000_000, choices: 1, outputLimit: 10, longestOutput: 10 },
}

/** All members ask at once, a part at a time; the object is evicted after each part. */
async function askInParts(
  rules: Rules,
  question: RequestNeed,
  parts: number,
  each: number,
): Promise<TeamAnswer[]> {
  const answers: TeamAnswer[] = []
  for (let part = 0; part < parts; part++) {
    answers.push(...(await Promise.all(Array.from({ length: each }, () => object.reserve(rules, question)))))
    await evict()
  }
  return answers
}

const idsOf = (answers: TeamAnswer[]): string[] =>
  answers.flatMap((answer) => (answer.type === 'grant' ? [answer.reservationId] : []))

async function useOf(rules: Rules): Promise<CapUse> {
  const use = await object.use(rules)
  if (!use) throw new Error('Nothing is known of this team.')
  return use
}

describe('a team that asks 1,000 times at once, across evictions', () => {
  it('is granted exactly its budget', async () => {
    const rules = makeRules({ budget: { amount: 3.21, per: 'month' } })
    const answers = await askInParts(rules, cent, 4, 250)
    expect(idsOf(answers)).toHaveLength(321)
    const refused = answers.find((answer) => answer.type === 'refusal')
    expect(refused).toMatchObject({
      subject: 'team',
      code: 'BUDGET_EXCEEDED',
      message: expect.stringContaining('of $3.21 per month'),
      retryAt: Date.UTC(2100, 1, 1),
    })
    // Half of them turn out cheaper: the difference is free again, to the cent.
    const ids = idsOf(answers)
    const half: Spent = { tokens: 10, money: 5_000_000 }
    await Promise.all(ids.slice(0, 100).map((id) => object.settle(id, half)))
    await evict()
    expect(idsOf(await askInParts(rules, cent, 1, 100))).toHaveLength(50)
  }, 60_000)

  it('is granted exactly its requests', async () => {
    const rules = makeRules({ limits: [{ unit: 'requests', per: 'hour', limit: 137 }] })
    expect(idsOf(await askInParts(rules, need, 4, 250))).toHaveLength(137)
  }, 60_000)

  it('never runs more at a time than it may', async () => {
    const rules = makeRules({ maxConcurrent: 20 })
    const first = idsOf(await askInParts(rules, need, 4, 250))
    expect(first).toHaveLength(20)
    await Promise.all(first.slice(0, 7).map((id) => object.settle(id, { tokens: 1 })))
    expect(idsOf(await askInParts(rules, need, 2, 50))).toHaveLength(7)
  }, 60_000)
})

describe('a reservation of a team', () => {
  const rules = makeRules({ limits: [{ unit: 'tokens', per: 'day', limit: 100 }], maxConcurrent: 1 })

  it('is settled once', async () => {
    const [id = ''] = idsOf([await object.reserve(rules, need)])
    await object.settle(id, { tokens: 5 })
    await object.settle(id, { tokens: 50 })
    expect(await useOf(rules)).toMatchObject({ running: 0, windows: [{ used: 5, reserved: 0 }] })
  })

  it('expires after 16 minutes, and counts as it was reserved', async () => {
    const [id = ''] = idsOf([await object.reserve(rules, need)])
    await evict()
    now += 16 * minuteMs
    expect(await runDurableObjectAlarm(object)).toBe(true)
    expect(await useOf(rules)).toMatchObject({ running: 0, windows: [{ used: 20, reserved: 0 }] })
    await object.settle(id, undefined)
    expect(await useOf(rules)).toMatchObject({ windows: [{ used: 20 }] })
    expect(await runDurableObjectAlarm(object)).toBe(false)
  })
})

describe('the epoch of a team', () => {
  const rules = makeRules({ maxConcurrent: 5 })

  it('comes with every answer, and rises with each change that is announced', async () => {
    expect(await object.reserve(rules, need)).toMatchObject({ type: 'grant', epoch: 1 })
    const epoch = await changeTeam(env.DB, 'team_1', { maxConcurrent: 4 }, entry)
    if (typeof epoch !== 'number') throw new Error('The team was not changed.')
    await object.raiseEpoch(epoch)
    expect(await object.reserve(rules, need)).toMatchObject({ epoch: 2 })
    expect(await object.currentEpoch()).toBe(2)
  })

  it('is found within a minute where no announcement arrived', async () => {
    expect(await object.currentEpoch()).toBe(1)
    await changeTeam(env.DB, 'team_1', { name: 'Development' }, entry)
    expect(await object.currentEpoch()).toBe(1)
    now += minuteMs
    expect(await object.currentEpoch()).toBe(2)
  })

  it('ends with the team, and with it everything that was counted', async () => {
    const [id = ''] = idsOf([await object.reserve(rules, need)])
    await removeTeam(env.DB, 'team_1', entry)
    await object.forget()
    expect(await object.reserve(rules, need)).toEqual({ type: 'gone' })
    expect(await object.currentEpoch()).toBeUndefined()
    await object.settle(id, { tokens: 5 })
    const rows = await runInDurableObject(object, (_instance, { storage: { sql } }) => [
      ...sql.exec('SELECT id FROM allowances').toArray(),
      ...sql.exec('SELECT id FROM reservations').toArray(),
      ...sql.exec('SELECT name FROM facts').toArray(),
    ])
    expect(rows).toEqual([])
  })
})

/**
 * Caps of people and teams as requests meet them: what reaches a provider, and what is counted
 * where.
 */
import { createExecutionContext, evictDurableObject, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { JsonObject } from '../../src/chat/json.ts'
import type { Env } from '../../src/env.ts'
import { app } from '../../src/index.ts'
import { teamStub } from '../../src/team/stub.ts'
import { userStub } from '../../src/user/stub.ts'
import { call, completionBody, sentText, settleIn, type Settled } from '../hub.workerd.ts'

let admin: Settled
let ada: Settled
let bob: Settled
/** What was sent to the provider. */
let sent: JsonObject[]
/** How the provider answers. */
let behave: () => Response | Promise<Response>

beforeAll(async () => {
  admin = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'admin')
  const { id } = await call<{ id: string }>(
    'POST',
    '/api/accounts',
    { provider: 'openai', name: 'everyone', shared: true },
    admin.session,
  )
  await call(
    'POST',
    '/api/keys',
    { provider: 'openai', apiKey: 'sk-shared-0000000001', account: id },
    admin.session,
  )
  ada = await settleIn({ provider: 'openai', apiKey: 'sk-of-ada-0000000002' }, 'ada')
  bob = await settleIn({ provider: 'openai', apiKey: 'sk-of-bob-0000000003' }, 'bob')
  const own = {
    id: 'own',
    name: 'Own',
    baseUrl: 'https://93.184.215.14/v1',
    dialect: 'openai-chat',
    models: ['m'],
  }
  await call('POST', '/api/providers', own, ada.session)
  await call('POST', '/api/keys', { provider: 'own', apiKey: 'own-0000000004' }, ada.session)
})
beforeEach(() => {
  sent = []
  behave = () => Response.json(completionBody)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    sent.push(JSON.parse(sentText(init)))
    return behave()
  })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all([ada, bob].map((person) => setCaps(person, { ...none, team: null })))
})

const none = { limits: null, maxConcurrent: null, budget: null }
const requestsPer = (per: string, limit: number) => ({ limits: [{ unit: 'requests', per, limit }] })

function setCaps({ userId }: Settled, caps: object): Promise<ShownUser> {
  return call('PATCH', `/api/users/${userId}`, caps, admin.session)
}

interface ShownState {
  running: number
  windows: { used: number; reserved: number }[]
  budget: { spent: number; reserved: number } | null
}
interface ShownUser {
  id: string
  team: string | null
  state: ShownState
}

async function userOf({ userId }: Settled): Promise<ShownUser | undefined> {
  const { data } = await call<{ data: ShownUser[] }>('GET', '/api/users', undefined, admin.session)
  return data.find(({ id }) => id === userId)
}

interface ShownTeam {
  id: string
  members: number
  state: ShownState
}

function makeTeam(name: string, caps: object = {}): Promise<ShownTeam> {
  return call('POST', '/api/teams', { name, ...caps }, admin.session)
}

function teamOf({ id }: ShownTeam): Promise<ShownTeam> {
  return call('GET', `/api/teams/${id}`, undefined, admin.session)
}

async function makeToken({ session }: Settled, fields: object = {}): Promise<string> {
  return (await call<{ token: string }>('POST', '/api/tokens', { name: 'another', ...fields }, session)).token
}

interface Answer {
  status: number
  code: string | undefined
  text: string
}

async function ask(credential: string | undefined, body: object = {}, bindings: Env = env): Promise<Answer> {
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: credential === undefined ? {} : { authorization: `Bearer ${credential}` },
    body: JSON.stringify({
      model: 'openai/gpt-4o-mini',
      messages: [{ role: 'user', content: 'Hello' }],
      ...body,
    }),
  })
  const response = await app.fetch(request, bindings, context)
  const text = await response.text()
  await waitOnExecutionContext(context)
  const code = response.ok ? undefined : String(JSON.parse(text).hub.code)
  return { status: response.status, code, text }
}

/** The bindings, noting each call of the objects of people and teams. */
function noteCalls(log: string[]): Env {
  const noting = <Stub extends object>(name: string, stub: Stub): Stub =>
    new Proxy(stub, {
      get(target, verb) {
        const method: unknown = Reflect.get(target, verb)
        if (typeof method !== 'function') return method
        return (...args: unknown[]) => {
          log.push(`${name} ${String(verb)}`)
          return Reflect.apply(method, target, args)
        }
      },
    })
  const wrap = <Space extends object & { getByName(id: string): object }>(
    name: string,
    space: Space,
  ): Space => new Proxy(space, { get: () => (id: string) => noting(name, space.getByName(id)) })
  return {
    ...env,
    USER_OBJECT: wrap('user', env.USER_OBJECT),
    TEAM_OBJECT: wrap('team', env.TEAM_OBJECT),
  }
}

describe('a person with a limit of requests', () => {
  it('of 200 at once over several tokens and a session has exactly 20 that reach a provider', async () => {
    await setCaps(ada, requestsPer('hour', 20))
    const credentials = [ada.token, await makeToken(ada), await makeToken(ada), ada.session]
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => ask(credentials[index % credentials.length])),
    )
    expect(sent).toHaveLength(20)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(180)
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['RATE_LIMIT_EXCEEDED']))
    expect(refused[0]?.text).toContain('Your account reached its rate limit: 20 of 20 requests per hour')
    expect((await userOf(ada))?.state.windows).toMatchObject([{ used: 20, reserved: 0 }])
    // Another person is not concerned.
    expect((await ask(bob.token)).status).toBe(200)
  }, 60_000)

  it('is shown to the person with what is used', async () => {
    await setCaps(ada, requestsPer('day', 50))
    await ask(ada.token)
    const self = await call<ShownUser>('GET', '/api/auth/me', undefined, ada.session)
    expect(self).toMatchObject({ limits: [{ limit: 50 }], team: null })
    expect(self.state.windows).toMatchObject([{ limit: 50 }])
    expect(self.state.windows[0]?.used).toBeGreaterThan(0)
  })

  it('that is set while an isolate is warm holds at once, and ends at once', async () => {
    expect((await ask(ada.token)).status).toBe(200)
    await setCaps(ada, requestsPer('month', 1))
    expect((await ask(ada.token)).status).toBe(200)
    expect((await ask(ada.token)).code).toBe('RATE_LIMIT_EXCEEDED')
    await setCaps(ada, requestsPer('month', 2))
    expect((await ask(ada.token)).status).toBe(200)
    expect((await ask(ada.token)).code).toBe('RATE_LIMIT_EXCEEDED')
    await setCaps(ada, none)
    expect((await ask(ada.token)).status).toBe(200)
  })
})

describe('a request of a token with limits by a person with limits', () => {
  it('is one question and one settlement, counted for both', async () => {
    const token = await makeToken(ada, requestsPer('day', 5))
    await setCaps(ada, { maxConcurrent: 5 })
    const log: string[] = []
    expect((await ask(token, {}, noteCalls(log))).status).toBe(200)
    expect(log).toEqual(['user reserve', 'user settle'])
  })

  it('that one of them refuses is counted for none', async () => {
    const token = await makeToken(ada, requestsPer('day', 1))
    await setCaps(ada, { limits: [{ unit: 'requests', per: 'minute', limit: 100, resets: 'utc' }] })
    await ask(token)
    const before = (await userOf(ada))?.state.windows
    expect((await ask(token)).text).toContain('This token reached its rate limit: 1 of 1 requests per day')
    expect((await userOf(ada))?.state.windows).toEqual(before)
  })

  it('makes no call where nothing is capped', async () => {
    const log: string[] = []
    expect((await ask(ada.token, {}, noteCalls(log))).status).toBe(200)
    expect(log).toEqual([])
  })
})

describe('a budget of a person', () => {
  it('limits the output of requests, and is refused when it is spent', async () => {
    await setCaps(bob, { budget: { amount: 0.000_05, per: 'day' } })
    behave = () => {
      expect(sent.at(-1)?.max_completion_tokens ?? sent.at(-1)?.max_tokens).toBeGreaterThan(0)
      return Response.json({
        ...completionBody,
        usage: { prompt_tokens: 10, completion_tokens: 70, total_tokens: 80 },
      })
    }
    expect((await ask(bob.token)).status).toBe(200)
    expect((await userOf(bob))?.state.budget?.spent).toBeCloseTo(0.000_043_5, 9)
    const refused = await ask(bob.session)
    expect(refused.code).toBe('BUDGET_EXCEEDED')
    expect(refused.text).toContain('Your account reached its budget')
  })

  it('leaves out models of unknown price, and says why', async () => {
    await setCaps(ada, { budget: { amount: 1, per: 'day' } })
    const refused = await ask(ada.token, { model: 'own/m' })
    expect(refused.text).toContain('which the budget of your account requires')
    expect(sent).toHaveLength(0)
  })

  it('and one of the token limit the output by the tighter of the two', async () => {
    const token = await makeToken(ada, { budget: { amount: 0.000_03, per: 'month' } })
    await setCaps(ada, { budget: { amount: 1, per: 'month' } })
    await ask(token)
    const most = Number(sent[0]?.max_completion_tokens ?? sent[0]?.max_tokens)
    expect(most).toBeGreaterThan(15)
    expect(most).toBeLessThan(51)
  })
})

describe('a team', () => {
  it('of two counts the requests of both, exactly, with many at once', async () => {
    const team = await makeTeam('Pair', requestsPer('hour', 15))
    await Promise.all([setCaps(ada, { team: team.id }), setCaps(bob, { team: team.id })])
    const tokens = [ada.token, bob.token, ada.session]
    const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => ask(tokens[index % 3])))
    expect(sent).toHaveLength(15)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(45)
    expect(refused[0]?.text).toContain('Your team reached its rate limit: 15 of 15 requests per hour')
    await evictDurableObject(teamStub(env, team.id))
    expect(await teamOf(team)).toMatchObject({ members: 2, state: { windows: [{ used: 15, reserved: 0 }] } })
    const self = await call<object>('GET', '/api/auth/me', undefined, ada.session)
    expect(self).toMatchObject({ team: { name: 'Pair', state: { windows: [{ used: 15 }] } } })
  }, 60_000)

  it('that refuses gives back what the person’s own object reserved, and the other way round', async () => {
    const team = await makeTeam('Strict', requestsPer('day', 1))
    await setCaps(ada, { ...requestsPer('day', 1_000), team: team.id })
    await ask(ada.token)
    const before = (await userOf(ada))?.state.windows[0]
    expect((await ask(ada.token)).text).toContain('Your team reached its rate limit: 1 of 1 requests per day')
    expect((await userOf(ada))?.state).toMatchObject({ running: 0, windows: [before] })
    await call('PATCH', `/api/teams/${team.id}`, requestsPer('day', 10), admin.session)
    await setCaps(ada, { limits: null, maxConcurrent: 1 })
    let release = (): void => {}
    behave = () => new Promise((resolve) => (release = () => resolve(Response.json(completionBody))))
    const running = ask(ada.token)
    await vi.waitFor(() => expect(sent).toHaveLength(2))
    expect((await ask(ada.token)).text).toContain('Your account is at its concurrency limit')
    expect((await teamOf(team)).state).toMatchObject({ running: 1, windows: [{ used: 1, reserved: 1 }] })
    release()
    expect((await running).status).toBe(200)
    expect((await teamOf(team)).state).toMatchObject({ running: 0, windows: [{ used: 2, reserved: 0 }] })
  })

  it('whose caps change while an isolate is warm holds at once to the new ones', async () => {
    const team = await makeTeam('Changing')
    await setCaps(ada, { team: team.id })
    expect((await ask(ada.token)).status).toBe(200)
    await call('PATCH', `/api/teams/${team.id}`, requestsPer('month', 1), admin.session)
    expect((await ask(ada.token)).status).toBe(200)
    expect((await ask(ada.token)).code).toBe('RATE_LIMIT_EXCEEDED')
    await call('PATCH', `/api/teams/${team.id}`, requestsPer('month', 2), admin.session)
    expect((await ask(ada.token)).status).toBe(200)
    expect((await ask(ada.token)).code).toBe('RATE_LIMIT_EXCEEDED')
    // Another team: the refusal of the one before is over at once.
    const other = await makeTeam('Other')
    await setCaps(ada, { team: other.id })
    expect((await ask(ada.token)).status).toBe(200)
  })

  it('that is removed frees its people at once, also those that it refused', async () => {
    const team = await makeTeam('Brief', requestsPer('month', 1))
    await setCaps(ada, { team: team.id })
    await ask(ada.token)
    expect((await ask(ada.token)).code).toBe('RATE_LIMIT_EXCEEDED')
    await call('DELETE', `/api/teams/${team.id}`, undefined, admin.session)
    expect((await ask(ada.token)).status).toBe(200)
    expect((await userOf(ada))?.team).toBeNull()
  })

  it('settles a request where it was reserved, whatever team its person is in at the end', async () => {
    const [first, second] = [
      await makeTeam('First', requestsPer('day', 5)),
      await makeTeam('Second', requestsPer('day', 5)),
    ]
    await setCaps(ada, { team: first.id })
    let release = (): void => {}
    behave = () => new Promise((resolve) => (release = () => resolve(Response.json(completionBody))))
    const running = ask(ada.token)
    await vi.waitFor(() => expect(sent).toHaveLength(1))
    await setCaps(ada, { team: second.id })
    release()
    await running
    expect((await teamOf(first)).state).toMatchObject({ running: 0, windows: [{ used: 1, reserved: 0 }] })
    expect((await teamOf(second)).state).toMatchObject({ running: 0, windows: [{ used: 0, reserved: 0 }] })
  })

  it('whose object is down refuses its members, and holds nothing of them', async () => {
    const team = await makeTeam('Down', requestsPer('day', 5))
    await setCaps(ada, { maxConcurrent: 3, team: team.id })
    const broken = new Proxy(env.TEAM_OBJECT, {
      get: () => () => ({ reserve: () => Promise.reject(new Error('The object is down.')) }),
    })
    vi.spyOn(console, 'error').mockImplementation(() => {})
    expect((await ask(ada.token, {}, { ...env, TEAM_OBJECT: broken })).status).toBe(500)
    expect((await userOf(ada))?.state.running).toBe(0)
    expect(sent).toHaveLength(0)
  })
})

it('access without a token has caps of its own, over everyone together', async () => {
  await call(
    'PATCH',
    '/api/settings',
    { openAccess: true, openAccessPerMinute: 1_000, openAccessCaps: requestsPer('hour', 7) },
    admin.session,
  )
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(undefined)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(7)
  expect(answers.find(({ status }) => status === 429)?.text).toContain(
    'Access without a token reached its rate limit: 7 of 7 requests',
  )
  const settings = await call<{ openAccessState: ShownState }>(
    'GET',
    '/api/settings',
    undefined,
    admin.session,
  )
  expect(settings.openAccessState.windows).toMatchObject([{ used: 7, reserved: 0 }])
  await call('PATCH', '/api/settings', { openAccess: false, openAccessCaps: none }, admin.session)
})

it('nothing is kept in the object of a person who was removed', async () => {
  const carol = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'carol')
  await setCaps(carol, requestsPer('day', 9))
  expect((await ask(carol.token, { model: 'sandbox/echo' })).status).toBe(200)
  expect((await userOf(carol))?.state.windows).toMatchObject([{ used: 1 }])
  await call('DELETE', `/api/users/${carol.userId}`, undefined, admin.session)
  const [use] = await userStub(env, carol.userId).uses([
    {
      subject: 'person',
      id: carol.userId,
      limits: [{ unit: 'requests', per: 'day', limit: 9 }],
      maxConcurrent: null,
      budget: null,
    },
  ])
  expect(use).toMatchObject({ running: 0, windows: [{ used: 0, reserved: 0 }] })
})

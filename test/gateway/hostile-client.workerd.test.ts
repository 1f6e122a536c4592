/** One caller provokes errors with a shared key: the others are served all the same. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { app } from '../../src/index.ts'
import { call, completionBody, sentText, settleIn, type Settled } from '../hub.workerd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

type Body = Record<string, unknown> & { model: string }

const mostTests = 21
let turn = 0
let admin: Settled
let hostile: Settled
let other: Settled
let id: string
let answer: (sent: Body, key: string) => Response
let called: { model: string; text: string }[]

beforeAll(async () => {
  const key = { provider: 'sandbox', apiKey: 'x' }
  admin = await settleIn(key, 'admin')
  hostile = await settleIn(key, 'hostile')
  other = await settleIn(key, 'other')
  for (let index = 1; index <= mostTests; index++) {
    const row = {
      id: `team-${index}`,
      name: 'Team',
      baseUrl: 'https://93.184.215.14/v1',
      dialect: 'openai-chat',
      models: ['m1', 'm2', 'm3'],
    }
    await call('POST', '/api/providers?scope=hub', row, admin.session)
  }
})
beforeEach(async () => {
  turn++
  id = `team-${turn}`
  called = []
  answer = () => Response.json(completionBody)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_input, init) => {
    const text = sentText(init)
    const sent: Body = JSON.parse(text)
    called.push({ model: sent.model, text })
    return answer(sent, new Headers(init?.headers).get('authorization') ?? '')
  })
})
afterEach(() => vi.restoreAllMocks())

async function addKeys(count: number, shared = true, as = admin): Promise<void> {
  for (let index = 0; index < count; index++) {
    const apiKey = `team-secret-${turn}-${index}-0123456789`
    await call('POST', '/api/keys', { provider: id, apiKey, shared }, as.session)
  }
  // Else a caller whom the isolate knows would hear of a shared pool within half a minute.
  await env.DB.prepare('UPDATE users SET epoch = epoch + 1').run()
}

async function ask(as: Settled, model = 'm1', more: object = {}) {
  const context = createExecutionContext()
  const before = called.length
  const response = await app.fetch(
    new Request('http://localhost/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${as.token}` },
      body: JSON.stringify({ model: `${id}/${model}`, messages: [{ role: 'user', content: 'Hi' }], ...more }),
    }),
    env,
    context,
  )
  const text = await response.text()
  await waitOnExecutionContext(context)
  return { status: response.status, text, calls: called.length - before }
}

async function statuses(as = admin): Promise<string[]> {
  const { data } = await call<{ data: { provider: string; state: { status: string } }[] }>(
    'GET',
    '/api/keys',
    undefined,
    as.session,
  )
  return data.filter(({ provider }) => provider === id).map(({ state }) => state.status)
}

const good = () => Response.json(completionBody)
const bad = (status: number, message: string, more: object = {}) =>
  Response.json({ error: { message, ...more } }, { status })
const isPoison = (sent: Body): boolean => JSON.stringify(sent).includes('poison')
const poison = { messages: [{ role: 'user', content: 'poison' }] }

describe('a bare 403 that callers provoke', () => {
  it('on two models, one for each of two callers, leaves the only key in service', async () => {
    answer = (sent) => (isPoison(sent) ? bad(403, 'Forbidden') : good())
    await addKeys(1)
    await ask(hostile, 'm1', poison)
    await ask(admin, 'm2', poison)
    expect(await statuses()).toEqual(['active'])
    expect((await ask(other, 'm3')).status).toBe(200)
  })

  it.each([
    ['shared', true],
    ['private', false],
  ])(
    'on every model leaves the only key in service: it passes the hub’s own test (%s)',
    async (_kind, shared) => {
      answer = (sent) => (isPoison(sent) ? bad(403, 'Forbidden') : good())
      await addKeys(1, shared)
      const caller = shared ? hostile : admin
      for (const model of ['m1', 'm2', 'm3', 'm1', 'm2']) await ask(caller, model, poison)
      expect(await statuses()).toEqual(['active'])
      if (shared) expect((await ask(other, 'm2')).status).toBe(200)
    },
  )

  it('costs one test in ten minutes', async () => {
    answer = (sent) => (isPoison(sent) ? bad(403, 'Forbidden') : good())
    await addKeys(1)
    for (let time = 0; time < 12; time++) await ask(hostile, `x${time}`, poison)
    expect(called.filter(({ text }) => text.includes('Say OK.'))).toHaveLength(1)
  })

  it.each([
    ['shared', true],
    ['private', false],
  ])('quarantines a key that is forbidden after two requests and one test (%s)', async (_kind, shared) => {
    answer = () => bad(403, 'Forbidden')
    await addKeys(1, shared)
    await ask(admin, 'm1')
    expect(await statuses()).toEqual(['active'])
    await ask(admin, 'm2')
    expect(await statuses()).toEqual(['quarantined'])
    expect(called).toHaveLength(3)
  })
})

describe('an error of the server that one caller provokes', () => {
  it('with one request and many keys opens no circuit, and asks three of them', async () => {
    answer = (sent) => (isPoison(sent) ? bad(500, 'Oops') : good())
    await addKeys(6)
    expect(await ask(hostile, 'm1', poison)).toMatchObject({ status: 502, calls: 3 })
    for (const person of [hostile, other]) expect((await ask(person)).status).toBe(200)
  })

  it('again and again shuts the model for that caller alone', async () => {
    answer = (sent) => (isPoison(sent) ? bad(500, 'Oops') : good())
    await addKeys(1)
    for (let time = 0; time < 5; time++) await ask(hostile, 'm1', poison)
    expect((await ask(hostile)).status).toBe(502)
    expect((await ask(other)).status).toBe(200)
    for (let time = 0; time < 5; time++) await ask(hostile, 'm1', poison)
    expect((await ask(other)).status).toBe(200)
  })

  it('costs three requests where the provider is down and no one else asks', async () => {
    answer = () => bad(503, 'Down')
    await addKeys(1)
    for (let time = 0; time < 10; time++) await ask(hostile)
    // The first two make their call again after a moment; the third opens the circuit.
    expect(called).toHaveLength(5)
    // The first failure of a second caller makes it everyone's.
    await ask(other)
    await ask(admin)
    expect(called).toHaveLength(6)
  })
})

describe('a model that one request misses', () => {
  it.each<[string, object]>([
    ['models', { models: ['bogus'] }],
    ['provider', { provider: { only: ['nobody'] } }],
    ['route', { route: 'bogus' }],
    ['plugins', { plugins: [{ id: 'bogus' }] }],
  ])('by what it picks beside it serves everyone else: %s', async (field, more) => {
    answer = (sent) =>
      field in sent ? bad(404, 'No endpoints found for m1. The model does not exist.', { code: 404 }) : good()
    await addKeys(3)
    for (let time = 0; time < 3; time++) {
      const { status, calls } = await ask(hostile, 'm1', more)
      expect({ status, calls }).toEqual({ status: 404, calls: 1 })
    }
    expect(await ask(other)).toMatchObject({ status: 200, calls: 1 })
  })

  it('only by words serves everyone else where two keys say the same', async () => {
    answer = (sent) => (isPoison(sent) ? bad(400, 'This model has been retired.') : good())
    await addKeys(3)
    for (let time = 0; time < 3; time++) expect((await ask(hostile, 'm1', poison)).calls).toBe(2)
    expect(await ask(other)).toMatchObject({ status: 200, calls: 1 })
  })

  it.each([
    [410, 'Gone'],
    [403, 'Forbidden'],
    [404, 'This model has been retired.'],
  ])('by a %i without a code serves everyone else with the only key: %s', async (status, words) => {
    answer = (sent) => (isPoison(sent) ? bad(status, words) : good())
    await addKeys(1)
    for (let time = 0; time < 3; time++) {
      await ask(hostile, 'm1', poison)
      expect(await ask(other)).toMatchObject({ status: 200 })
    }
  })

  it('by a 410 from two keys is nobody’s fault, and the next candidate is asked', async () => {
    answer = (sent) => (sent.model === 'm1' ? bad(410, 'Gone') : good())
    await addKeys(2)
    const candidates = [
      { provider: id, model: 'm1' },
      { provider: id, model: 'm2' },
    ]
    await call('PUT', `/api/routes/gone-${turn}`, { candidates }, other.session)
    const context = createExecutionContext()
    const response = await app.fetch(
      new Request('http://localhost/v1/chat/completions', {
        method: 'POST',
        headers: { authorization: `Bearer ${other.token}` },
        body: JSON.stringify({ model: `gone-${turn}`, messages: [{ role: 'user', content: 'Hi' }] }),
      }),
      env,
      context,
    )
    await waitOnExecutionContext(context)
    expect(response.status).toBe(200)
    expect(called.map(({ model }) => model)).toEqual(['m1', 'm1', 'm2'])
  })
})

it.each([
  ['values in a field of no dialect', { more: Array(480_000).fill(1) }],
  [
    'texts of one message',
    {
      messages: [
        { role: 'user', content: Array.from({ length: 160_000 }, () => ({ type: 'text', text: 'x' })) },
      ],
    },
  ],
  [
    'calls of one message',
    {
      messages: [
        { role: 'user', content: 'x' },
        {
          role: 'assistant',
          tool_calls: Array.from({ length: 70_000 }, (_, at) => ({
            id: `c${at}`,
            type: 'function',
            function: { name: 'f', arguments: '{}' },
          })),
        },
      ],
    },
  ],
])('as many %s as a body may hold are no fault of the hub', async (_what, more) => {
  await addKeys(1)
  expect(await ask(hostile, 'm1', more)).toMatchObject({ status: 200, calls: 1 })
})

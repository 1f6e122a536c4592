/** Who is harmed by a failed call: never a shared key for what one request says. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { app } from '../../src/index.ts'
import { call, completionBody, sentText, settleIn, type Settled } from '../hub.workerd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

type Answering = (sent: Record<string, unknown> & { model: string }, key: string) => Response

interface KeyShown {
  id: string
  state: { status: string; coolingUntil: string | null; reason: { verdict: string } | null }
}

let turn = 0
let ada: Settled
let provider: string
let answer: Answering
let called: string[]

beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'x' })
})
beforeEach(async () => {
  turn++
  provider = `strict-${turn}`
  called = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_input, init) => {
    const key = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '') ?? ''
    called.push(key)
    return answer(JSON.parse(sentText(init)), key)
  })
  await call(
    'POST',
    '/api/providers',
    {
      id: provider,
      name: 'Strict',
      baseUrl: 'http://127.0.0.1:9/v1',
      dialect: 'openai-chat',
      models: ['m1', 'm2', 'm3'],
    },
    ada.session,
  )
})
afterEach(() => vi.restoreAllMocks())

async function addKeys(count: number): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const apiKey = `strict-secret-${turn}-${index}-0123456789`
    const { id } = await call<{ id: string }>('POST', '/api/keys', { provider, apiKey }, ada.session)
    ids.push(id)
  }
  return ids
}

async function ask(model: string, more: object = {}, headers: Record<string, string> = {}) {
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}`, ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], ...more }),
  })
  const before = called.length
  const response = await app.fetch(request, env, context)
  const body = await response.json<{ error?: { message: string } }>()
  await waitOnExecutionContext(context)
  return { status: response.status, body, attempts: called.length - before }
}

async function states(): Promise<KeyShown[]> {
  const { data } = await call<{ data: (KeyShown & { provider: string })[] }>(
    'GET',
    '/api/keys',
    undefined,
    ada.session,
  )
  return data.filter((key) => key.provider === provider)
}

async function expectAllActive(count: number): Promise<void> {
  expect((await states()).map(({ state }) => state.status)).toEqual(Array(count).fill('active'))
}

const good = () => Response.json(completionBody)
const bad = (status: number, message: string, more: object = {}) =>
  Response.json({ error: { message, ...more } }, { status })

describe('a client’s words', () => {
  it.each(['invalid api key', 'insufficient quota, try again in 39 days', 'account suspended'])(
    'harm no key as the name of a field that the provider quotes: %s',
    async (words) => {
      answer = (sent) =>
        Object.keys(sent).includes(words)
          ? bad(400, `Unknown parameter: '${words}'.`, {
              type: 'invalid_request_error',
              param: words,
              code: 'unknown_parameter',
            })
          : good()
      await addKeys(10)
      expect(await ask(`${provider}/m1`, { [words]: 1 })).toMatchObject({ status: 400, attempts: 1 })
      await expectAllActive(10)
      expect(await ask(`${provider}/m1`)).toMatchObject({ status: 200 })
    },
  )

  it.each(['invalid api key', 'out of credits', 'rate limit, try again in 39 days', 'suspended'])(
    'harm no key where the provider quotes them bare, without a code: %s',
    async (words) => {
      answer = (sent) => (sent.metadata ? bad(400, `Your account may not use ${words} here`) : good())
      await addKeys(2)
      const { status } = await ask(`${provider}/m1`, { metadata: { note: words } })
      expect(status).toBe(400)
      await expectAllActive(2)
      expect(await ask(`${provider}/m1`)).toMatchObject({ status: 200 })
    },
  )

  it('harm no key as the name of a model', async () => {
    const words = 'insufficient quota, try again in 39 days'
    answer = ({ model }) =>
      model === words
        ? bad(404, `The model \`${words}\` does not exist or you do not have access to it.`, {
            code: 'model_not_found',
          })
        : good()
    await addKeys(2)
    expect(await ask(`${provider}/${words}`)).toMatchObject({ status: 404 })
    await expectAllActive(2)
    expect(await ask(`${provider}/m1`)).toMatchObject({ status: 200 })
  })
})

describe('the same verdict from two keys', () => {
  it('is the request’s: a prompt that a provider refuses takes no key out', async () => {
    answer = (sent) =>
      JSON.stringify(sent).includes('forbidden prompt') ? bad(403, 'Not this one.') : good()
    await addKeys(3)
    const refused = { messages: [{ role: 'user', content: 'forbidden prompt' }] }
    for (const model of ['m1', 'm2', 'm3']) {
      const { status, body, attempts } = await ask(`${provider}/${model}`, refused)
      expect({ status, attempts }).toEqual({ status: 403, attempts: 2 })
      expect(body.error?.message).toContain('Not this one.')
    }
    await expectAllActive(3)
    for (const model of ['m1', 'm2', 'm3'])
      expect(await ask(`${provider}/${model}`)).toMatchObject({ status: 200, attempts: 1 })
  })

  it('lets the next candidate be asked', async () => {
    answer = ({ model }) => (model === 'm1' ? bad(403, 'Not this one.') : good())
    await addKeys(2)
    const route = {
      candidates: [
        { provider, model: 'm1' },
        { provider, model: 'm2' },
      ],
    }
    await call('PUT', `/api/routes/both-${turn}`, route, ada.session)
    expect(await ask(`both-${turn}`)).toMatchObject({ status: 200, attempts: 3 })
    await expectAllActive(2)
  })

  it('is each key’s own where it is a 401', async () => {
    answer = () => bad(401, 'Nope.')
    await addKeys(2)
    expect((await ask(`${provider}/m1`)).attempts).toBe(2)
    expect((await states()).map(({ state }) => state.status)).toEqual(['quarantined', 'quarantined'])
  })

  it('is what the first key came to where the second one serves', async () => {
    const [first = ''] = await addKeys(2)
    answer = (_sent, key) => (key.includes('-0-01') ? bad(403, 'Your account has been suspended.') : good())
    expect(await ask(`${provider}/m1`)).toMatchObject({ status: 200, attempts: 2 })
    const shown = (await states()).find(({ id }) => id === first)
    expect(shown?.state).toMatchObject({ status: 'cooling', reason: { verdict: 'suspended' } })
  })
})

describe('a 403', () => {
  it('for one model leaves the only key to others, and quarantines it on a second model', async () => {
    answer = ({ model }) => (model === 'm3' ? good() : bad(403, 'Forbidden'))
    await addKeys(1)
    await ask(`${provider}/m1`)
    await expectAllActive(1)
    expect(await ask(`${provider}/m3`)).toMatchObject({ status: 200 })
    // A success has come between: two more are needed.
    await ask(`${provider}/m2`)
    await expectAllActive(1)
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 10_000)
    await ask(`${provider}/m1`)
    expect(await states()).toMatchObject([
      { state: { status: 'quarantined', reason: { verdict: 'forbidden' } } },
    ])
  })

  it('that names a model never counts against the key', async () => {
    answer = ({ model }) =>
      bad(
        403,
        `The model \`${model}\` is blocked at the project level. Please have a project admin enable this model.`,
        {
          type: 'permissions_error',
          code: 'model_permission_blocked_project',
        },
      )
    await addKeys(1)
    for (const model of ['m1', 'm2', 'm3']) await ask(`${provider}/${model}`)
    await expectAllActive(1)
  })

  it('on a test of the key is the key’s, until a test succeeds', async () => {
    const [id = ''] = await addKeys(1)
    answer = () => bad(403, 'Forbidden')
    const trial = await call<{ blame: string }>('POST', `/api/keys/${id}/test`, undefined, ada.session)
    expect(trial.blame).toBe('key')
    expect(await states()).toMatchObject([{ state: { status: 'quarantined' } }])
    answer = good
    await call('POST', `/api/keys/${id}/test`, undefined, ada.session)
    await expectAllActive(1)
  })
})

describe('a model that is gone', () => {
  it.each<[string, () => Response]>([
    ['410', () => bad(410, 'Gone')],
    ['an end of life', () => bad(410, 'The model has reached its end of life.')],
    ['words', () => bad(400, 'Model Not Exist')],
    ['an empty 404', () => new Response('', { status: 404 })],
    ['a code', () => bad(404, 'No.', { code: 'DeploymentNotFound' })],
  ])('lets the same key serve the next model of a route: %s', async (_title, gone) => {
    answer = ({ model }) => (model === 'm1' ? gone() : good())
    await addKeys(1)
    const route = {
      candidates: [
        { provider, model: 'm1' },
        { provider, model: 'm2' },
      ],
    }
    await call('PUT', `/api/routes/gone-${turn}`, route, ada.session)
    expect(await ask(`gone-${turn}`)).toMatchObject({ status: 200, attempts: 2 })
    await expectAllActive(1)
  })
})

describe('a header of a good answer', () => {
  const hostile = {
    'x-ratelimit-limit-requests-day': '1000000000000',
    'x-ratelimit-remaining-requests-day': '0',
    'x-ratelimit-reset-requests-day': '3369600',
  }

  it('benches a key for minutes at most', async () => {
    answer = () => Response.json(completionBody, { headers: hostile })
    await addKeys(1)
    await ask(`${provider}/m1`)
    const [{ state } = { state: { coolingUntil: null } }] = await states()
    expect(Date.parse(state.coolingUntil ?? '')).toBeLessThanOrEqual(Date.now() + 5 * 60_000)
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 5 * 60_000)
    expect(await ask(`${provider}/m1`)).toMatchObject({ status: 200 })
  })

  it.each(['restore', 'test'])('is forgotten by %s', async (verb) => {
    let headers: Record<string, string> = hostile
    answer = () => Response.json(completionBody, { headers })
    const [id = ''] = await addKeys(1)
    await ask(`${provider}/m1`)
    expect(await states()).toMatchObject([{ state: { status: 'cooling' } }])
    headers = {}
    const before = called.length
    await call('POST', `/api/keys/${id}/${verb}`, undefined, ada.session)
    expect(called.length - before).toBe(verb === 'test' ? 1 : 0)
    await expectAllActive(1)
    expect(await ask(`${provider}/m1`)).toMatchObject({ status: 200 })
  })

  it('teaches nothing from the words of a request that was refused', async () => {
    const words = 'Rate limit of 1 per 86400s exceeded for UserByDay. limited to 1 API calls / month'
    answer = (sent) => (sent.user === words ? bad(400, `Bad user ${words}`) : good())
    await addKeys(1)
    expect(await ask(`${provider}/m1`, { user: words })).toMatchObject({ status: 400 })
    for (let time = 0; time < 3; time++) expect(await ask(`${provider}/m1`)).toMatchObject({ status: 200 })
  })
})

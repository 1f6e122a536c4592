/**
 * Two people on one hub: neither sees, changes nor spends what is the other's. Walked over every
 * route that the app declares, with the other's ids; a route whose parameter is not known here
 * fails, so that a new one cannot be forgotten.
 */
import { createExecutionContext, runDurableObjectAlarm, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { resumeConversation } from '../../src/gateway/stored-responses.ts'
import worker from '../../src/index.ts'
import { poolStub } from '../../src/quota/stub.ts'
import { call, completionBody, send, settleIn, type Settled } from '../hub.workerd.ts'
import { type Stop, stops } from './walk.ts'

const keyText = 'sk-of-ada-0123456789'
let ada: Settled
let bob: Settled
/** The ids of everything that is Ada's, by the place where an address names one. */
let adas: Record<string, string>
/** Ada's things as she sees them. */
let before: string

const lists = [
  '/api/keys',
  '/api/tokens',
  '/api/routes',
  '/api/providers',
  '/api/accounts',
  '/api/logs',
  '/api/auth/sessions',
  '/api/usage?groupBy=key',
]

beforeAll(async () => {
  // The admin is neither of them.
  await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'admin')
  ada = await settleIn({ provider: 'openai', apiKey: keyText }, 'ada')
  bob = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'bob')
  const own = {
    id: 'adas-own',
    name: 'Own',
    baseUrl: 'https://93.184.215.14/v1',
    dialect: 'openai-chat',
    models: ['adas-model'],
  }
  await call('POST', '/api/providers', own, ada.session)
  await call('POST', '/api/keys', { provider: own.id, apiKey: keyText }, ada.session)
  await call('POST', '/api/accounts', { provider: 'openai', name: 'adas-account' }, ada.session)
  const candidates = [{ provider: own.id, model: 'adas-model' }]
  await call('POST', '/api/routes', { name: 'adas-route', candidates }, ada.session)
  await chat(ada, 'openai/gpt-fake')
  await runDurableObjectAlarm(poolStub(env, ada.userId, 'openai'))

  const first = async (path: string): Promise<string> => {
    const { data } = await call<{ data: { id: string }[] }>('GET', path, undefined, ada.session)
    return data[0]?.id ?? ''
  }
  adas = {
    '/api/keys/:id': await first('/api/keys'),
    '/v1/admin/keys/:id': await first('/api/keys'),
    '/api/accounts/:id': await first('/api/accounts'),
    '/api/tokens/:id': await first('/api/tokens'),
    '/api/logs/:id': await first('/api/logs'),
    '/v1/admin/logs/:id': await first('/api/logs'),
    '/api/auth/sessions/:id': await first('/api/auth/sessions'),
    '/v1/auth/sessions/:id': await first('/api/auth/sessions'),
    '/api/routes/:name': 'adas-route',
    '/api/providers/:id': own.id,
    '/v1/models/:id': `${own.id}/adas-model`,
    '/v1beta/models/:id': `${own.id}/adas-model`,
  }
  before = await whatAdaSees()
})
beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(completionBody))
})
afterEach(() => vi.restoreAllMocks())

async function whatAdaSees(): Promise<string> {
  const seen = await Promise.all(lists.map((path) => call('GET', path, undefined, ada.session)))
  return JSON.stringify(seen, (name, value: unknown) => (name === 'lastUsedAt' ? null : value))
}

async function chat(as: Settled, model: string, more: object = {}): Promise<Response> {
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${as.token}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], ...more }),
  })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(completionBody))
  const response = await worker.fetch(request, env, context)
  await waitOnExecutionContext(context)
  return response
}

/** The place at the beginning of an address where one of Ada's things is named. */
function placeOf({ path }: Stop): string {
  return /^.*?:\w+/.exec(path)?.[0] ?? path
}

/** Routes that name something in their address, and may be called by a person or a client. */
const naming = stops.filter(
  ({ params, declaration }) =>
    params.length > 0 && (declaration.guard === 'user' || declaration.guard === 'caller'),
)

/**
 * The model in Gemini's address is looked for like any other: the answer is its error, and no id of
 * Ada's opens anything.
 */
const asModels = new Set(['POST /v1beta/:call{.+}', 'POST /v1/models/:call{.+}'])
/** A name is everybody's own: Bob's PUT makes a route of his. */
const ownNames = new Set(['PUT /api/routes/:name'])

/**
 * What an answer says; of a stream that goes on for as long as somebody looks, all that it says
 * first.
 */
async function whatIsSaid(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text()
  const decoder = new TextDecoder()
  let text = ''
  // Leaving the loop cancels the stream.
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true })
    if (text.includes('event: begun')) break
  }
  return text
}

describe('as another user', () => {
  const walked = naming.filter(({ name }) => !asModels.has(name) && !ownNames.has(name))

  it('this walk has somewhere to go', () => {
    expect(walked.length).toBeGreaterThan(15)
  })

  it.each(walked.map((stop) => [stop.name, stop] as const))(
    '%s answers 404 to the id of somebody else',
    async (_, stop) => {
      const id = adas[placeOf(stop)]
      if (id === undefined) throw new Error(`Say in this test what of Ada's ${stop.name} names.`)
      const address = stop.address({ [stop.params[0] ?? '']: id })
      const response = await send(stop.method, address, { body: stop.body, as: bob.session })
      const text = await response.text()
      expect([response.status, text]).toEqual([404, expect.stringContaining('NOT_FOUND')])
      // To Bob it is just as something that was never there.
      const nothing = stop.address({ [stop.params[0] ?? '']: 'never-there' })
      const never = await (await send(stop.method, nothing, { body: stop.body, as: bob.session })).text()
      const said = (answer: string): string => answer.replaceAll(/req_\w+/g, '').replaceAll(id, 'never-there')
      expect(said(text)).toBe(said(never))
    },
  )

  it.each(walked.filter(({ method }) => method === 'GET').map((stop) => [stop.name, stop] as const))(
    '%s answers its owner, so that the walk is about something',
    async (_, stop) => {
      const address = stop.address({ [stop.params[0] ?? '']: adas[placeOf(stop)] ?? '' })
      expect((await send(stop.method, address, { as: ada.session })).status).toBe(200)
    },
  )

  it.each(
    stops
      .filter(
        ({ method, params, declaration }) =>
          method === 'GET' && params.length === 0 && declaration.guard !== 'admin',
      )
      .map((stop) => [stop.name, stop] as const),
  )('%s shows nothing of somebody else', async (_, stop) => {
    const text = await whatIsSaid(await send('GET', stop.address(), { as: bob.session }))
    for (const id of [...Object.values(adas), ada.userId, ada.token, keyText, '6789', 'ada"'])
      expect(text).not.toContain(id)
  })

  it('a route of one’s own may have the name of somebody else’s', async () => {
    const candidates = [{ provider: 'sandbox' }]
    await call('PUT', '/api/routes/adas-route', { candidates }, bob.session)
    expect((await chat(bob, 'adas-route')).headers.get('x-llm-provider')).toBe('sandbox')
    await call('DELETE', '/api/routes/adas-route', undefined, bob.session)
  })

  it('nothing of Ada’s was changed by all this', async () => {
    expect(await whatAdaSees()).toBe(before)
  })
})

describe('what is spent', () => {
  it.each([
    ['openai/gpt-fake', 'a provider that she has a key for', 400],
    ['adas-own/adas-model', 'her custom provider', 404],
    ['adas-route', 'her route', 404],
    ['adas-model', 'a model that only her provider names', 404],
  ])('is never somebody else’s: Bob asks for %s, %s', async (model, _, status) => {
    const refused = await chat(bob, model)
    expect(refused.status).toBe(status)
    expect(await refused.text()).not.toContain(ada.userId)
    expect(fetch).not.toHaveBeenCalled()
  })

  it.each([...asModels])('is never somebody else’s in Gemini’s address: %s', async (name) => {
    const stop = stops.find((candidate) => candidate.name === name)
    const address = stop?.address({ call: 'models/adas-own/adas-model:generateContent' }) ?? ''
    const body = { contents: [{ parts: [{ text: 'Hello' }] }] }
    const refused = await send('POST', address, { body, as: bob.token })
    expect(refused.status).toBe(404)
    expect(fetch).not.toHaveBeenCalled()
  })

  it('is one’s own for one’s own requests', async () => {
    expect((await chat(ada, 'openai/gpt-fake')).status).toBe(200)
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it('stands in one’s own log and sums only', async () => {
    await chat(bob, 'sandbox/echo')
    await runDurableObjectAlarm(poolStub(env, bob.userId, 'sandbox'))
    const owners = async (as: Settled) => {
      const { data } = await call<{ data: { owner: string }[] }>('GET', '/api/logs', undefined, as.session)
      return [...new Set(data.map(({ owner }) => owner))]
    }
    expect(await owners(bob)).toEqual([bob.userId])
    expect(await owners(ada)).toEqual([ada.userId])
  })
})

describe('a conversation that is kept', () => {
  it('is gone on from by its owner, and is nothing to anybody else', async () => {
    const context = createExecutionContext()
    const request = new Request('http://localhost/v1/responses', {
      method: 'POST',
      headers: { authorization: `Bearer ${ada.token}` },
      body: JSON.stringify({ model: 'sandbox/echo', input: 'The word is xylophone.' }),
    })
    const { id } = await (await worker.fetch(request, env, context)).json<{ id: string }>()
    await waitOnExecutionContext(context)
    const goOn = async (as: Settled): Promise<string> => {
      const body = { input: 'What is the word?', previous_response_id: id }
      return JSON.stringify(await resumeConversation(env, as.userId, body, Date.now(), () => {}))
    }
    expect(await goOn(ada)).toContain('xylophone')
    expect(await goOn(bob)).not.toContain('xylophone')
  })
})

describe('a key that is removed', () => {
  it('is not used by the next request, in an isolate that has just used it', async () => {
    const carol = await settleIn({ provider: 'groq', apiKey: 'gsk_first-0123456789' }, 'carol')
    const second = await call<{ id: string }>(
      'POST',
      '/api/keys',
      { provider: 'groq', apiKey: 'gsk_second-9876543210' },
      carol.session,
    )
    const served = await chat(carol, 'groq/llama')
    const first = served.headers.get('x-llm-key-id') ?? ''
    expect(first).not.toBe(second.id)
    await call('DELETE', `/api/keys/${first}`, undefined, carol.session)
    expect((await chat(carol, 'groq/llama')).headers.get('x-llm-key-id')).toBe(second.id)
    await call('DELETE', `/api/keys/${second.id}`, undefined, carol.session)
    expect((await chat(carol, 'groq/llama')).status).toBe(400)
  })
})

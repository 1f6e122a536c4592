/**
 * A member's own provider row, whose prices they enter: it neither burns nor dodges what the team
 * may spend.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { app } from '../../src/index.ts'
import { call, completionBody, refusal, settleIn, type Settled } from '../hub.workerd.ts'

vi.setConfig({ testTimeout: 60_000 })

let admin: Settled
let mallory: Settled
let behave: (url: string) => Response

const usage = { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 }
/** 2,000 tokens at GPT-4.1's $2 and $8 for a million. */
const sharedCost = 0.01
const dear = { input: 50_000, output: 50_000 }
const ownCost = 100

const addRow = (person: Settled, id: string, prices: object): Promise<unknown> =>
  call(
    'POST',
    '/api/providers',
    { id, name: id, baseUrl: 'https://93.184.215.14/v1', dialect: 'openai-chat', models: ['m'], prices },
    person.session,
  )

beforeAll(async () => {
  admin = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'admin')
  await call(
    'POST',
    '/api/keys',
    { provider: 'openai', apiKey: 'sk-shared-0000000001', shared: true },
    admin.session,
  )
  mallory = await settleIn({ provider: 'sandbox', apiKey: 'x' }, 'mallory')
  await addRow(mallory, 'dear', { m: dear })
  await addRow(mallory, 'unpriced', {})
  for (const provider of ['dear', 'unpriced'])
    await call('POST', '/api/keys', { provider, apiKey: `key-of-${provider}-2` }, mallory.session)
  const candidates = [
    { provider: 'dear', model: 'm' },
    { provider: 'openai', model: 'gpt-4.1' },
  ]
  await call('POST', '/api/routes', { name: 'mixed', candidates }, mallory.session)
}, 60_000)
beforeEach(() => {
  behave = () => Response.json({ ...completionBody, usage })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) =>
    behave(input instanceof Request ? input.url : input.toString()),
  )
})
afterEach(() => vi.restoreAllMocks())

interface State {
  windows: { used: number; reserved: number }[]
  budget: { spent: number; reserved: number } | null
}
interface ShownTeam {
  id: string
  state: State
}

async function joinTeam(caps: object): Promise<ShownTeam> {
  const team = await call<ShownTeam>(
    'POST',
    '/api/teams',
    { name: `T${Math.random()}`, ...caps },
    admin.session,
  )
  await call('PATCH', `/api/users/${mallory.userId}`, { team: team.id }, admin.session)
  return team
}

const stateOf = async ({ id }: ShownTeam): Promise<State> =>
  (await call<ShownTeam>('GET', `/api/teams/${id}`, undefined, admin.session)).state

async function ask(model: string, token = mallory.token): Promise<{ status: number; text: string }> {
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({
      model,
      max_tokens: 1_000,
      messages: [{ role: 'user', content: 'x'.repeat(4_000) }],
    }),
  })
  const response = await app.fetch(request, env, context)
  const text = await response.text()
  await waitOnExecutionContext(context)
  return { status: response.status, text }
}

const capped = {
  budget: { amount: 1, per: 'month' },
  limits: [{ unit: 'tokens', per: 'day', limit: 100_000 }],
}

describe('a call of a member’s own provider row', () => {
  it('is charged to nothing of the team, whatever the price', async () => {
    const team = await joinTeam(capped)
    for (const model of ['dear/m', 'dear/m', 'unpriced/m']) expect((await ask(model)).status).toBe(200)
    const state = await stateOf(team)
    expect(state.budget).toMatchObject({ spent: 0, reserved: 0 })
    expect(state.windows[0]).toMatchObject({ used: 0, reserved: 0 })
  })

  it('is charged to the token and the person', async () => {
    await joinTeam({})
    const budget = { amount: 150, per: 'month' }
    const made = await call<{ id: string; token: string }>(
      'POST',
      '/api/tokens',
      { name: 't', budget },
      mallory.session,
    )
    await call('PATCH', `/api/users/${mallory.userId}`, { budget }, admin.session)
    expect((await ask('dear/m', made.token)).status).toBe(200)
    expect((await ask('dear/m', made.token)).text).toContain('BUDGET_EXCEEDED')
    expect((await ask('unpriced/m', made.token)).status).toBeGreaterThanOrEqual(400)
    const { data } = await call<{ data: { id: string; state: State }[] }>(
      'GET',
      '/api/users',
      undefined,
      admin.session,
    )
    const person = data.find(({ id }) => id === mallory.userId)
    expect(person?.state.budget?.spent).toBeCloseTo(ownCost, 6)
    await call('PATCH', `/api/users/${mallory.userId}`, { budget: null }, admin.session)
  })

  it('before one that the team pays leaves only the latter to it', async () => {
    const team = await joinTeam(capped)
    behave = (url) =>
      url.includes('93.184') && !url.includes('openai')
        ? new Response('data: {"choices":[{"delta":{}}]}', {
            headers: { 'content-type': 'text/event-stream' },
          })
        : Response.json({ ...completionBody, usage })
    expect((await ask('mixed')).status).toBe(200)
    const state = await stateOf(team)
    expect(state.budget?.spent).toBeCloseTo(sharedCost, 6)
    expect(state.windows[0]?.used).toBe(2_000)
  })

  it('gives back what was reserved of the team, where it served instead', async () => {
    const team = await joinTeam(capped)
    const { data } = await call<{ data: { id: string }[] }>('GET', '/api/keys', undefined, mallory.session)
    for (const { id } of data) await call('POST', `/api/keys/${id}/restore`, undefined, mallory.session)
    expect((await ask('mixed')).status).toBe(200)
    const state = await stateOf(team)
    expect(state.budget).toMatchObject({ spent: 0, reserved: 0 })
    expect(state.windows[0]).toMatchObject({ used: 0, reserved: 0 })
  })
})

describe('a call of a shared key', () => {
  it('is charged to the team at the price of the hub, whatever rows a member has', async () => {
    const team = await joinTeam(capped)
    await addRow(mallory, 'openai', { 'gpt-4.1': { input: 0, output: 0 } }).catch(() => {})
    expect((await ask('openai/gpt-4.1')).status).toBe(200)
    expect((await stateOf(team)).budget?.spent).toBeCloseTo(sharedCost, 6)
  })

  it('is refused where its price is not known, although an own row has none either', async () => {
    await joinTeam(capped)
    expect((await ask('openai/gpt-of-no-price')).status).toBeGreaterThanOrEqual(400)
  })
})

describe('a price that a person enters', () => {
  it.each([-1, 1e6, '5', null, 'NaN'])('is not %s', async (input) => {
    const fields = { name: 'x', baseUrl: 'https://93.184.215.14/v1', dialect: 'openai-chat', models: ['m'] }
    const body = { id: 'absurd', ...fields, prices: { m: { input, output: 1 } } }
    const refused = await refusal('POST', '/api/providers', body, mallory.session)
    expect(JSON.stringify(refused)).toContain('prices')
  })
})

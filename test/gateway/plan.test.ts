import { describe, expect, it } from 'vitest'
import { HubError } from '../../src/errors.ts'
import type { Needs } from '../../src/gateway/capabilities.ts'
import type { Plan } from '../../src/gateway/plan.ts'
import { catalog } from '../../src/providers/catalog.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { ask, customRow, everywhere, names, noNeeds, reach } from './planned.ts'

// GitHub Models has ended.
const alive = everywhere.reach.filter(({ provider }) => provider !== 'github')

describe('the default routes', () => {
  it.each([
    ['smart', ['openai/*', 'anthropic/*', 'gemini/*']],
    ['fast', ['groq/*', 'openai/*', 'gemini/*']],
    ['cheap', ['deepseek/*', 'groq/*', 'gemini/*']],
  ])('%s tries %j', (name, order) => expect(names(ask(name, { in: everywhere }))).toEqual(order))

  it('any, and no model at all, try every provider, custom ones too', () => {
    const own = customRow('mine')
    const plan = ask('any', {
      in: { providers: [own], reach: [...everywhere.reach, reach('mine', { rowOwner: 'usr_1' })] },
    })
    expect(names(plan)).toHaveLength(alive.length + 1)
    expect(names(ask('', { in: everywhere }))).toHaveLength(alive.length)
  })

  it('never ask a provider that has ended, and a route that names one says so', () => {
    expect(names(ask('any', { in: everywhere }))).not.toContain('github/*')
    const candidates = [{ provider: 'github', model: 'openai/gpt-4.1' }, { provider: 'groq' }]
    const old = { owner: 'usr_1', name: 'old', order: 'listed' as const, candidates }
    expect(ask('old', { in: { ...everywhere, routes: [old] } })).toMatchObject({
      candidates: [{ providerId: 'groq' }],
      leftOut: [{ provider: 'github', reason: 'shut down on 2026-07-30' }],
    })
  })

  it('leave out providers without a key, and say so', () => {
    const plan = ask('smart', { in: { reach: [reach('gemini')] } })
    expect(plan).toMatchObject({
      candidates: [{ providerId: 'gemini' }],
      leftOut: [{ provider: 'openai', reason: 'no key' }, { provider: 'anthropic' }],
    })
  })
})

it('tries models that see an image of an earlier turn before those that are told of it', () => {
  const seen = new Set(['image'] as const)
  const needs: Needs = { ...noNeeds, input: seen, asked: new Set() }
  const candidates = [
    { provider: 'groq', model: 'openai/gpt-oss-20b' },
    { provider: 'openai', model: 'gpt-5.4-mini' },
  ]
  const known = {
    ...everywhere,
    routes: [{ owner: 'usr_1', name: 'r', order: 'listed' as const, candidates }],
  }
  const inOrder = ['openai/gpt-5.4-mini', 'groq/openai/gpt-oss-20b']
  expect(names(ask('r', { in: known, needs }))).toEqual(inOrder)
  expect(names(ask('r', { in: known, needs: { ...needs, asked: seen } }))).toEqual(inOrder.slice(0, 1))
  expect(names(ask('r', { in: known }))).toEqual(inOrder.toReversed())
})

describe('a bare id that is newer than the table', () => {
  it.each([
    ['claude-haiku-6', 'anthropic'],
    ['gpt-7-nano', 'openai'],
    ['o9-mini', 'openai'],
    ['gemini-4-flash', 'gemini'],
    ['grok-9', 'xai'],
  ])('%s is asked of its vendor where there is a key', (asked, vendor) => {
    expect(names(ask(asked, { in: everywhere }))).toEqual([`${vendor}/${asked}`])
    expect(names(ask(asked, { in: { reach: [reach('groq')] } }))).toBe('NOT_FOUND')
    expect(names(ask(asked, { in: everywhere, allowedModels: ['gpt-4.1'] }))).toBe('FORBIDDEN')
  })

  it.each(['llama-9', 'my-claude-', 'orca', 'x-gpt-1'])('%s is nobody’s', (asked) => {
    expect(names(ask(asked, { in: everywhere }))).toBe('NOT_FOUND')
  })
})

it('every default model of a built-in provider takes tools, as far as is known', () => {
  for (const [id, provider] of Object.entries(catalog)) {
    const { defaultModel, models } = provider as Provider
    expect(models[defaultModel]?.tools, id).not.toBe(false)
  }
})

it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'the name %s, which every object has, is no model of a custom provider',
  (asked) => {
    const mine = {
      owner: 'usr_1',
      id: 'mine',
      name: 'Mine',
      baseUrl: 'https://m.example.org',
      dialect: 'openai-chat' as const,
      models: ['m'],
      headers: {},
      sealedHeaders: null,
      byAdmin: false,
      prices: {},
      dialects: {},
      modelFacts: {},
      listedModels: {},
      keyless: false,
    }
    const known = { providers: [mine], reach: [reach('mine', { rowOwner: 'usr_1' })] }
    expect(names(ask(asked, { in: known }))).toBe('NOT_FOUND')
    expect(names(ask('m', { in: known }))).toEqual(['mine/m'])
  },
)

describe('a name', () => {
  const route = {
    owner: 'usr_1',
    name: 'smart',
    order: 'listed' as const,
    candidates: [{ provider: 'groq', model: 'm' }],
  }
  const hubRoute = { ...route, owner: 'hub', candidates: [{ provider: 'mistral' }] }

  it("is the user's own route before the hub's before the default", () => {
    expect(names(ask('smart', { in: { ...everywhere, routes: [route, hubRoute] } }))).toEqual(['groq/m'])
    expect(names(ask('smart', { in: { ...everywhere, routes: [hubRoute] } }))).toEqual(['mistral/*'])
  })

  it('is an exact route before a pattern', () => {
    const pattern = { ...route, name: 'claude-*', candidates: [{ provider: 'anthropic' }] }
    const exact = { ...route, name: 'claude-x' }
    expect(names(ask('claude-x', { in: { ...everywhere, routes: [pattern, exact] } }))).toEqual(['groq/m'])
    expect(names(ask('claude-y', { in: { ...everywhere, routes: [pattern, exact] } }))).toEqual([
      'anthropic/*',
    ])
  })

  it.each([
    ['groq/llama-x', ['groq/llama-x']],
    ['openrouter/meta-llama/llama-3:free', ['openrouter/meta-llama/llama-3:free']],
    ['hf/org/model:fast', ['huggingface/org/model:fast']],
    ['google/gemini-x', ['gemini/gemini-x']],
    ['claude/opus', ['anthropic/opus']],
    ['groq', ['groq/*']],
  ])('%s is split at the first slash where that is a provider: %j', (asked, order) => {
    expect(names(ask(asked, { in: everywhere }))).toEqual(order)
  })

  it('that is bare is what a key names first, then the catalogue', () => {
    const named = {
      reach: [reach('together', { allowedModels: ['qwen-*'] }), reach('groq', { defaultModel: 'qwen-3' })],
    }
    expect(names(ask('qwen-3', { in: named }))).toEqual(['together/qwen-3', 'groq/qwen-3'])
    const [model = ''] = Object.keys(catalog.mistral.models)
    expect(names(ask(model, { in: everywhere }))).toContain(`mistral/${model}`)
  })

  it('that means nothing is NOT_FOUND', () => {
    expect(names(ask('nonsense', { in: everywhere }))).toBe('NOT_FOUND')
    expect(names(ask('nobody/nonsense', { in: everywhere }))).toBe('NOT_FOUND')
  })
})

describe('a candidate', () => {
  it('is asked in private pools before shared ones', () => {
    const plan = ask('groq/m', { in: { reach: [reach('groq', { poolOwner: 'hub' }), reach('groq')] } })
    expect(plan).toMatchObject({ candidates: [{ poolOwners: ['usr_1', 'hub'] }] })
  })

  it('is left out of pools whose keys do not allow the model', () => {
    const keys = [
      reach('groq', { allowedModels: ['llama-*'] }),
      reach('groq', { poolOwner: 'hub', allowedModels: ['qwen'] }),
    ]
    expect(ask('groq/qwen', { in: { reach: keys } })).toMatchObject({ candidates: [{ poolOwners: ['hub'] }] })
    expect(ask('groq/other', { in: { reach: keys } })).toMatchObject({
      candidates: [],
      leftOut: [{ provider: 'groq', reason: 'no key allows this model' }],
    })
  })

  it('is called in the dialect of the client where the provider speaks it', () => {
    const spoken = ['openai-chat', 'anthropic'] as const
    const plan = ask('deepseek/m', { in: everywhere, spoken, clientDialect: 'anthropic' })
    expect(plan).toMatchObject({ candidates: [{ dialect: 'anthropic' }] })
    expect(ask('groq/m', { in: everywhere, spoken, clientDialect: 'anthropic' })).toMatchObject({
      candidates: [{ dialect: 'openai-chat' }],
    })
  })

  it('may come from a key in the environment as long as no shared one is stored', () => {
    const env = { GROQ_API_KEY: 'gsk_x', WORKERS_AI_API_KEY: 'a:b' }
    expect(ask('groq/m', { env })).toMatchObject({ candidates: [{ poolOwners: ['hub'] }] })
    expect(names(ask('workers-ai/m', { env }))).toEqual(['workers-ai/m'])
  })
})

describe('a request that allows only some providers', () => {
  it('is served by those, under whatever name it knows them', () => {
    const plan = ask('smart', { in: everywhere, allowedProviders: ['google'] })
    expect(names(plan)).toEqual(['gemini/*'])
    expect(plan).toMatchObject({
      leftOut: [{ provider: 'openai', reason: 'excluded by the request' }, {}],
    })
  })
})

describe('a suffix that chooses a price', () => {
  const openrouter = { in: { reach: [reach('openrouter')] } }

  it('is permitted only where the list holds the very name', () => {
    const online = 'openrouter/openai/gpt-5:online'
    expect(ask(online, { ...openrouter, allowedModels: ['openrouter/*'] })).toMatchObject({
      code: 'FORBIDDEN',
    })
    expect(names(ask(online, { ...openrouter, allowedModels: [online] }))).toEqual([online])
    const free = 'openrouter/openai/gpt-oss:free'
    expect(names(ask(free, { ...openrouter, allowedModels: ['openrouter/*'] }))).toEqual([free])
  })
})

describe('state that is kept at a provider', () => {
  const needs: Needs = { ...noNeeds, boundTo: { dialect: 'anthropic', what: 'container' } }
  const spoken = ['openai-chat', 'anthropic'] as const

  it('is asked for only where it can be, in the dialect that names it', () => {
    const plan = ask('smart', { in: everywhere, needs, spoken, clientDialect: 'anthropic' })
    expect(plan).toMatchObject({
      candidates: [{ providerId: 'anthropic', dialect: 'anthropic' }],
      leftOut: [
        { provider: 'openai', reason: 'container is stored at another provider' },
        { provider: 'gemini' },
      ],
    })
  })

  it('is never asked for with an account that others share', () => {
    const shared = reach('anthropic', { poolOwner: 'hub' })
    expect(ask('claude', { in: { reach: [shared] }, needs, spoken })).toMatchObject({
      candidates: [],
      leftOut: [{ reason: expect.stringContaining('shared accounts cannot read it') }],
    })
    expect(ask('claude', { in: { reach: [shared, reach('anthropic')] }, needs, spoken })).toMatchObject({
      candidates: [{ poolOwners: ['usr_1'] }],
    })
  })
})

describe('a model that lacks what a request needs', () => {
  it('is left out, and its provider’s place in the route goes to the next', () => {
    const needs: Needs = { ...noNeeds, input: new Set(['audio']) }
    const plan = ask('smart', { in: everywhere, needs })
    expect(names(plan)).toEqual(['gemini/*'])
    expect(plan).toMatchObject({
      leftOut: [{ provider: 'openai', reason: 'its model does not support audio' }, {}],
    })
  })
})

describe('a token with a list of models', () => {
  it('may use a route that is on it, with all its candidates', () => {
    expect(names(ask('smart', { in: everywhere, allowedModels: ['smart'] }))).toHaveLength(3)
  })

  it('may use of another route only what is on it, and then by name', () => {
    const plan = ask('smart', { in: everywhere, allowedModels: ['gemini/*'] })
    expect(names(plan)).toEqual([`gemini/${catalog.gemini.defaultModel}`])
  })

  it('is refused where nothing of it is on the list', () => {
    expect(names(ask('smart', { in: everywhere, allowedModels: ['cohere/*'] }))).toBe('FORBIDDEN')
    expect(names(ask('groq/x', { in: everywhere, allowedModels: ['groq/y'] }))).toBe('FORBIDDEN')
  })
})

describe('the sandbox', () => {
  it('serves when it is named, with no key at all', () => {
    expect(names(ask('sandbox/echo', { sandbox: true }))).toEqual(['sandbox/echo'])
    expect(names(ask('sandbox/echo', { sandbox: false }))).toBe('NOT_FOUND')
  })

  it('stands in for the default routes only for someone who added its key and can reach nothing else', () => {
    const added = { reach: [reach('sandbox')] }
    expect(names(ask('smart', { in: added, sandbox: true }))).toEqual(['sandbox/*'])
    expect(names(ask('smart', { sandbox: true }))).toEqual([])
    expect(
      names(ask('smart', { in: { reach: [reach('sandbox'), reach('cohere')] }, sandbox: true })),
    ).toEqual([])
    expect(names(ask('smart', { in: added, sandbox: true, env: { COHERE_API_KEY: 'x' } }))).toEqual([])
    expect(names(ask('smart', { in: added, sandbox: false }))).toEqual([])
  })

  it.each(['mine', 'constructor'])('does not stand in for a route that a user made: %s', (name) => {
    const routes = [{ owner: 'usr_1', name, order: 'listed' as const, candidates: [{ provider: 'groq' }] }]
    expect(names(ask(name, { in: { reach: [reach('sandbox')], routes }, sandbox: true }))).toEqual([])
  })
})

describe('what a request needs to be told in', () => {
  const routes = [
    {
      name: 'r',
      owner: 'usr_1',
      order: 'listed' as const,
      candidates: [{ provider: 'groq' }, { provider: 'anthropic' }, { provider: 'openrouter' }],
    },
  ]
  const reachable = { reach: [reach('groq'), reach('anthropic'), reach('openrouter')] }
  const providers = (plan: Plan | HubError) =>
    plan instanceof HubError ? plan.code : plan.candidates.map(({ providerId }) => providerId)

  it('puts those first who can be told all of it, and leaves the others in', () => {
    const needs: Needs = { ...noNeeds, saidOnlyIn: 'anthropic' }
    const plan = ask('r', { in: { ...reachable, routes }, clientDialect: 'anthropic', needs })
    expect(providers(plan)).toEqual(['anthropic', 'openrouter', 'groq'])
  })

  it('puts those first who can search, where an answer must come from a search', () => {
    const needs: Needs = { ...noNeeds, search: true }
    const plan = ask('r', { in: { ...reachable, routes }, clientDialect: 'openai-responses', needs })
    expect(providers(plan)?.[0]).not.toBe('groq')
  })

  it('changes no order otherwise', () => {
    const plan = ask('r', { in: { ...reachable, routes }, clientDialect: 'anthropic' })
    expect(providers(plan)).toEqual(['groq', 'anthropic', 'openrouter'])
  })
})

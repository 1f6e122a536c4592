/** The order in which the candidates of a route are asked. */
import type { CandidateOrder } from '../../src/domain/routes.ts'
import { describe, expect, it } from 'vitest'
import { takeTurn } from '../../src/gateway/round-robin.ts'
import { ask, customRow, everywhere, names, reach } from './planned.ts'

describe('the order of a route', () => {
  const candidates = [{ provider: 'openai' }, { provider: 'deepseek' }, { provider: 'groq' }]
  const route = (order: CandidateOrder) => ({
    in: { ...everywhere, routes: [{ owner: 'usr_1', name: 'mine', order, candidates }] },
  })

  it('goes round', () => {
    const first = [0, 1, 2, 3].map(
      (turn) => names(ask('mine', { ...route('round-robin'), turnOf: () => turn }))[0],
    )
    expect(first).toEqual(['openai/*', 'deepseek/*', 'groq/*', 'openai/*'])
  })

  it('puts the cheapest first', () => {
    expect(names(ask('mine', route('cheapest')))).toEqual(['openai/*', 'groq/*', 'deepseek/*'])
  })

  it('puts first who was heard to answer soonest, and before them who was not heard of', () => {
    const latencies: Record<string, number> = { openai: 900, deepseek: 200 }
    const heardOf = ({ provider }: { provider: string }) => ({ latencyMs: latencies[provider] })
    const order = names(ask('mine', { ...route('least-latency'), heardOf }))
    expect(order).toEqual(['groq/*', 'deepseek/*', 'openai/*'])
  })

  it('puts first who was heard to have most left, a stranger counting as whole', () => {
    const left: Record<string, number> = { openai: 0.1, groq: 0.7 }
    const heardOf = ({ provider }: { provider: string }) => ({ left: left[provider] })
    const order = names(ask('mine', { ...route('most-remaining'), heardOf }))
    expect(order).toEqual(['deepseek/*', 'groq/*', 'openai/*'])
  })
})

describe('the cheapest first', () => {
  const price = (dollars: number) => ({ input: dollars, output: dollars })
  const routeOf = (...candidates: { provider: string; model?: string }[]) => [
    { owner: 'usr_1', name: 'mine', order: 'cheapest' as const, candidates },
  ]
  const own = [
    customRow('dear', { prices: { m: price(500) } }),
    customRow('free', { prices: { m: price(0) } }),
    customRow('unpriced'),
  ]
  const keys = own.map(({ id }) => reach(id, { rowOwner: 'usr_1' }))

  it('knows the prices of custom providers, and puts unknown ones last', () => {
    const routes = routeOf(...['unpriced', 'dear', 'openai', 'free'].map((provider) => ({ provider })))
    const known = { providers: own, routes, reach: [...everywhere.reach, ...keys] }
    expect(names(ask('mine', { in: known }))).toEqual(['free/*', 'openai/*', 'dear/*', 'unpriced/*'])
  })

  it('knows a provider by its alias', () => {
    const routes = routeOf({ provider: 'unpriced' }, { provider: 'claude' })
    const known = { providers: own, routes, reach: [...everywhere.reach, ...keys] }
    expect(names(ask('mine', { in: known }))).toEqual(['anthropic/*', 'unpriced/*'])
  })
})

describe('the turns of a route', () => {
  const route = { owner: 'usr_1', name: 'lane', order: 'round-robin' as const, candidates: [] }

  it('are counted apart for each route, person and kind of call', () => {
    const turns: Record<string, number[]> = { chat: [], embeddings: [], other: [], person: [] }
    for (let time = 0; time < 3; time++) {
      turns.chat?.push(takeTurn('usr_1', route, 'chat'))
      turns.embeddings?.push(takeTurn('usr_1', route, 'embeddings'))
      turns.other?.push(takeTurn('usr_1', { ...route, name: 'other' }, 'chat'))
      turns.person?.push(takeTurn('usr_2', route, 'chat'))
    }
    for (const counted of Object.values(turns)) expect(counted).toEqual([0, 1, 2])
  })
})

/** What more than one page reads from the hub. A source of one page alone stands with that page. */
import {
  type Account,
  api,
  ask,
  type Catalogue,
  type Key,
  type Model,
  type Pool,
  type Provider,
  type ProviderHealth,
  type Route,
  type RouteHealth,
  type Self,
  type Settings,
  type Team,
  type Token,
  type User,
} from '../api.ts'
import { refresh, type Source, useResource } from './resource.ts'

/** Everyone has few pages of keys, and every page of the dashboard needs them all. */
async function loadKeys(): Promise<Key[]> {
  const keys: Key[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: { data: Key[]; nextCursor: string | null } = await ask(
      api.api.keys.$get({ query: { cursor } }),
    )
    keys.push(...page.data)
    cursor = page.nextCursor
  }
  return keys
}

export const keysSource: Source<Key[]> = {
  name: 'keys',
  load: loadKeys,
}

export const accountsSource: Source<Account[]> = {
  name: 'accounts',
  load: async () => (await ask(api.api.accounts.$get())).data,
}

export const tokensSource: Source<Token[]> = {
  name: 'tokens',
  load: async () => (await ask(api.api.tokens.$get({ query: {} }))).data,
}

/** The signed-in person with the caps that apply to them. */
export const selfSource: Source<Self> = {
  name: 'self',
  load: () => ask(api.api.auth.me.$get()),
}

/** The settings of the hub; only administrators may read them. */
export const settingsSource: Source<Settings> = {
  name: 'settings',
  load: () => ask(api.api.settings.$get()),
}

/** The teams of the hub; only administrators may read them. */
export const teamsSource: Source<Team[]> = {
  name: 'teams',
  load: async () => (await ask(api.api.teams.$get())).data,
}

export const routesSource: Source<Route[]> = {
  name: 'routes',
  load: async () => (await ask(api.api.routes.$get())).data,
}

export const providersSource: Source<Provider[]> = {
  name: 'providers',
  load: async () => (await ask(api.api.providers.$get())).data,
}

/** The age of the hub's models and prices. */
export const catalogueSource: Source<Catalogue> = {
  name: 'catalogue',
  load: () => ask(api.api.providers.catalogue.$get()),
}

/** The providers whose models and prices are outdated. */
export const outdatedSource: Source<Catalogue['outdated']> = {
  name: 'outdated',
  load: async () => (await catalogueSource.load()).outdated,
}

/** The health of the providers in the last hour. */
export const providerHealthSource: Source<ProviderHealth[]> = {
  name: 'provider-health',
  load: async () => (await ask(api.api.health.providers.$get({ query: {} }))).data,
}

/** As many routes as a glance takes in. */
const mostServed = 6

/** Who would serve each route now. */
export const servedSource: Source<RouteHealth[]> = {
  name: 'routes-served',
  load: async () => (await ask(api.api.health.routes.$get({ query: { limit: String(mostServed) } }))).data,
}

export const modelsSource: Source<Model[]> = {
  name: 'models',
  load: async () => {
    const list = await ask(api.v1.models.$get())
    return 'object' in list ? list.data : []
  },
}

export const poolsSource: Source<Pool[]> = {
  name: 'pools',
  load: async () => (await ask(api.api.pools.$get())).data,
}

/** The people of the hub, as many as one answer has; only administrators may read them. */
export const peopleSource: Source<User[]> = {
  name: 'people',
  load: async () => (await ask(api.api.users.$get({ query: {} }))).data,
}

/** Reloads keys and the data that depends on them: models and pools. Call it after keys change. */
export async function keysChanged(): Promise<void> {
  await Promise.all([refresh(keysSource), refresh(modelsSource), refresh(poolsSource)])
}

/** Returns a function that names a provider, by its id until the name is known. */
export function useProviderNames(): (id: string) => string {
  const { data } = useResource(providersSource)
  return (id) => data?.find((provider) => provider.id === id)?.name ?? id
}

/** Returns a function that names a key by its name or provider, and its masked secret. */
export function useKeyNames(): (id: string) => string {
  const { data } = useResource(keysSource)
  return (id) => {
    const key = data?.find((one) => one.id === id)
    if (!key) return id
    return key.name ? `${key.name} (${key.masked})` : `${key.provider} ${key.masked}`
  }
}

/** Returns a function that names a token, by its id if it is another user's or deleted. */
export function useTokenNames(): (id: string) => string {
  const { data } = useResource(tokensSource)
  return (id) => data?.find((token) => token.id === id)?.name ?? id
}

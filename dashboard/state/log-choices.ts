/**
 * What the log can be filtered by: what the hub has, what rows show, and what the address names,
 * each once. Pure.
 */
import type { Key, Log, Model, Pool, Provider, Token, User } from '../api.ts'
import type { LogFilter } from './log-query.ts'

/** What there is to choose from, as far as it has been read. */
export interface Known {
  /** What is shown. */
  rows: readonly Pick<Log, 'owner' | 'provider' | 'model' | 'keyId' | 'tokenId'>[]
  keys: readonly Pick<Key, 'id' | 'provider'>[]
  tokens: readonly Pick<Token, 'id'>[]
  pools: readonly Pick<Pool, 'provider'>[]
  models: readonly Pick<Model, 'id' | 'owned_by'>[]
  providers: readonly Pick<Provider, 'id'>[]
  people: readonly Pick<User, 'id'>[]
}

export interface Choices {
  provider: string[]
  model: string[]
  key: string[]
  token: string[]
  person: string[]
}

/** Returns the ids to choose from. With a chosen provider, models and keys are only its own. */
export function choicesOf(known: Known, filter: LogFilter): Choices {
  const { provider } = filter
  const fits = (id: string | null): boolean => provider === '' || id === provider
  const rows = known.rows.filter((row) => fits(row.provider))
  return {
    provider: distinct([
      filter.provider,
      ...known.pools.map((pool) => pool.provider),
      ...known.rows.map((row) => row.provider),
      // Others may have keys of a provider of which this administrator has none.
      ...(filter.whose === 'everyone' ? known.providers.map(({ id }) => id) : []),
    ]),
    model: distinct([
      filter.model,
      ...known.models.filter(({ owned_by: owner }) => fits(owner)).map(nameOfModel),
      ...rows.map((row) => row.model),
    ]),
    key: distinct([
      filter.key,
      ...known.keys.filter((key) => fits(key.provider)).map(({ id }) => id),
      ...rows.map((row) => row.keyId),
    ]),
    token: distinct([
      filter.token,
      ...known.tokens.map(({ id }) => id),
      ...known.rows.map((row) => row.tokenId),
    ]),
    person: distinct([
      filter.person,
      ...known.people.map(({ id }) => id),
      ...known.rows.map((row) => row.owner),
    ]),
  }
}

/** The model as rows have it, without its provider. Undefined for a route. */
function nameOfModel({ id, owned_by: owner }: Known['models'][number]): string | undefined {
  return id.startsWith(`${owner}/`) ? id.slice(owner.length + 1) : undefined
}

function distinct(ids: readonly (string | null | undefined)[]): string[] {
  return [...new Set(ids.filter((id): id is string => Boolean(id)))]
}

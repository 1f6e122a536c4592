/** Which providers and pools a caller can reach: their configuration, and what the deployment itself brings. Pure. */
import type { Configuration } from '../db/configuration.ts'
import type { Reach } from '../db/reach.ts'
import type { Env } from '../env.ts'
import type { Provider } from '../providers/provider.ts'
import { catalog } from '../providers/catalog.ts'
import { environmentVariable, findProvider } from '../providers/registry.ts'

/** A provider under the id that the hub knows it by. */
export interface KnownProvider {
  id: string
  provider: Provider
  /** Built in, or made by a user or for the whole hub. */
  custom: boolean
}

export interface Directory {
  find(nameOrAlias: string): KnownProvider | undefined
  /** The custom providers, by id. */
  custom: KnownProvider[]
  /** Every pool that may hold a usable key, private ones first. */
  reach: Reach[]
  /** Whether the caller entered a key of their own for the sandbox, and can reach nothing else. */
  onlySandbox: boolean
}

/** @param sandbox whether this deployment offers the sandbox. */
export function makeDirectory(configuration: Configuration, env: Env, sandbox: boolean): Directory {
  const custom = configuration.providers.map((row): KnownProvider => ({
    id: row.id,
    custom: true,
    provider: {
      name: row.name,
      dialects: {
        [row.dialect]: row.baseUrl,
        // Whoever speaks OpenAI chat at an address of its own mostly has embeddings beside it.
        ...(row.dialect === 'openai-chat' && { 'openai-embeddings': row.baseUrl }),
      },
      headers: row.headers,
      // Most servers that people run themselves keep prefixes.
      cachesPrompts: true,
      defaultModel: row.models[0] ?? '',
      models: Object.fromEntries([
        ...row.models.map((model) => [model, {}]),
        ...Object.entries(row.prices).map(([model, price]) => [model, { price }]),
      ]),
    },
  }))
  const stored = configuration.reach.filter((reach) => sandbox || reach.provider !== 'sandbox')
  return {
    custom,
    find(name) {
      const own = custom.find((known) => known.id === name)
      if (own) return own
      const builtIn = findProvider(name)
      if (!builtIn || (builtIn.id === 'sandbox' && !sandbox)) return undefined
      return { ...builtIn, custom: false }
    },
    reach: [...stored, ...impliedReach(stored, configuration.user.id, env, sandbox)].toSorted(
      (a, b) => Number(a.poolOwner === 'hub') - Number(b.poolOwner === 'hub'),
    ),
    onlySandbox:
      stored.length > 0 &&
      stored.every((reach) => reach.provider === 'sandbox') &&
      environmentProviders(env).length === 0,
  }
}

function impliedReach(stored: Reach[], userId: string, env: Env, sandbox: boolean): Reach[] {
  const anyModel = { allowedModels: null, defaultModel: null }
  const implied = environmentProviders(env)
    .filter((provider) => !stored.some((reach) => reach.provider === provider && reach.poolOwner === 'hub'))
    .map((provider): Reach => ({ poolOwner: 'hub', provider, ...anyModel }))
  if (sandbox && !stored.some((reach) => reach.provider === 'sandbox')) {
    implied.push({ poolOwner: userId, provider: 'sandbox', ...anyModel })
  }
  return implied
}

/** The providers for which the deployment itself brings a key. */
export function environmentProviders(env: Env): string[] {
  return Object.keys(catalog).filter((provider) => Boolean(env[environmentVariable(provider)]))
}

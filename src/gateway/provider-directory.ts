/**
 * Which providers and pools a caller can reach: their configuration, and what the deployment itself
 * brings. Pure.
 */
import type { Configuration, CustomProvider } from '../db/configuration.ts'
import type { Reach } from '../db/pool-access.ts'
import type { Quirks } from '../dialects/dialect.ts'
import { entryOf } from '../dialects/json-read.ts'
import type { Env } from '../env.ts'
import type { Provider } from '../providers/provider.ts'
import { catalog } from '../providers/catalog.ts'
import { rulesOfDialect } from '../providers/dialect-rules.ts'
import { environmentVariable, findProvider } from '../providers/registry.ts'
import { builtInRow, type ProviderRow } from './provider-row.ts'

/** A provider under the id that the hub knows it by. */
export interface KnownProvider {
  id: string
  provider: Provider
  /** Built in, or made by a user or for the whole hub. */
  custom: boolean
  row: ProviderRow
}

export interface Directory {
  /**
   * The provider that the caller means by a name: their own row, or the hub's, or a built-in one.
   */
  find(nameOrAlias: string): KnownProvider | undefined
  /**
   * The row of that id and owner (a user's id, `hub` or `built-in`), which keys that go with it are
   * used with.
   */
  rowOf(id: string, owner: string): KnownProvider | undefined
  /**
   * The rows of that id for which the caller can reach keys, in the order in which they are asked.
   */
  rowsInReach(id: string): KnownProvider[]
  /** The custom providers that the caller can name, by id. */
  custom: KnownProvider[]
  /** Every pool that may hold a usable key, private ones first. */
  reach: Reach[]
  /** Whether the caller entered a key of their own for the sandbox, and can reach nothing else. */
  onlySandbox: boolean
}

/** @param sandbox whether this deployment offers the sandbox. */
export function makeDirectory(configuration: Configuration, env: Env, sandbox: boolean): Directory {
  const rows = configuration.providers.map(toKnown)
  const isOthers = ({ row }: KnownProvider): boolean =>
    row.binding.owner !== configuration.user.id && row.binding.owner !== 'hub'
  const named = rows.filter((known) => !isOthers(known))
  const others = rows.filter(isOthers)
  const stored = configuration.reach.filter((reach) => sandbox || reach.provider !== 'sandbox')
  const reach = [...stored, ...impliedReach(stored, configuration.user.id, env, sandbox)].toSorted(
    (a, b) => Number(a.poolOwner === 'hub') - Number(b.poolOwner === 'hub'),
  )
  const builtIn = (name: string): KnownProvider | undefined => {
    const found = findProvider(name)
    if (!found || (found.id === 'sandbox' && !sandbox)) return undefined
    return { ...found, custom: false, row: builtInRow }
  }
  const withId = (id: string, among: KnownProvider[]): KnownProvider[] =>
    among.filter((known) => known.id === id)
  const rowsOf = (id: string): KnownProvider[] => {
    const own = builtIn(id)
    return [...withId(id, named), ...(own?.id === id ? [own] : []), ...withId(id, others)]
  }
  return {
    custom: named.filter(({ id }, index) => named.findIndex((known) => known.id === id) === index),
    find: (name) => withId(name, named)[0] ?? builtIn(name) ?? withId(name, others)[0],
    rowOf: (id, owner) => rowsOf(id).find(({ row }) => row.binding.owner === owner),
    rowsInReach: (id) =>
      rowsOf(id).filter(({ row }) =>
        reach.some(({ provider, rowOwner }) => provider === id && rowOwner === row.binding.owner),
      ),
    reach,
    onlySandbox:
      stored.length > 0 &&
      stored.every(({ provider }) => provider === 'sandbox') &&
      environmentProviders(env).length === 0,
  }
}

/** Rows of configurations that are in use. One may list thousands of models: each is read once. */
const knownRows = new WeakMap<CustomProvider, KnownProvider>()

/** A custom provider under the id that the hub knows it by. */
export function toKnown(row: CustomProvider): KnownProvider {
  const known = knownRows.get(row) ?? readRow(row)
  knownRows.set(row, known)
  return known
}

function readRow(row: CustomProvider): KnownProvider {
  const { owner, id, baseUrl, dialect, byAdmin, sealedHeaders } = row
  const responsesUrl = dialectsOf(row)['openai-responses']
  return {
    id,
    custom: true,
    row: {
      binding: { owner, baseUrl, dialect },
      headers: sealedHeaders === null ? { clear: row.headers } : { sealed: sealedHeaders },
      byAdmin,
    },
    provider: {
      name: row.name,
      dialects: dialectsOf(row),
      ...(responsesUrl !== undefined && { quirks: { 'openai-responses': responsesQuirks(responsesUrl) } }),
      ...(row.keyless && { keyless: true }),
      ...rulesOfDialect(dialect),
      // Most servers that people run themselves keep prefixes.
      cachesPrompts: true,
      defaultModel: row.models[0] ?? Object.keys(row.listedModels).find(isForChat) ?? '',
      models: modelsOfRow(row),
    },
  }
}

function dialectsOf({ dialect, baseUrl, dialects }: CustomProvider): Provider['dialects'] {
  const { [dialect]: _first, ...others } = dialects
  // Whoever speaks OpenAI chat at an address of its own mostly has embeddings beside it.
  const chatUrl = dialect === 'openai-chat' ? baseUrl : undefined
  return { [dialect]: baseUrl, ...(chatUrl !== undefined && { 'openai-embeddings': chatUrl }), ...others }
}

/**
 * Those that a person named come first; what a person entered of one counts before what it listed.
 */
function modelsOfRow({ models, listedModels, modelFacts, prices }: CustomProvider): Provider['models'] {
  const ids = [...models, ...Object.keys(listedModels), ...Object.keys(modelFacts), ...Object.keys(prices)]
  const known = new Map(ids.map((id) => [id, {}]))
  return Object.fromEntries(
    [...known.keys()].map((id) => {
      const price = entryOf(prices, id)
      return [id, { ...entryOf(listedModels, id), ...entryOf(modelFacts, id), ...(price && { price }) }]
    }),
  )
}

/** Lists hold models of other kinds too, which answer no chat. */
function isForChat(model: string): boolean {
  return !/embed|rerank|whisper|tts|moderation|dall-e|image/i.test(model)
}

/**
 * Servers of the Responses dialect know functions and no other tools of a client, unless they are
 * OpenAI's own. Whether they keep answers is not known: a client that refers to one that it had
 * from there is taken at its word.
 */
function responsesQuirks(baseUrl: string): Quirks {
  const { hostname } = new URL(baseUrl)
  return /(?:^|\.)(?:openai\.com|chatgpt\.com|openai\.azure\.com)$/.test(hostname)
    ? { keepsAnswers: true }
    : { keepsAnswers: true, onlyFunctions: true }
}

function impliedReach(stored: Reach[], userId: string, env: Env, sandbox: boolean): Reach[] {
  const anyModel = { rowOwner: 'built-in', allowedModels: null, defaultModel: null }
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

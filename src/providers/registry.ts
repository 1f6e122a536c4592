/**
 * Questions to the catalogue: who a name means, who has a model, what it costs. What was published
 * of models since this build is laid over the built-in tables once it was read (`publishFacts`);
 * without it they answer alone.
 */
import type { Usage } from '../chat/events.ts'
import { catalog, type ProviderId } from './catalog.ts'
import type { ModelFacts, Price } from '../chat/model.ts'
import type { Provider } from './provider.ts'
import { undated } from './undated.ts'

const builtIn = Object.keys(catalog).filter(isProviderId)

const rows: ReadonlyMap<string, Provider> = new Map(Object.entries(catalog))

let published: ReadonlyMap<string, Readonly<Record<string, ModelFacts>>> = new Map()

/** Lays newer facts over the built-in tables of this isolate, by provider. */
export function publishFacts(facts: ReadonlyMap<string, Readonly<Record<string, ModelFacts>>>): void {
  published = facts
}

/** The models that are known of a built-in provider, by id. */
export function modelsOf(provider: string): Readonly<Record<string, ModelFacts>> {
  return { ...rows.get(provider)?.models, ...published.get(provider) }
}

const idsByName: ReadonlyMap<string, ProviderId> = new Map(
  builtIn.flatMap((id) => [
    [id, id] as const,
    ...(rows.get(id)?.aliases ?? []).map((alias) => [alias, id] as const),
  ]),
)

/** The built-in provider that a client means by an id or alias, in any case of letters. */
export function findProvider(nameOrAlias: string): { id: ProviderId; provider: Provider } | undefined {
  const id = idsByName.get(nameOrAlias.toLowerCase())
  return id === undefined ? undefined : { id, provider: catalog[id] }
}

/** Whether a text is the id, and not merely an alias, of a built-in provider. */
export function isProviderId(name: string): name is ProviderId {
  return Object.hasOwn(catalog, name)
}

/** Whether this is the hub's own row of that id, whose address nobody can choose. */
export function isBuiltIn(id: string, provider: Provider): boolean {
  return rows.get(id) === provider
}

/** The name of the variable that holds a provider's shared key, where a deployment sets one. */
export function environmentVariable(provider: string): string {
  return `${provider.toUpperCase().replaceAll('-', '_')}_API_KEY`
}

/** The id of the key in that variable. */
export function environmentKeyId(provider: string): string {
  return `env-${provider}`
}

/**
 * The built-in providers whose table holds exactly this model id, in the order of the catalogue.
 * The sandbox is used when it is named, and its models are nobody's.
 */
export function providersOfModel(modelId: string): { provider: ProviderId; model: string }[] {
  return builtIn
    .filter((id) => id !== 'sandbox' && factsOf(id, modelId) !== undefined)
    .map((provider) => ({ provider, model: modelId }))
}

/** The built-in providers whose own models have ids like this one. */
export function vendorsOfModel(modelId: string): ProviderId[] {
  return builtIn.filter((id) => rows.get(id)?.ownModels?.test(modelId))
}

/**
 * What is known of a provider's model; of its default model where none is named. A dated id is the
 * model without its date.
 */
export function factsOf(provider: string, model?: string): ModelFacts | undefined {
  const row = rows.get(provider)
  if (!row) return undefined
  const id = model ?? row.defaultModel
  for (const models of [published.get(provider), row.models]) {
    const facts = models && (ownEntry(models, id) ?? ownEntry(models, undated(id)))
    if (facts) return facts
  }
  return undefined
}

/** What a model costs, where that is known. */
export function priceOf(provider: string, model?: string): Price | undefined {
  return factsOf(provider, model)?.price
}

/** What is known of a model at a provider that may be a custom one: then its own row says it. */
export function factsAt(id: string, provider: Provider, model?: string): ModelFacts | undefined {
  return isBuiltIn(id, provider)
    ? factsOf(id, model)
    : ownEntry(provider.models, model ?? provider.defaultModel)
}

/**
 * What a model costs at a provider that may be a custom one: then its own row says it, if anyone.
 */
export function priceAt(id: string, provider: Provider, model: string): Price | undefined {
  const price = isBuiltIn(id, provider) ? priceOf(id, model) : ownEntry(provider.models, model)?.price
  return price && boundedPrice(price)
}

/** The highest price that anything costs, in US dollars for a million tokens. */
export const mostDollars = 100_000

/**
 * A price within 0 and the highest there is. Entered prices are checked where they come in; rows
 * from before that check and published ones are not. Undefined where it is no number at all: the
 * price is then unknown.
 */
function boundedPrice({ input, output, cachedInput, cacheWrite }: Price): Price | undefined {
  if (![input, output].every(Number.isFinite)) return undefined
  const bound = (dollars: number): number => Math.min(mostDollars, Math.max(0, dollars))
  const known = (dollars: number | undefined): dollars is number => Number.isFinite(dollars)
  return {
    input: bound(input),
    output: bound(output),
    ...(known(cachedInput) && { cachedInput: bound(cachedInput) }),
    ...(known(cacheWrite) && { cacheWrite: bound(cacheWrite) }),
  }
}

/**
 * What an answer cost in US dollars, and what was saved by a key that costs nothing and by the
 * provider's cache. What it costs to write to the cache is part of that: it may be less than
 * nothing.
 */
export function spendingOf(price: Price, usage: Usage, free: boolean): { cost: number; saved: number } {
  const uncached = costOf(price, {
    ...usage,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    hourCacheWriteTokens: 0,
  })
  const cost = free ? 0 : costOf(price, usage)
  return { cost, saved: uncached - cost }
}

/**
 * The price of input that is written to the cache for an hour: twice the input, where five minutes
 * cost a quarter more. https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing
 */
export function hourCacheWriteOf({ input, cacheWrite = input }: Price): number {
  return Math.max(cacheWrite, 2 * input)
}

/** Input includes what was read from the cache and written to it. */
function costOf(price: Price, usage: Usage): number {
  const { inputTokens, cachedTokens, cacheWriteTokens, hourCacheWriteTokens = 0, outputTokens } = usage
  const freshTokens = Math.max(0, inputTokens - cachedTokens - cacheWriteTokens)
  const dollarsPerMillion =
    freshTokens * price.input +
    cachedTokens * (price.cachedInput ?? price.input) +
    (cacheWriteTokens - hourCacheWriteTokens) * (price.cacheWrite ?? price.input) +
    hourCacheWriteTokens * hourCacheWriteOf(price) +
    outputTokens * price.output
  return dollarsPerMillion / 1_000_000
}

/** Model ids come from clients: `constructor` must not find what every object has. */
function ownEntry(models: Provider['models'], id: string): ModelFacts | undefined {
  return Object.hasOwn(models, id) ? models[id] : undefined
}

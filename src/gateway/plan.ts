/**
 * From the name that a client sent to the list of candidates that may serve it, in order. Pure:
 * which key of which pool then serves is for the pools to decide.
 */
import type { DialectId } from '../domain/dialects.ts'
import type { RouteCandidate } from '../domain/routes.ts'
import { matchesAny, matchesModel, ownModelOf, permitsModel } from '../chat/model.ts'
import type { ConfiguredRoute } from '../db/configuration.ts'
import type { Reach } from '../db/pool-access.ts'
import { HubError } from '../errors.ts'
import type { Provider } from '../providers/provider.ts'
import { factsAt, providersOfModel, vendorsOfModel } from '../providers/registry.ts'
import { chooseDialect, embeddings } from './choose-dialect.ts'
import { defaultRoutes, isDefaultRoute } from './default-routes.ts'
import type { Directory, KnownProvider } from './provider-directory.ts'
import { canBeTold, isBlindTo, lackOf, type Needs } from './capabilities.ts'
import type { ProviderRow } from './provider-row.ts'
import { inOrder } from './route-order.ts'

/**
 * One provider and model that may serve a request, with the pools to ask, private before shared.
 */
export interface Candidate {
  providerId: string
  provider: Provider
  /** The row that is called. Pools are asked for keys that go with it, and for no others. */
  row: ProviderRow
  /** Absent where each key's own default model applies, else the provider's. */
  model?: string
  /** The dialect in which the provider will be called. */
  dialect: DialectId
  poolOwners: string[]
}

/** A candidate that cannot serve, and why. */
export interface LeftOut {
  provider: string
  model: string | null
  reason: string
  /** How many attempts had been made when that was found out; absent for what the plan says. */
  after?: number
}

/** The reason of a candidate for which the caller has no key. */
export const noKey = 'no key'

export interface Plan {
  candidates: Candidate[]
  leftOut: LeftOut[]
}

export interface PlanInput {
  /** The name the client sent; empty for none. */
  asked: string
  routes: readonly ConfiguredRoute[]
  directory: Directory
  clientDialect: DialectId
  /** The dialects that the hub can speak to a provider. */
  spoken: readonly DialectId[]
  /** What the token may use; null for everything. */
  allowedModels: string[] | null
  /** The providers that the client allows; null for all. */
  allowedProviders: string[] | null
  /** What the request needs of a model. */
  needs: Needs
  /** How many requests a route that goes round has served before this one. */
  turnOf: (route: ConfiguredRoute) => number
  /** What was heard lately of a candidate; unknown where nothing was. */
  heardOf: (candidate: RouteCandidate) => { latencyMs?: number | undefined; left?: number | undefined }
}

/**
 * The candidates for a request; or NOT_FOUND where the name means nothing, or FORBIDDEN where the
 * token may not use it.
 */
export function makePlan(input: PlanInput): Plan | HubError {
  const { asked, directory } = input
  // It stands in headers and in the log, and a provider's own name for a model holds no such thing.
  if (/\p{Cc}/u.test(asked)) {
    const message = 'The model name must not contain line breaks or other control characters.'
    return new HubError('VALIDATION_ERROR', message, { param: 'model' })
  }
  const allowed = (name: string): boolean =>
    input.allowedModels === null || permitsModel(name, input.allowedModels)
  const resolved = resolve(input)
  if (!resolved) {
    return new HubError(
      'NOT_FOUND',
      `Unknown model "${asked}". Use a route or provider/model. GET /v1/models lists the models you can use.`,
      { param: 'model' },
    )
  }
  const plan: Plan = { candidates: [], leftOut: [] }
  let forbidden = 0
  for (const { provider: name, model } of resolved) {
    const known = directory.find(name)
    if (!known) {
      plan.leftOut.push({ provider: name, model: model ?? null, reason: 'unknown provider' })
      continue
    }
    const rows = directory.rowsInReach(known.id)
    const asIf = rows.length > 0 ? rows : [known]
    const usable = asIf.map((row) => {
      // A token that may not use the route may still use some of its models: then they are named,
      // and no key's own default applies.
      const named = allowed(asked) ? model : (model ?? row.provider.defaultModel)
      return allowed(asked) || allowed(`${known.id}/${named}`) ? toCandidate(row, named, input) : undefined
    })
    if (usable.every((candidate) => candidate === undefined)) forbidden++
    for (const candidate of usable) {
      if (typeof candidate === 'string')
        plan.leftOut.push({ provider: known.id, model: model ?? null, reason: candidate })
      else if (candidate) plan.candidates.push(candidate)
    }
  }
  plan.candidates = seeingFirst(plan.candidates, input.needs)
  if (forbidden > 0 && forbidden === resolved.length) {
    return new HubError('FORBIDDEN', `This token isn’t allowed to use "${asked}".`, { param: 'model' })
  }
  if (plan.candidates.length === 0 && directory.onlySandbox && (asked === '' || isDefaultRoute(asked))) {
    const sandbox = directory.find('sandbox')
    const candidate = sandbox && toCandidate(sandbox, undefined, input)
    if (candidate && typeof candidate !== 'string') plan.candidates.push(candidate)
  }
  return { ...plan, candidates: ableFirst(plan.candidates, input) }
}

/**
 * Those who can be told all of the request come first; what the others are not told is named in the
 * answer's headers.
 */
function ableFirst(candidates: Candidate[], { needs, clientDialect }: PlanInput): Candidate[] {
  const isAble = ({ provider, dialect }: Candidate): boolean =>
    canBeTold(provider, dialect, needs, clientDialect)
  return [...candidates.filter(isAble), ...candidates.filter((each) => !isAble(each))]
}

/** Those that see all of a conversation before those to whom something of it is told in words. */
function seeingFirst(candidates: Candidate[], needs: Needs): Candidate[] {
  const isBlind = ({ providerId, provider, model }: Candidate): boolean =>
    isBlindTo(factsAt(providerId, provider, model), needs)
  if (needs.input.size === 0 || !candidates.some(isBlind)) return candidates
  return [...candidates.filter((each) => !isBlind(each)), ...candidates.filter(isBlind)]
}

/**
 * The order of resolution is part of the API: route, pattern, provider/model, provider, bare model
 * id.
 */
function resolve(input: PlanInput): RouteCandidate[] | undefined {
  const { asked, directory } = input
  const route = findRoute(asked, input.routes)
  if (route) return inOrder(route, namedById(withCustom(route, directory), directory), input)

  const slash = asked.indexOf('/')
  const provider = directory.find(slash < 0 ? asked : asked.slice(0, slash))
  if (provider)
    return [slash < 0 ? { provider: provider.id } : { provider: provider.id, model: asked.slice(slash + 1) }]

  const named = [
    ...directory.reach.filter((reach) => namesModel(reach, asked)).map((reach) => reach.provider),
    ...directory.custom
      .filter((known) => Object.hasOwn(known.provider.models, asked))
      .map((known) => known.id),
    ...providersOfModel(asked).map((found) => found.provider),
  ]
  if (named.length === 0) named.push(...vendorsOfModel(asked).filter((id) => hasKeyFor(id, directory)))
  if (named.length === 0) return undefined
  return [...new Set(named)].map((id) => ({ provider: id, model: asked }))
}

/** The route that a name stands for; the name is empty for none. */
export function findRoute(asked: string, own: readonly ConfiguredRoute[]): ConfiguredRoute | undefined {
  const routes = [...own, ...defaultRoutes]
  return (
    routes.find((candidate) => candidate.name === (asked || 'any')) ??
    routes.find((candidate) => candidate.name.endsWith('*') && matchesModel(candidate.name, asked))
  )
}

function hasKeyFor(id: string, { reach }: Directory): boolean {
  return reach.some(({ provider }) => provider === id)
}

/**
 * `any` means every provider, and so the custom ones too, unless somebody wrote down what it means.
 */
function withCustom(route: ConfiguredRoute, directory: Directory): ConfiguredRoute {
  if (route.name !== 'any' || !defaultRoutes.includes(route)) return route
  const custom = directory.custom.map((known) => ({ provider: known.id }))
  return { ...route, candidates: [...route.candidates, ...custom] }
}

/** The candidates of a route, with the ids of providers that it names by an alias. */
function namedById({ candidates }: ConfiguredRoute, directory: Directory): RouteCandidate[] {
  return candidates.map(({ provider, ...model }) => ({
    provider: directory.find(provider)?.id ?? provider,
    ...model,
  }))
}

function namesModel(reach: Reach, model: string): boolean {
  return (
    reach.defaultModel === model || (reach.allowedModels !== null && matchesAny(model, reach.allowedModels))
  )
}

/** The candidate, or why it cannot serve. */
function toCandidate(known: KnownProvider, model: string | undefined, input: PlanInput): Candidate | string {
  const permitted = input.allowedProviders?.map((name) => input.directory.find(name)?.id)
  if (permitted && !permitted.includes(known.id)) return 'excluded by the request'
  const { owner } = known.row.binding
  const reach = input.directory.reach.filter(
    (entry) => entry.provider === known.id && entry.rowOwner === owner,
  )
  const { retired } = known.provider
  if (retired) return `shut down on ${retired.on}`
  if (reach.length === 0) return noKey
  const named = reach.flatMap((entry) => {
    const chosen = model ?? ownModelOf(entry, known.provider.defaultModel)
    return chosen === undefined ? [] : [{ ...entry, chosen }]
  })
  if (named.length === 0) {
    return known.provider.defaultModel === ''
      ? 'it has no default model; name one'
      : 'its keys allow only some models and have no default model; name one'
  }
  const able = named.filter(
    ({ allowedModels, chosen }) => allowedModels === null || matchesAny(chosen, allowedModels),
  )
  if (able.length === 0) return 'no key allows this model'
  const lacks = able.map(({ chosen }) => lackOf(factsAt(known.id, known.provider, chosen), input.needs))
  const [lack] = lacks
  // Of keys with default models of their own, one that can is enough.
  if (lack !== undefined && !lacks.includes(undefined)) return lack
  const poolOwners = [...new Set(able.map((entry) => entry.poolOwner))]
  const { boundTo } = input.needs
  if (boundTo) return toBoundCandidate(known, model, boundTo, poolOwners)
  const { clientDialect, spoken, needs } = input
  const { features } = needs
  const dialect = chooseDialect(known.provider, {
    clientDialect,
    spoken,
    model,
    ...(features && { features }),
  })
  if (!dialect) {
    return input.clientDialect === embeddings ? 'no embeddings' : 'API format not supported'
  }
  return makeCandidate(known, model, dialect, poolOwners)
}

/**
 * What is kept at a provider is known to the account that made it: it is called in the dialect that
 * names it, and never with an account that others share.
 */
function toBoundCandidate(
  known: KnownProvider,
  model: string | undefined,
  { dialect, what }: NonNullable<Needs['boundTo']>,
  poolOwners: string[],
): Candidate | string {
  if (!known.provider.dialects[dialect]) return `${what} is stored at another provider`
  const own = poolOwners.filter((owner) => owner !== 'hub')
  if (own.length === 0)
    return `${what} is stored in one account, and shared accounts cannot read it: add your own key, or send the content itself`
  return makeCandidate(known, model, dialect, own)
}

function makeCandidate(
  { id, provider, row }: KnownProvider,
  model: string | undefined,
  dialect: DialectId,
  poolOwners: string[],
): Candidate {
  return {
    providerId: id,
    provider,
    row,
    ...(model !== undefined && { model }),
    dialect,
    poolOwners,
  }
}

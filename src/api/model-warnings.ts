/**
 * Names of models and providers that nothing on this hub is known to have: probably mistyped. They
 * are told and not refused, because a provider may have models that the hub does not know yet.
 * Pure.
 */
import type { RouteCandidate } from '../domain/routes.ts'
import { matchesAny, matchesModel } from '../chat/model.ts'
import type { ConfiguredRoute } from '../db/configuration.ts'
import { defaultRoutes } from '../gateway/default-routes.ts'
import type { Directory, KnownProvider } from '../gateway/provider-directory.ts'
import { catalog } from '../providers/catalog.ts'
import { factsOf, isBuiltIn, modelsOf } from '../providers/registry.ts'

/** What seems wrong with the candidates of a route. */
export function warnOfCandidates(directory: Directory, candidates: readonly RouteCandidate[]): string[] {
  const warnings = candidates.flatMap(({ provider, model }) => {
    const known = directory.find(provider)
    if (!known) return [`Unknown provider "${provider}": this candidate will be skipped.`]
    if (model === undefined || mayHaveModel(directory, known, model)) return []
    return [`"${known.id}" is not known to have the model "${model}". Check its name.`]
  })
  return [...new Set(warnings)]
}

/** What seems wrong with the names and patterns that a token permits. */
export function warnOfPatterns(
  directory: Directory,
  routes: readonly ConfiguredRoute[],
  patterns: readonly string[],
): string[] {
  return patterns
    .filter((pattern) => !isOfRoute(routes, pattern) && !isOfModel(directory, pattern))
    .map((pattern) => `No known route or model matches "${pattern}". Check its name.`)
}

function isOfRoute(routes: readonly ConfiguredRoute[], pattern: string): boolean {
  return [...routes, ...defaultRoutes].some(
    ({ name }) => matchesModel(pattern, name) || matchesModel(name, pattern),
  )
}

function isOfModel(directory: Directory, pattern: string): boolean {
  const slash = pattern.indexOf('/')
  const named = slash < 0 ? undefined : directory.find(pattern.slice(0, slash))
  if (named) return mayHaveModel(directory, named, pattern.slice(slash + 1))
  const providers = [...Object.keys(catalog), ...directory.custom.map(({ id }) => id)]
  return providers.some((id) => {
    const known = directory.find(id)
    const isNamed = matchesModel(pattern, id) || known?.provider.aliases?.includes(pattern) === true
    return known !== undefined && (isNamed || hasModel(directory, known, pattern))
  })
}

/** Whether a provider may have a model: one without a list may have any. */
function mayHaveModel(directory: Directory, known: KnownProvider, pattern: string): boolean {
  return listOf(known).length === 0 || hasModel(directory, known, pattern)
}

/** Whether a provider is known to have a model, or any that a pattern means. */
function hasModel(directory: Directory, known: KnownProvider, pattern: string): boolean {
  const { id, provider } = known
  const isKeys = directory.reach.some(
    ({ provider: of, defaultModel, allowedModels }) =>
      of === id && (defaultModel === pattern || matchesAny(pattern, allowedModels ?? [])),
  )
  return (
    isKeys ||
    listOf(known).some((model) => matchesModel(pattern, model)) ||
    (isBuiltIn(id, provider) && factsOf(id, pattern) !== undefined)
  )
}

/** The models that are known of a provider. */
function listOf({ id, provider }: KnownProvider): string[] {
  return Object.keys(isBuiltIn(id, provider) ? modelsOf(id) : provider.models)
}

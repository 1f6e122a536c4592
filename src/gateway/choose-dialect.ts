/**
 * Which of a row's dialects a provider is called in: the client's own, unless the row says that it
 * cannot do there what the request holds and another of its dialects can. Pure.
 */
import type { DialectId } from '../domain/dialects.ts'
import type { ChatRequest } from '../chat/request.ts'
import { effortOf } from '../dialects/effort.ts'
import type { Feature, Provider } from '../providers/provider.ts'

/** Embeddings are no chat: they translate into nothing else, and nothing else into them. */
export const embeddings: DialectId = 'openai-embeddings'

export interface DialectChoice {
  clientDialect: DialectId
  /** The dialects that the hub can speak to a provider. */
  spoken: readonly DialectId[]
  /** What the request holds; absent where nothing is known of it. */
  features?: ReadonlySet<Feature>
  /** The provider's own id of the model; absent where its default applies. */
  model?: string | undefined
}

/** The dialect to call a provider in; undefined where the hub speaks none that serves. */
export function chooseDialect(provider: Provider, choice: DialectChoice): DialectId | undefined {
  const { clientDialect, spoken } = choice
  if (clientDialect === embeddings) {
    return provider.dialects[embeddings] && spoken.includes(embeddings) ? embeddings : undefined
  }
  // The order of a row's dialects is the provider's own preference.
  const offered = (Object.keys(provider.dialects) as DialectId[]).filter(
    (dialect) => dialect !== embeddings && spoken.includes(dialect),
  )
  const preferred = offered.includes(clientDialect) ? [clientDialect, ...offered] : offered
  return preferred.find((dialect) => canServe(provider, dialect, choice)) ?? preferred[0]
}

/** Whether a row can do in this dialect all that the request holds, as far as the row knows. */
function canServe(provider: Provider, dialect: DialectId, { features, model }: DialectChoice): boolean {
  const lacks = provider.cannot?.[dialect]
  if (!lacks || !features || features.size === 0) return true
  const called = model ?? provider.defaultModel
  return !lacks.some(({ what, models }) => features.has(what) && (models?.test(called) ?? true))
}

/** What a request holds that dialects of one row differ in. */
export function featuresOf(request: ChatRequest): ReadonlySet<Feature> {
  const { tools, messages, reasoning, choices = 1, stop = [] } = request
  const features = new Set<Feature>()
  const effort = (reasoning && effortOf(reasoning)) ?? 'none'
  if (tools.length > 0) {
    features.add('tools')
    if (effort !== 'none') features.add('tools-with-effort')
  }
  if (choices > 1) features.add('several-answers')
  if (stop.length > 0) features.add('stop')
  for (const { role, content } of messages) {
    for (const part of content) {
      if (part.type === 'tool-call' || role === 'tool') features.add('tools')
      if (part.type !== 'file') continue
      if (part.kind === 'audio') features.add('audio')
      if (part.kind === 'document' && part.source.type !== 'text') features.add('pdf')
    }
  }
  return features
}

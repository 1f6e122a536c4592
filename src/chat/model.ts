/** Models: what is known of one, and how one is named. */
import { type FileKind, fileKinds } from '../domain/files.ts'
import { HubError } from '../errors.ts'

/**
 * The longest name of a model or route, in characters. It is in records, headers, and rows of
 * pools.
 */
export const maxModelName = 200

/**
 * Returns the name of a model as a client sent it.
 * @throws {HubError} VALIDATION_ERROR naming `model` where it is too long, or holds characters that
 *   no header and no log can show: control characters and unpaired surrogates.
 */
export function checkModelName(name: string): string {
  const refuse = (problem: string): HubError =>
    new HubError('VALIDATION_ERROR', `The model name must ${problem}.`, { param: 'model' })
  if (name.length > maxModelName) throw refuse(`have at most ${maxModelName} characters`)
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(name))
    throw refuse('not contain line breaks, control characters or unpaired surrogates')
  return name
}

/** Everything is optional: a model that nothing is known of passes and counts as able. */
export interface ModelFacts {
  price?: Price
  /** Input and output together. */
  contextTokens?: number
  outputTokens?: number
  /** What it can be shown beside text. */
  input?: readonly FileKind[]
  tools?: boolean
  jsonSchema?: boolean
  /** It thinks before it answers, and may be told how much. */
  reasoning?: boolean
  /** Temperature and the like are accepted. */
  sampling?: boolean
}

/**
 * The kinds of files that a model is known not to take. Lists name PDFs for few of the models that
 * see images: where they are missing there, nothing is known.
 */
export function unseenKinds({ input }: ModelFacts): FileKind[] {
  if (!input) return []
  return fileKinds.filter((kind) => !input.includes(kind) && !(kind === 'pdf' && input.includes('image')))
}

/** US dollars per million tokens. What is absent costs as much as other input. */
export interface Price {
  input: number
  output: number
  cachedInput?: number | undefined
  cacheWrite?: number | undefined
}

/** Whether a model is meant by a pattern: an exact id, or `prefix*`. */
export function matchesModel(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern
}

/** Whether a model is meant by one of several patterns. */
export function matchesAny(model: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesModel(pattern, model))
}

/**
 * The model that a key serves where none is named: its own default, else the provider's where the
 * key allows it, else the first that it allows by its whole id. Undefined where there is none.
 */
export function ownModelOf(
  { defaultModel, allowedModels }: { defaultModel: string | null; allowedModels: readonly string[] | null },
  providersDefault: string,
): string | undefined {
  if (defaultModel !== null) return defaultModel
  const isAllowed = !allowedModels?.length || matchesAny(providersDefault, allowedModels)
  if (isAllowed) return providersDefault === '' ? undefined : providersDefault
  return allowedModels.find((pattern) => !pattern.endsWith('*'))
}

/**
 * Suffixes of a model's id by which a router picks another provider, price or variant, or adds a
 * paid search: https://openrouter.ai/docs/features/model-routing (`:online`, `:thinking`,
 * `@preset/`), https://huggingface.co/docs/inference-providers (`:groq`, `:fastest`), deployments
 * at Fireworks (`#`), and lists of models at gateways (`,`). These are refused in any name.
 */
const choosingSuffix =
  /:(?:online|nitro|floor|exacto|extended|thinking|fastest|cheapest|preferred)(?:[:@]|$)|@preset\/|[#,;?|&]/i

/** A suffix in an id of a vendor's model, from the mark to the next one. */
const suffix = /(?<=[^/])[:@]([^/:@]*)/g
/**
 * Suffixes that name a version, size or build of a model: `:8b`, `@20240620`, `:latest`, `:q4_K_M`.
 */
const versionSuffix =
  /^(?:\d[\w.-]*|e\db[\w.-]*|q\d[\w.-]*|fp\d+|free|latest|tiny|mini|small|medium|large|base|chat|code|instruct|text|vision)$/i
/** The ids of fine-tuned models have several colons: `ft:gpt-4o-mini:org::id`. */
const fineTuned = /(?:^|\/)ft:[^/]*$/

/**
 * Whether a name says more than a model: a suffix decides who serves it, and at which price. In a
 * name without a vendor only the suffixes of known routers do: it is a route's, or a tag of the
 * hub's own.
 */
function choosesPrice(name: string): boolean {
  if (choosingSuffix.test(name)) return true
  if (!name.includes('/') || fineTuned.test(name)) return false
  return [...name.matchAll(suffix)].some(([, word = '']) => !versionSuffix.test(word))
}

/**
 * Whether a token's list permits a name. A pattern covers models, and no choice of a price: a name
 * with such a suffix must be listed as it is, and a listed name permits only itself.
 */
export function permitsModel(name: string, list: readonly string[]): boolean {
  return choosesPrice(name) ? list.includes(name) : matchesAny(name, list)
}

/** Models: what is known of one, and how one is named. */
import { HubError } from '../errors.ts'

/** The longest name of a model or route, in characters. It is in records, headers, and rows of pools. */
export const maxModelName = 200

/**
 * Returns the name of a model as a client sent it.
 * @throws {HubError} VALIDATION_ERROR naming `model` where it is too long, or holds characters that no
 *   header and no log can show: control characters and unpaired surrogates.
 */
export function checkModelName(name: string): string {
  const refuse = (problem: string): HubError =>
    new HubError('VALIDATION_ERROR', `The name of a model must ${problem}.`, { param: 'model' })
  if (name.length > maxModelName) throw refuse(`have at most ${maxModelName} characters`)
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(name))
    throw refuse('not hold line breaks, control characters or halves of characters')
  return name
}

/** Everything is optional: a model that nothing is known of passes and counts as able. */
export interface ModelFacts {
  price?: Price
  /** Input and output together. */
  contextTokens?: number
  outputTokens?: number
  /** What it can be shown beside text. */
  input?: readonly ('image' | 'audio' | 'video' | 'pdf')[]
  tools?: boolean
  jsonSchema?: boolean
  /** It thinks before it answers, and may be told how much. */
  reasoning?: boolean
  /** Temperature and the like are accepted. */
  sampling?: boolean
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
 * Suffixes by which a router picks another model or price, or adds a paid search: https://openrouter.ai/docs/features/model-routing and
 * https://huggingface.co/docs/inference-providers. Tags such as `:8b` and `:free` name models of their own.
 */
const choosingSuffix = /:(?:online|nitro|floor|exacto|extended|fastest|cheapest|preferred)(?::|$)|@preset\//i

/** Whether a token's list permits a name: one with a suffix that chooses a price must be listed as it is. */
export function permitsModel(name: string, list: readonly string[]): boolean {
  return choosingSuffix.test(name) ? list.includes(name) : matchesAny(name, list)
}

/**
 * The output limit of a request, under the many names in use. A body that holds two of them says
 * two things: servers differ in the one they obey. One limit is reserved for, and one goes out.
 * Pure.
 */
import type { DialectId } from '../domain/dialects.ts'
import { isExactNumber } from '../chat/exact-json.ts'
import { isJsonObject, type Json, type JsonObject } from '../chat/json.ts'
import type { ChatRequest } from '../chat/request.ts'
import { numberIn, objectIn } from './json-read.ts'
import { withoutSettings } from './spend-fields.ts'

/**
 * Names of the limit, as plain names: of dialects and of servers that take their own beside the
 * dialect's.
 */
const limitNames: ReadonlySet<string> = new Set([
  // OpenAI, Anthropic's old API, Gemini, the hub
  'maxtokens',
  'maxcompletiontokens',
  'maxoutputtokens',
  'maxtokenstosample',
  // vLLM, TGI, Ollama, llama.cpp, Cloudflare, Bedrock, Replicate
  'maxnewtokens',
  'maxlength',
  'maxlen',
  'numpredict',
  'npredict',
  'maxgenlen',
  'maxgeneratedtokens',
  'maxtokencount',
  'maxresponsetokens',
])
/** Least lengths, which some servers put above the limit. */
const leastNames: ReadonlySet<string> = new Set(['mintokens', 'minnewtokens', 'minlength', 'minoutputtokens'])
/** Names of the number of answers, each of which may be as long as the limit. */
const choiceNames: ReadonlySet<string> = new Set([
  'n',
  'bestof',
  'candidatecount',
  'numbeams',
  'numchoices',
  'numgenerations',
  'numreturnsequences',
  'numsamples',
])
/** Limits of reasoning alone; some servers count it apart from the limit of the answer. */
const reasoningPaths: ReadonlySet<string> = new Set([
  'reasoning.max_tokens',
  'thinking.budget_tokens',
  'thinking_budget',
])

/**
 * Where each dialect has its limit and its number of answers; the paths that its own half reads and
 * writes.
 */
const ownPaths: Partial<Record<DialectId, ReadonlySet<string>>> = {
  'openai-chat': new Set(['max_tokens', 'max_completion_tokens', 'n']),
  'openai-responses': new Set(['max_output_tokens']),
  anthropic: new Set(['max_tokens']),
  gemini: new Set([
    'generationConfig.maxOutputTokens',
    'generationConfig.candidateCount',
    'generation_config.max_output_tokens',
    'generation_config.candidate_count',
    'generationConfig.max_output_tokens',
    'generationConfig.candidate_count',
    'generation_config.maxOutputTokens',
    'generation_config.candidateCount',
  ]),
}

/**
 * Whether a value holds others. A number that is carried as its text is an object of JavaScript's
 * and holds none.
 */
function isHolder(value: Json): boolean {
  return isJsonObject(value) || Array.isArray(value)
}

/**
 * The smallest of several limits; what is no positive number limits nothing (`-1` is no limit to
 * llama.cpp).
 */
export function smallestLimit(...limits: (number | null | undefined)[]): number | undefined {
  return smallestOf(limits)
}

function smallestOf(limits: readonly (number | null | undefined)[]): number | undefined {
  return limits.reduce<number | undefined>(
    (least, limit) => (typeof limit === 'number' && limit > 0 && limit < (least ?? Infinity) ? limit : least),
    undefined,
  )
}

/** Whether a member with this value limits the output. */
function isLimit(plain: string, path: string, value: Json): boolean {
  return limitNames.has(plain) && !reasoningPaths.has(path) && !isHolder(value)
}

/** The output limits of a body, by their paths. */
function limitsIn(body: JsonObject): Map<string, Json> {
  const found = new Map<string, Json>()
  withoutSettings(body, (plain, path, value) => {
    if (isLimit(plain, path, value)) found.set(path, value)
    return false
  })
  return found
}

/** How many answers a body asks for at most, under whichever name; at least one. */
export function mostChoices({ choices = 1, origin }: ChatRequest): number {
  let most = Math.max(1, choices)
  withoutSettings(origin.body, (plain, _path, value) => {
    if (choiceNames.has(plain) && !isHolder(value)) most = Math.max(most, countIn(value))
    return false
  })
  return most
}

/** A number, also one that is carried as its text. */
function sizeOf(value: Json | undefined): number | undefined {
  return isExactNumber(value) ? Number(JSON.stringify(value)) : numberIn(value)
}

/** A count as lenient servers read it: a number, or a text that is one. */
function countIn(value: Json): number {
  const count = sizeOf(value) ?? Number(value)
  return Number.isFinite(count) ? Math.ceil(count) : 1
}

/**
 * The request with one output limit at most: the one that its dialect reads, which is reserved for,
 * or the smallest of others. A request with one name comes back as it is.
 */
export function withOneLimit(request: ChatRequest): ChatRequest {
  const { origin } = request
  if (!ownPaths[origin.dialect]) return request
  const found = limitsIn(origin.body)
  if (found.size < 2) return request
  const limit = request.maxOutputTokens ?? smallestOf([...found.values()].map(numberIn))
  const kept = nameToKeep(origin.dialect, found)
  const { body } = withoutSettings(
    origin.body,
    (plain, path, value) => isLimit(plain, path, value) && path !== kept,
  )
  // The dialect's own half writes the limit where it differs from the name that stays.
  return { ...request, ...(limit !== undefined && { maxOutputTokens: limit }), origin: { ...origin, body } }
}

/** The name that stays: the older of Chat's two is known to every server of that dialect. */
function nameToKeep(dialect: DialectId, found: ReadonlyMap<string, Json>): string | undefined {
  if (dialect === 'openai-chat' && found.has('max_tokens')) return 'max_tokens'
  return [...found.keys()].find((path) => ownPaths[dialect]?.has(path))
}

/**
 * The body of a request whose output was reserved for: without limits and numbers of answers under
 * names that its dialect does not read, and with reasoning that is no longer than the limit.
 */
export function withoutOtherLimits(
  body: JsonObject,
  dialect: DialectId,
  limit: number | undefined,
): { body: JsonObject; dropped: string[] } {
  const own = ownPaths[dialect]
  const others = withoutSettings(body, (plain, path, value) => {
    if (own?.has(path) || reasoningPaths.has(path)) return false
    const counts = limitNames.has(plain) || leastNames.has(plain) || choiceNames.has(plain)
    return counts && !isHolder(value)
  })
  return { ...others, body: limit === undefined ? others.body : limitReasoning(others.body, dialect, limit) }
}

function limitReasoning(body: JsonObject, dialect: DialectId, limit: number): JsonObject {
  // Anthropic's own half fits its budget to the limit.
  if (dialect !== 'openai-chat') return body
  const limited = { ...body }
  if ((sizeOf(body.thinking_budget) ?? 0) > limit) limited.thinking_budget = limit
  const { reasoning, thinking } = body
  if ((sizeOf(objectIn(reasoning)?.max_tokens) ?? 0) > limit)
    limited.reasoning = { ...objectIn(reasoning), max_tokens: limit }
  if ((sizeOf(objectIn(thinking)?.budget_tokens) ?? 0) > limit)
    limited.thinking = { ...objectIn(thinking), budget_tokens: limit }
  return limited
}

/**
 * Members of a request by which a provider picks another model, price or tier than the hub reserved
 * for. They are left out for tokens whose money is bounded. Data first; pure.
 */
import { isJsonObject, type Json, type JsonObject } from '../chat/json.ts'
import { objectIn } from './json-read.ts'
import { plainName } from './member-name.ts'

/**
 * By the field's source, as plain names. One list for all dialects: a server that speaks one of
 * them may merge the fields of another, and a field that a provider does not know is no loss.
 */
const choosingFields = {
  /**
   * https://openrouter.ai/docs/features/model-routing and /provider-routing, /presets, /transforms
   */
  openrouter: ['models', 'provider', 'route', 'router', 'plugins', 'transforms', 'preset', 'usecase'],
  /**
   * https://platform.openai.com/docs/api-reference (service tiers); https://ai.google.dev/api
   * (serviceTier)
   */
  tiers: ['servicetier', 'tier', 'pricingtier', 'latencytier', 'performance', 'performanceconfig'],
  /**
   * https://platform.claude.com/docs/en/api/messages: fast mode, residency, server-side fallback
   */
  anthropic: ['speed', 'inferencegeo', 'fallback', 'fallbacks', 'fallbackcredit'],
  /** https://vercel.com/docs/ai-gateway/provider-options; LiteLLM's proxy settings in a body */
  gateways: [
    'gateway',
    'providers',
    'provideroptions',
    'routing',
    'routingconfig',
    'routingstrategy',
    'modelselectionconfig',
    'modelfallbacks',
    'fallbackmodel',
    'fallbackmodels',
    'contextwindowfallbacks',
    'litellmparams',
    'apibase',
    'baseurl',
    'customllmprovider',
  ],
  /**
   * Names under which servers take another model beside `model`: vLLM, Predibase, Azure, Fireworks.
   */
  otherModels: [
    'modelid',
    'modelname',
    'modelversion',
    'engine',
    'deployment',
    'deploymentid',
    'deploymentname',
    'lora',
    'loraid',
    'lorarequest',
    'adapterid',
    'adaptersource',
    'draftmodel',
  ],
  /** Searches that are billed by the call: OpenAI, xAI, Alibaba, Perplexity. */
  searches: [
    'websearch',
    'websearchoptions',
    'searchparameters',
    'enablesearch',
    'searchoptions',
    'searchmode',
    'returnimages',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>

/**
 * Fields by which a router or server asks somebody else, or for another model, than `model` names.
 */
const elsewhere: ReadonlySet<string> = new Set(
  [
    choosingFields.openrouter,
    choosingFields.gateways,
    choosingFields.otherModels,
    ['fallback', 'fallbacks', 'fallbackcredit'],
  ].flat(),
)
const tiers: ReadonlySet<string> = new Set([...choosingFields.tiers, 'speed', 'inferencegeo'])
/** The tiers that a request has without asking for one. */
const usualTiers: ReadonlySet<Json> = new Set(['auto', 'default', 'standard', 'standard_only', 'on_demand'])
/**
 * Settings by which a gateway calls another address, or with a credential of the caller's
 * (LiteLLM).
 */
const credentials: ReadonlySet<string> = new Set([
  'accesstoken',
  'apibase',
  'apikey',
  'apikeys',
  'authorization',
  'baseurl',
  'byok',
  'credentials',
  'customllmprovider',
  'extraheaders',
  'litellmparams',
  'userconfig',
])

const choosing: ReadonlySet<string> = new Set(Object.values(choosingFields).flat())
const searching: ReadonlySet<string> = new Set([...choosingFields.searches, 'plugins'])

/** `reasoning.mode: "pro"` is another price at OpenAI; `effort` is not. */
const choosingPaths: ReadonlySet<string> = new Set(['reasoning.mode'])

/** Members that hold words and data rather than settings: names inside of them choose nothing. */
const contentNames: ReadonlySet<string> = new Set(
  [
    'contents',
    'functions',
    'input',
    'instructions',
    'labels',
    'logit_bias',
    'messages',
    'metadata',
    'prediction',
    'prompt',
    'response_format',
    'response_json_schema',
    'response_schema',
    'stop',
    'system',
    'system_instruction',
    'text',
    'tool_choice',
    'tool_config',
    'tools',
    'user',
  ].map(plainName),
)

/** Settings lie no deeper than this in any dialect; what does is left out with its member. */
const deepestSetting = 8

/**
 * A body without the settings that are not wanted, and the paths of those it had. The same body
 * where it had none.
 */
export function withoutSettings(
  body: JsonObject,
  isUnwanted: (plain: string, path: string, value: Json) => boolean,
): { body: JsonObject; dropped: string[] } {
  const dropped: string[] = []
  const clean = (object: JsonObject, path: string, depth: number): JsonObject => {
    let changed = false
    const kept: [string, Json][] = []
    for (const [name, value] of Object.entries(object)) {
      const plain = plainName(name)
      const place = path + name
      const isDeep = depth >= deepestSetting && typeof value === 'object' && value !== null
      if (value !== null && (isDeep || isUnwanted(plain, place, value))) {
        dropped.push(place)
        changed = true
        continue
      }
      const cleaned = contentNames.has(plain) ? value : cleanValue(value, place, depth)
      changed ||= cleaned !== value
      kept.push([name, cleaned])
    }
    return changed ? Object.fromEntries(kept) : object
  }
  const cleanValue = (value: Json, place: string, depth: number): Json => {
    if (isJsonObject(value)) return clean(value, `${place}.`, depth + 1)
    if (!Array.isArray(value)) return value
    const list = value.map((item) => (isJsonObject(item) ? clean(item, `${place}.`, depth + 1) : item))
    return list.some((item, index) => item !== value[index]) ? list : value
  }
  return { body: clean(body, '', 0), dropped }
}

/** Leaves out the settings by which a provider would pick another model, price or tier. */
export function withoutChoices(body: JsonObject): { body: JsonObject; dropped: string[] } {
  return withoutSettings(body, (plain, path) => choosing.has(plain) || choosingPaths.has(path))
}

/** Whether a body asks a provider to search. */
export function asksForSearch(body: JsonObject): boolean {
  return withoutSettings(body, (plain) => searching.has(plain)).dropped.length > 0
}

/** What a body chooses beside its model, so that an error may be about that alone. */
export interface OtherChoices {
  /** Another model, or who serves it. */
  elsewhere: boolean
  /** Another tier than the usual one. */
  tier: boolean
  /** An address or a credential of the caller's own. */
  credential: boolean
}

/** Looks through the settings of a body; words and data in it choose nothing. */
export function otherChoices(body: JsonObject): OtherChoices {
  const found: OtherChoices = { elsewhere: false, tier: false, credential: false }
  withoutSettings(body, (plain, _path, value) => {
    if (elsewhere.has(plain)) found.elsewhere = true
    if (tiers.has(plain) && !usualTiers.has(value)) found.tier = true
    if (credentials.has(plain)) found.credential = true
    return false
  })
  return found
}

/**
 * Whether a body asks for a cache that is kept for longer than the usual five minutes, wherever it
 * says so.
 */
export function writesHourCache(body: JsonObject): boolean {
  const left: Json[] = [body]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (typeof next !== 'object' || next === null) continue
    for (const [name, value] of Object.entries(next)) {
      if (typeof value !== 'object' || value === null) continue
      const { ttl } = (plainName(name) === 'cachecontrol' && objectIn(value)) || {}
      if (ttl !== undefined && ttl !== null && ttl !== '5m') return true
      left.push(value)
    }
  }
  return false
}

/**
 * Flags of `anthropic-beta` that raise the price of what was reserved: long context, fast mode,
 * fallback models.
 */
const choosingFlags = /^(?:context-1m|fast-mode|server-side-fallback|fallback|priority)/i

/** Opt-in headers without the flags that choose a price, and the names of those. */
export function withoutChoosingFlags(headers: Readonly<Record<string, string>> | undefined): {
  headers: Readonly<Record<string, string>> | undefined
  dropped: string[]
} {
  const dropped: string[] = []
  const kept = Object.entries(headers ?? {}).flatMap(([name, value]): [string, string][] => {
    const flags = value.split(',').map((flag) => flag.trim())
    const allowed = flags.filter((flag) => !choosingFlags.test(flag))
    if (allowed.length === flags.length) return [[name, value]]
    for (const flag of flags) if (choosingFlags.test(flag)) dropped.push(`${name}:${plainFlag(flag)}`)
    return allowed.length > 0 ? [[name, allowed.join(',')]] : []
  })
  return { headers: dropped.length > 0 ? Object.fromEntries(kept) : headers, dropped }
}

/** A flag goes into a header of the answer. */
function plainFlag(flag: string): string {
  return flag.replaceAll(/[^\w.-]/g, '').slice(0, 60)
}

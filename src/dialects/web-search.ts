/**
 * Searches of the web that a provider makes while it answers. Each vendor has its own tool or field
 * for it; a request for one becomes the search that the provider of the row has (`Quirks.search`),
 * or is named as left out.
 */
import type { Json, JsonObject } from '../chat/json.ts'
import type { ChatRequest, WebSearch } from '../chat/request.ts'
import type { Call, Quirks } from './dialect.ts'
import { compact, itemsIn, listIn, numberIn, objectIn, textIn } from './json-read.ts'

/** Anthropic's and OpenAI's tools, each with a date or without. */
const searchType = /^web_search(?:_preview)?(?:_\d{8}|_\d{4}_\d{2}_\d{2})?$/

/** Whether a tool of Anthropic's or OpenAI's Responses dialect is a search of the web. */
export function isSearchTool({ type, external_web_access: access }: JsonObject): boolean {
  // Codex asks for a search of what OpenAI has kept, and of nothing else.
  return searchType.test(textIn(type) ?? '') && access !== false
}

/** What such a tool asks for. @param path where the client has it. */
export function readSearchTool(tool: JsonObject, path: string): WebSearch {
  const filters = objectIn(tool.filters)
  return compact({
    paths: [path],
    maxUses: numberIn(tool.max_uses),
    allowedDomains: textsIn(filters?.allowed_domains ?? tool.allowed_domains),
    blockedDomains: textsIn(filters?.blocked_domains ?? filters?.excluded_domains ?? tool.blocked_domains),
    location: objectIn(tool.user_location),
    contextSize: textIn(tool.search_context_size),
  })
}

function textsIn(value: Json | undefined): string[] | undefined {
  const texts = listIn(value).filter((text) => typeof text === 'string')
  return texts.length > 0 ? texts : undefined
}

/**
 * The search that a Chat client asks for: OpenAI's and Perplexity's options, OpenRouter's plugin.
 */
export function readSearchFields({ web_search_options, plugins }: JsonObject): WebSearch | undefined {
  const options = objectIn(web_search_options)
  if (options) {
    // The place is one level deeper than in the Responses dialect.
    const { type, approximate } = objectIn(options.user_location) ?? {}
    const place = objectIn(approximate)
    const location = place && { type: type ?? 'approximate', ...place }
    const contextSize = textIn(options.search_context_size)
    return compact({ paths: ['web_search_options'], isForced: true as const, location, contextSize })
  }
  const ids = itemsIn(plugins).map((plugin) => objectIn(plugin)?.id)
  if (ids.length === 0 || ids.some((id) => id !== 'web')) return undefined
  return { paths: ['plugins'], isForced: true }
}

/** What a search may be told, by the names of a request's own words. */
type Setting = 'maxUses' | 'allowedDomains' | 'blockedDomains' | 'location' | 'contextSize'

/** The members in which a client says these, behind the path of its search. */
const settingNames: Readonly<Record<Setting, string>> = {
  maxUses: 'max_uses',
  allowedDomains: 'allowed_domains',
  blockedDomains: 'blocked_domains',
  location: 'user_location',
  contextSize: 'search_context_size',
}

/** The search of a row, and how much of what was asked for it cannot be told. */
interface AddedSearch {
  body: JsonObject
  /** The settings that it takes. */
  takes: readonly Setting[]
  /** The answer need not come from it, though that was asked for. */
  isFree?: boolean
}

/**
 * A call with the provider's own search in it. What of it the provider cannot be told is named, and
 * all of it where it has none.
 */
export function withSearch(call: Call, { search, tools, origin }: ChatRequest, quirks: Quirks): Call {
  if (!search) return call
  const { search: kind } = quirks
  const added = kind && addSearch(call.body, search, kind, tools.length > 0)
  if (!added) return { ...call, dropped: [...call.dropped, ...search.paths] }
  const [path = 'tools', ...forcing] = search.paths
  const settings = Object.keys(settingNames) as Setting[]
  const lost = settings.filter((name) => search[name] !== undefined && !added.takes.includes(name))
  const inFilters = origin.dialect === 'openai-responses' ? 'filters.' : ''
  const names = lost.map((name) => {
    const prefix = name.endsWith('Domains') ? inFilters : ''
    return `${path}.${prefix}${settingNames[name]}`
  })
  return {
    ...call,
    body: added.body,
    dropped: [...call.dropped, ...names, ...(added.isFree ? forcing : [])],
  }
}

function addSearch(
  body: JsonObject,
  search: WebSearch,
  kind: NonNullable<Quirks['search']>,
  hasFunctions: boolean,
): AddedSearch | undefined {
  const { isForced = false, allowedDomains, blockedDomains, location, contextSize } = search
  const forced = (choice: JsonObject): JsonObject => (isForced ? { tool_choice: choice } : {})
  switch (kind) {
    case 'web_search_20250305': {
      const domains = allowedDomains
        ? { allowed_domains: allowedDomains }
        : { blocked_domains: blockedDomains }
      const limits = compact({ max_uses: search.maxUses, ...domains, user_location: location })
      const tool = { type: kind, name: 'web_search', ...limits }
      // A model with a thinking budget cannot be made to use a tool.
      const canForce = objectIn(body.thinking)?.type !== 'enabled'
      return {
        body: { ...withTool(body, tool), ...(canForce && forced({ type: 'tool', name: 'web_search' })) },
        // It takes one of the two lists.
        takes: ['maxUses', 'location', allowedDomains ? 'allowedDomains' : 'blockedDomains'],
        isFree: isForced && !canForce,
      }
    }
    case 'web_search': {
      const filters = allowedDomains && { allowed_domains: allowedDomains }
      const more = compact({ filters, user_location: location, search_context_size: contextSize })
      return {
        body: { ...withTool(body, { type: kind, ...more }), ...forced({ type: kind }) },
        takes: ['allowedDomains', 'location', 'contextSize'],
      }
    }
    case 'googleSearch':
      // Models before generation 3 take it beside functions as an error, and none takes a choice of
      // it.
      return hasFunctions
        ? undefined
        : { body: withTool(body, { googleSearch: {} }), takes: [], isFree: isForced }
    case 'web_search_options': {
      const { type, ...approximate } = location ?? {}
      const user_location = location && { type: type ?? 'approximate', approximate }
      const options = compact({ search_context_size: contextSize, user_location })
      return { body: { ...body, web_search_options: options }, takes: ['location', 'contextSize'] }
    }
    case 'plugins':
      return { body: { ...body, plugins: [{ id: 'web' }] }, takes: [] }
  }
}

function withTool(body: JsonObject, tool: JsonObject): JsonObject {
  return { ...body, tools: [...listIn(body.tools), tool] }
}

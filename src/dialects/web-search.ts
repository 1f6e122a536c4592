/**
 * Searches of the web that a provider makes while it answers. Each vendor has its own tool or field
 * for it; a request for one becomes the search that the provider of the row has (`Quirks.search`),
 * or is named as left out.
 */
import type { Json, JsonObject } from '../chat/json.ts'
import type { ChatRequest, WebSearch } from '../chat/request.ts'
import type { Call, Quirks } from './dialect.ts'
import { compact, itemsIn, listIn, numberIn, objectIn, textIn } from './read.ts'

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
    blockedDomains: textsIn(filters?.excluded_domains ?? tool.blocked_domains),
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

/** A call with the provider's own search in it; named as left out where it has none. */
export function withSearch(call: Call, { search, tools }: ChatRequest, { search: kind }: Quirks): Call {
  if (!search) return call
  const body = kind && addSearch(call.body, search, kind, tools.length > 0)
  return body ? { ...call, body } : { ...call, dropped: [...call.dropped, ...search.paths] }
}

function addSearch(
  body: JsonObject,
  search: WebSearch,
  kind: NonNullable<Quirks['search']>,
  hasFunctions: boolean,
): JsonObject | undefined {
  const { isForced, allowedDomains, blockedDomains, location, contextSize } = search
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
      return { ...withTool(body, tool), ...(canForce && forced({ type: 'tool', name: 'web_search' })) }
    }
    case 'web_search': {
      const filters = allowedDomains && { allowed_domains: allowedDomains }
      const more = compact({ filters, user_location: location, search_context_size: contextSize })
      return { ...withTool(body, { type: kind, ...more }), ...forced({ type: kind }) }
    }
    case 'googleSearch':
      // Models before generation 3 take it beside functions as an error, and none takes a choice of
      // it.
      return hasFunctions ? undefined : withTool(body, { googleSearch: {} })
    case 'web_search_options': {
      const { type, ...approximate } = location ?? {}
      const user_location = location && { type: type ?? 'approximate', approximate }
      return { ...body, web_search_options: compact({ search_context_size: contextSize, user_location }) }
    }
    case 'plugins':
      return { ...body, plugins: [{ id: 'web' }] }
  }
}

function withTool(body: JsonObject, tool: JsonObject): JsonObject {
  return { ...body, tools: [...listIn(body.tools), tool] }
}

/** Every dialect there is. A new one is a folder and a line in each table; see `README.md`. */
import type { DialectId } from '../domain/dialects.ts'
import { checkModelName } from '../chat/model.ts'
import type { Inbound, Outbound } from './dialect.ts'
import { lostAt } from './skipped-parts.ts'
import { withSearch } from './web-search.ts'
import { cohereOutbound } from './cohere/outbound.ts'
import { anthropicInbound } from './anthropic/inbound.ts'
import { anthropicOutbound } from './anthropic/outbound.ts'
import { geminiInbound } from './gemini/inbound.ts'
import { geminiOutbound } from './gemini/outbound.ts'
import { hubChatInbound, hubQueryInbound } from './hub/inbound.ts'
import { openaiChatInbound } from './openai-chat/inbound.ts'
import { openaiChatOutbound } from './openai-chat/outbound.ts'
import { openaiResponsesInbound } from './openai-responses/inbound.ts'
import { withEmptyArguments } from './empty-arguments.ts'
import { openaiResponsesOutbound } from './openai-responses/outbound.ts'
import { openaiEmbeddingsInbound } from './openai-embeddings/inbound.ts'
import { openaiEmbeddingsOutbound } from './openai-embeddings/outbound.ts'

/** How clients speak to us. Partial until the last dialect is built. */
export const inbound: Partial<Record<DialectId, Inbound>> = {
  'openai-chat': withCheckedModel(openaiChatInbound),
  anthropic: withCheckedModel(anthropicInbound),
  'openai-responses': withCheckedModel(openaiResponsesInbound),
  gemini: withCheckedModel(geminiInbound),
  'openai-embeddings': withCheckedModel(openaiEmbeddingsInbound),
  'hub-chat': withCheckedModel(hubChatInbound),
  'hub-query': withCheckedModel(hubQueryInbound),
}

/**
 * Bounds the names of models at the door of every dialect, whether a body or an address holds them.
 */
function withCheckedModel(dialect: Inbound): Inbound {
  return {
    ...dialect,
    parseRequest(body, address) {
      if (address?.model !== undefined) checkModelName(address.model)
      const request = dialect.parseRequest(body, address)
      checkModelName(request.model)
      return request
    },
  }
}

/** How we speak to providers. */
export const outbound: Partial<Record<DialectId, Outbound>> = {
  'openai-chat': withCommon(openaiChatOutbound),
  anthropic: withCommon(anthropicOutbound),
  'openai-responses': withCommon(openaiResponsesOutbound),
  gemini: withCommon(geminiOutbound),
  'openai-embeddings': openaiEmbeddingsOutbound,
  cohere: withCommon(cohereOutbound),
}

/**
 * Adds what all dialects have in common: the provider's own search, and the names of what the
 * client's reader skipped.
 */
function withCommon(plain: Outbound): Outbound {
  const dialect = withEmptyArguments(plain)
  return {
    ...dialect,
    buildCall(request, upstream) {
      const built = dialect.buildCall(request, upstream)
      const isOwn = request.origin.dialect === dialect.id
      const call = isOwn ? built : withSearch(built, request, upstream.quirks)
      return { ...call, dropped: [...new Set([...call.dropped, ...lostAt(request, dialect.id)])] }
    },
  }
}

/**
 * The dialects that the hub can speak to a provider. The table's names are dialects by
 * construction; `Object.keys` forgets it.
 */
export const spokenDialects = Object.keys(outbound) as DialectId[]

/** Every dialect there is. A new one is a folder and a line in each table; see `README.md`. */
import { checkModelName } from '../chat/model.ts'
import type { DialectId } from '../chat/request.ts'
import type { Inbound, Outbound } from './dialect.ts'
import { cohereOutbound } from './cohere/outbound.ts'
import { anthropicInbound } from './anthropic/inbound.ts'
import { anthropicOutbound } from './anthropic/outbound.ts'
import { geminiInbound } from './gemini/inbound.ts'
import { geminiOutbound } from './gemini/outbound.ts'
import { hubChatInbound, hubQueryInbound } from './hub/inbound.ts'
import { openaiChatInbound } from './openai-chat/inbound.ts'
import { openaiChatOutbound } from './openai-chat/outbound.ts'
import { openaiResponsesInbound } from './openai-responses/inbound.ts'
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

/** Bounds the names of models at the door of every dialect, whether a body or an address holds them. */
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
  'openai-chat': openaiChatOutbound,
  anthropic: anthropicOutbound,
  'openai-responses': openaiResponsesOutbound,
  gemini: geminiOutbound,
  'openai-embeddings': openaiEmbeddingsOutbound,
  cohere: cohereOutbound,
}

/** The dialects that the hub can speak to a provider. The table's names are dialects by construction; `Object.keys` forgets it. */
export const spokenDialects = Object.keys(outbound) as DialectId[]

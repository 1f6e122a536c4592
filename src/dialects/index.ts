/** Every dialect there is. A new one is a folder and a line in each table; see `README.md`. */
import type { DialectId } from '../chat/request.ts'
import type { Inbound, Outbound } from './dialect.ts'
import { openaiChatInbound } from './openai-chat/inbound.ts'
import { openaiChatOutbound } from './openai-chat/outbound.ts'

/** How clients speak to us. Partial until the last dialect is built. */
export const inbound: Partial<Record<DialectId, Inbound>> = {
  'openai-chat': openaiChatInbound,
}

/** How we speak to providers. */
export const outbound: Partial<Record<DialectId, Outbound>> = {
  'openai-chat': openaiChatOutbound,
}

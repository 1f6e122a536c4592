/**
 * Ids of tool calls that are longer than the receiver takes, as hashes: the same id always has the
 * same one.
 */
import type { ChatRequest, Message } from '../../chat/request.ts'
import { shortId } from './short-id.ts'
import type { Profile } from './profile.ts'

/** The same request where every id fits. */
export function fitCallIds(request: ChatRequest, { limits: { longestCallId } }: Profile): ChatRequest {
  if (!request.messages.some((message) => idsOf(message).some((id) => id.length > longestCallId)))
    return request
  const fit = (id: string): string => (id.length > longestCallId ? hashedId(id) : id)
  return {
    ...request,
    messages: request.messages.map((message): Message => {
      switch (message.role) {
        case 'assistant':
          return {
            ...message,
            content: message.content.map((part) =>
              part.type === 'tool-call' ? { ...part, id: fit(part.id) } : part,
            ),
          }
        case 'tool':
          return {
            ...message,
            content: message.content.map((part) => ({ ...part, callId: fit(part.callId) })),
          }
        default:
          return message
      }
    }),
  }
}

function hashedId(id: string): string {
  return `call_${shortId(`call ${id}`)}${shortId(`${id} call`)}`
}

function idsOf(message: Message): string[] {
  switch (message.role) {
    case 'assistant':
      return message.content.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []))
    case 'tool':
      return message.content.map((part) => part.callId)
    default:
      return []
  }
}

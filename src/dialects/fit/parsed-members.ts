/**
 * What OpenAI's SDKs add to an answer that they parsed, and hand back with the next turn: `parsed`
 * and `parsed_arguments`. No vendor has such members: "Unknown parameter:
 * 'input[2].parsed_arguments'", https://github.com/openai/openai-python/issues/2720
 */
import { isJsonObject } from '../../chat/json.ts'
import { mapMember } from '../map-member.ts'
import { withoutMembers } from '../without-members.ts'
import type { BodyStep } from './fit.ts'

export const withoutParsedMessages: BodyStep = (body) =>
  mapMember(body, 'messages', (message) =>
    message.role === 'assistant'
      ? mapMember(withoutMembers(message, ['parsed']), 'tool_calls', (call) => {
          const called = call.function
          if (!isJsonObject(called) || called.parsed_arguments === undefined) return call
          return { ...call, function: withoutMembers(called, ['parsed_arguments']) }
        })
      : message,
  )

export const withoutParsedItems: BodyStep = (body) =>
  mapMember(body, 'input', (item) =>
    mapMember(withoutMembers(item, ['parsed_arguments']), 'content', (part) =>
      withoutMembers(part, ['parsed']),
    ),
  )

/**
 * A dialect whose answers say who made the state in them: the maker is sealed with what is
 * translated, and remembered for what is relayed.
 */
import type { ChatEvent } from '../chat/events.ts'
import type { Opaque } from '../chat/request.ts'
import type { Outbound } from '../dialects/dialect.ts'
import type { SseMessage } from '../http/sse.ts'
import type { StateMakers } from './state-makers.ts'

/** The speaker for one call to this maker. */
export function withMaker(speaker: Outbound, maker: string, makers: StateMakers): Outbound {
  const note = ({ data = '' }: SseMessage): void => makers.noteAnswer(data, maker)
  const sign = <T extends object>(holder: T): T =>
    'opaque' in holder && holder.opaque
      ? // Every member of this name holds state.
        { ...holder, opaque: { ...(holder.opaque as Opaque), by: maker } }
      : holder
  return {
    ...speaker,
    parseResponse(body) {
      const response = speaker.parseResponse(body)
      const choices = response.choices.map((choice) => ({ ...choice, content: choice.content.map(sign) }))
      return { ...response, choices }
    },
    parseStream() {
      const parser = speaker.parseStream()
      return {
        push(message): ChatEvent[] {
          note(message)
          return parser.push(message).map(sign)
        },
        end: () => parser.end().map(sign),
      }
    },
    watch() {
      const glimpse = speaker.watch?.() ?? ((message: SseMessage) => speaker.glimpse(message))
      return (message) => {
        note(message)
        return glimpse(message)
      }
    },
  }
}

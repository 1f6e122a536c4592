/**
 * The client's own names of tools, given back to the calls of an answer. Any other name that a
 * model says stays as it is.
 */
import type { ChatEvent } from '../../chat/events.ts'
import type { AssistantPart } from '../../chat/request.ts'
import type { Outbound } from '../dialect.ts'

/**
 * The speaker, with answers in the client's names.
 * @param names the client's names, by those that were sent.
 */
export function withNames(speaker: Outbound, names: ReadonlyMap<string, string>): Outbound {
  if (names.size === 0) return speaker
  const restorePart = (part: AssistantPart): AssistantPart =>
    part.type === 'tool-call' ? { ...part, name: names.get(part.name) ?? part.name } : part
  const restoreEvent = (event: ChatEvent): ChatEvent =>
    event.type === 'tool-call-start' ? { ...event, name: names.get(event.name) ?? event.name } : event
  return {
    ...speaker,
    parseResponse(body) {
      const response = speaker.parseResponse(body)
      const choices = response.choices.map((choice) => ({
        ...choice,
        content: choice.content.map(restorePart),
      }))
      return { ...response, choices }
    },
    parseStream() {
      const parser = speaker.parseStream()
      return {
        push: (message) => parser.push(message).map(restoreEvent),
        end: () => parser.end().map(restoreEvent),
      }
    },
  }
}

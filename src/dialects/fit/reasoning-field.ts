/**
 * Reasoning of custom Chat providers. Some of them refuse a history without it, in the field in
 * which it came, and no row says which. So the field is noted in the seal that the client keeps,
 * and what comes back under such a seal goes back there.
 */
import type { ChatEvent } from '../../chat/events.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import type { AssistantPart, ChatRequest, Message, Opaque } from '../../chat/request.ts'
import type { Outbound, Quirks } from '../dialect.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import type { Profile } from './profile.ts'

type Field = Extract<Quirks['reasoningField'], 'reasoning_content' | 'reasoning' | 'thinking-part'>

/** Whether a receiver is one whose field is learned. */
export function learnsField({ dialect, isKnownRow, isTranslated }: Profile): boolean {
  return dialect === 'openai-chat' && !isKnownRow && isTranslated
}

/**
 * The field in which the newest reasoning of a history came from a Chat provider, as far as its
 * seal says.
 */
export function fieldIn({ messages }: ChatRequest): Field | undefined {
  for (const { role, content } of messages.toReversed()) {
    if (role !== 'assistant') continue
    for (const part of content) {
      const field = part.type === 'reasoning' ? fieldOf(part.opaque) : undefined
      if (field) return field
    }
  }
  return undefined
}

/**
 * The request without reasoning that another kind of provider made: it would be taken for this
 * one's own.
 */
export function keepLearned(request: ChatRequest): ChatRequest {
  const isOwn = (part: AssistantPart): boolean =>
    part.type !== 'reasoning' || fieldOf(part.opaque) !== undefined
  const messages = request.messages.map((message): Message =>
    message.role === 'assistant' && !message.content.every(isOwn)
      ? { ...message, content: message.content.filter(isOwn) }
      : message,
  )
  return { ...request, messages }
}

/** The speaker, with reasoning sealed by the field it came in. */
export function withLearnedField(speaker: Outbound): Outbound {
  return {
    ...speaker,
    parseResponse(body) {
      const response = speaker.parseResponse(body)
      const messages = listIn(objectIn(body)?.choices).map((choice) => objectIn(choice)?.message)
      const field = messages.map(fieldOfMessage).find((found) => found !== undefined)
      if (!field) return response
      const seal = (part: AssistantPart): AssistantPart =>
        part.type === 'reasoning' && !part.opaque ? { ...part, opaque: sealFor(field) } : part
      const choices = response.choices.map((choice) => ({ ...choice, content: choice.content.map(seal) }))
      return { ...response, choices }
    },
    parseStream() {
      const parser = speaker.parseStream()
      const sealer = new StreamSealer()
      return {
        push(message) {
          const events = parser.push(message)
          sealer.look(message.data ?? '', events)
          return events.flatMap((event) => sealer.seal(event))
        },
        end: () => parser.end().flatMap((event) => sealer.seal(event)),
      }
    },
  }
}

class StreamSealer {
  #field: Field | undefined
  /** The choices whose reasoning is not sealed yet. */
  readonly #open = new Set<number>()

  /** Notes the field of the first reasoning. */
  look(data: string, events: ChatEvent[]): void {
    if (this.#field || !events.some(({ type }) => type === 'reasoning-delta')) return
    if (data.includes('"reasoning_content"')) this.#field = 'reasoning_content'
    else this.#field = data.includes('"reasoning"') ? 'reasoning' : 'thinking-part'
  }

  /** The seal goes before the first that is said after the reasoning. */
  seal(event: ChatEvent): ChatEvent[] {
    if (!this.#field || !('choice' in event)) return [event]
    const { choice } = event
    if (event.type === 'reasoning-delta') {
      this.#open.add(choice)
      return [event]
    }
    if (!this.#open.delete(choice) || event.type === 'reasoning-seal') return [event]
    return [{ type: 'reasoning-seal', choice, opaque: sealFor(this.#field) }, event]
  }
}

function sealFor(field: Field): Opaque {
  return { dialect: 'openai-chat', data: { reasoning_field: field } }
}

function fieldOf(opaque: Opaque | undefined): Field | undefined {
  const field = opaque?.dialect === 'openai-chat' ? objectIn(opaque.data)?.reasoning_field : undefined
  return field === 'reasoning_content' || field === 'reasoning' || field === 'thinking-part'
    ? field
    : undefined
}

function fieldOfMessage(message: Json | undefined): Field | undefined {
  const { reasoning_content, reasoning, content }: JsonObject = objectIn(message) ?? {}
  if (textIn(reasoning_content) !== undefined) return 'reasoning_content'
  if (textIn(reasoning) !== undefined) return 'reasoning'
  return listIn(content).some((part) => objectIn(part)?.type === 'thinking') ? 'thinking-part' : undefined
}

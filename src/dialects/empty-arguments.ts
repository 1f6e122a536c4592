/**
 * Arguments of a call that takes none. Models and servers write them as `null`, `[]`, `""` or not
 * at all; clients parse an object. Pure.
 */
import type { ChatEvent, Finish } from '../chat/events.ts'
import type { ChatResponse } from '../chat/response.ts'
import type { Codec, Outbound } from './dialect.ts'

const emptyForms = ['null', '[]', '""'] as const

/** The longest text that says so, with its white space. In characters. */
const longestEmpty = 64

/** Whether a text of arguments says that there are none. */
export function isEmptyArguments(text: string): boolean {
  const bare = text.replaceAll(/\s/g, '')
  return bare === '' || emptyForms.some((form) => form === bare)
}

/** The arguments as an object's text. */
export function argumentsText(text: string): string {
  return isEmptyArguments(text) ? '{}' : text
}

/** A dialect whose answers have an empty object where a call has no arguments. */
export function withEmptyArguments(outbound: Outbound): Outbound {
  return {
    ...outbound,
    parseResponse: (body) => fillAnswer(outbound.parseResponse(body)),
    parseStream: () => new EmptyArguments(outbound.parseStream()),
  }
}

/** A call that was cut off before its first argument must not look like one that has none. */
function isWhole({ reason }: Finish): boolean {
  return reason === 'stop' || reason === 'tool-calls'
}

function fillAnswer(response: ChatResponse): ChatResponse {
  const choices = response.choices.map((choice) => ({
    ...choice,
    content: choice.content.map((part) =>
      part.type === 'tool-call' && isWhole(choice.finish)
        ? { ...part, arguments: argumentsText(part.arguments) }
        : part,
    ),
  }))
  return { ...response, choices }
}

/** Holds fragments back for as long as they may come to one of the empty forms. */
class EmptyArguments<In> implements Codec<In, ChatEvent> {
  readonly #inner: Codec<In, ChatEvent>
  readonly #held = new Map<string, { choice: number; call: number; text: string }>()

  constructor(inner: Codec<In, ChatEvent>) {
    this.#inner = inner
  }

  push(input: In): ChatEvent[] {
    return this.#inner.push(input).flatMap((event) => this.#fill(event))
  }

  end(): ChatEvent[] {
    return this.#inner.end().flatMap((event) => this.#fill(event))
  }

  #fill(event: ChatEvent): ChatEvent[] {
    switch (event.type) {
      case 'tool-call-start':
        this.#held.set(`${event.choice}/${event.call}`, { choice: event.choice, call: event.call, text: '' })
        return [event]
      case 'tool-call-delta':
        return this.#hold(event)
      case 'choice-finish':
        return [...this.#release(event.choice, event.finish), event]
      default:
        return [event]
    }
  }

  #hold(event: Extract<ChatEvent, { type: 'tool-call-delta' }>): ChatEvent[] {
    const name = `${event.choice}/${event.call}`
    const held = this.#held.get(name)
    if (!held) return [event]
    held.text += event.arguments
    const bare = held.text.replaceAll(/\s/g, '')
    if (held.text.length <= longestEmpty && emptyForms.some((form) => form.startsWith(bare))) return []
    this.#held.delete(name)
    return [{ ...event, arguments: held.text }]
  }

  #release(choice: number, finish: Finish): ChatEvent[] {
    return [...this.#held].flatMap(([name, held]): ChatEvent[] => {
      if (held.choice !== choice) return []
      this.#held.delete(name)
      const text = isWhole(finish) ? argumentsText(held.text) : held.text
      return text === '' ? [] : [{ type: 'tool-call-delta', choice, call: held.call, arguments: text }]
    })
  }
}

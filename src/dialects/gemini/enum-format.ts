/**
 * Answers that are one word of a list (`text/x.enum`). Elsewhere a word is asked for as the one
 * member of an object, which is what every vendor's schemas begin with; the client gets the bare
 * word.
 * https://ai.google.dev/gemini-api/docs/structured-output
 */
import type { ChatEvent } from '../../chat/events.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { ChatRequest, OutputFormat } from '../../chat/request.ts'
import type { ChatResponse } from '../../chat/response.ts'
import type { SseMessage } from '../../http/sse.ts'
import type { Codec } from '../dialect.ts'
import { objectIn, parseJson, textIn } from '../json-read.ts'
import { toJsonSchema } from './schema.ts'

/** By this name the format is known again; all others of this dialect are called `response`. */
const formatName = 'one_word'
const member = 'value'

/** @param words a schema with the list, of either kind. */
export function enumFormat(words: JsonObject | null | undefined): OutputFormat | undefined {
  if (!words) return undefined
  const schema = {
    type: 'object',
    properties: { [member]: { type: 'string', ...toJsonSchema(words) } },
    required: [member],
    additionalProperties: false,
  }
  return { type: 'json-schema', name: formatName, schema }
}

function wantsWord({ format }: ChatRequest): boolean {
  return format?.type === 'json-schema' && format.name === formatName
}

/** A whole answer with the bare word in it. */
export function withWord(response: ChatResponse, request: ChatRequest): ChatResponse {
  if (!wantsWord(request)) return response
  const choices = response.choices.map((choice) => ({
    ...choice,
    content: choice.content.map((part) =>
      part.type === 'text' ? { ...part, text: wordIn(part.text) } : part,
    ),
  }))
  return { ...response, choices }
}

/** A renderer that waits for the whole word, where one is wanted. */
export function rendererOfWord(
  request: ChatRequest,
  renderer: Codec<ChatEvent, SseMessage>,
): Codec<ChatEvent, SseMessage> {
  return wantsWord(request) ? new WordRenderer(renderer) : renderer
}

class WordRenderer implements Codec<ChatEvent, SseMessage> {
  readonly #renderer: Codec<ChatEvent, SseMessage>
  readonly #texts = new Map<number, string>()

  constructor(renderer: Codec<ChatEvent, SseMessage>) {
    this.#renderer = renderer
  }

  push(event: ChatEvent): SseMessage[] {
    if (event.type === 'text-delta') {
      this.#texts.set(event.choice, (this.#texts.get(event.choice) ?? '') + event.text)
      return []
    }
    if (event.type !== 'choice-finish') return this.#renderer.push(event)
    const { choice } = event
    const text = wordIn(this.#texts.get(choice) ?? '')
    return [...this.#renderer.push({ type: 'text-delta', choice, text }), ...this.#renderer.push(event)]
  }

  end(): SseMessage[] {
    return this.#renderer.end()
  }
}

/** The word; what is not of the form that was asked for is left as it is. */
function wordIn(text: string): string {
  const value = parseJson(text)
  return textIn(objectIn(value)?.[member]) ?? textIn(value) ?? text
}

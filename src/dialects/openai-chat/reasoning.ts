/**
 * Where reasoning stands on an assistant message. OpenAI has no field for it, and providers
 * disagree in opposite directions: one refuses a history without it, the next refuses a history
 * with it. A provider's row says which field it wants.
 */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import type { Quirks } from '../dialect.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'

/** The text of a thinking part: a list of text chunks at Mistral, a string at Cohere. */
export function readThinking(thinking: string | { text?: string | null | undefined }[]): string {
  return typeof thinking === 'string' ? thinking : thinking.map((chunk) => chunk.text ?? '').join('')
}

/** What of OpenRouter's `reasoning_details` is meant to be read. */
export function readDetailsText(details: Json[]): string {
  return details
    .map((detail) => {
      const { text, summary } = objectIn(detail) ?? {}
      return textIn(text) ?? textIn(summary) ?? ''
    })
    .join('')
}

/**
 * An assistant message with its reasoning in the field this provider wants; the same object where
 * it has none.
 */
export function placeReasoning(
  message: JsonObject,
  field: NonNullable<Quirks['reasoningField']>,
): JsonObject {
  const { reasoning_content, reasoning, reasoning_details, ...bare } = message
  const [thoughts, content] = splitThinking(message.content)
  const details = listIn(reasoning_details)
  const text =
    textIn(reasoning_content) ?? textIn(reasoning) ?? textIn(thoughts) ?? textIn(readDetailsText(details))
  const isBare = reasoning_content === undefined && reasoning === undefined && reasoning_details === undefined
  if (isBare && text === undefined) return message
  if (content !== undefined) bare.content = content
  if (text === undefined && details.length === 0) return bare
  switch (field) {
    case 'none':
      return bare
    case 'reasoning_content':
    case 'reasoning':
      return text === undefined ? bare : { ...bare, [field]: text }
    case 'reasoning_details':
      return {
        ...bare,
        ...(text !== undefined && { reasoning: text }),
        ...(details.length > 0 && { reasoning_details: details }),
      }
    case 'thinking-part':
      return text === undefined
        ? bare
        : { ...bare, content: [thinkingPart(text), ...contentParts(bare.content)] }
  }
}

function thinkingPart(text: string): JsonObject {
  return { type: 'thinking', thinking: [{ type: 'text', text }] }
}

function contentParts(content: Json | undefined): Json[] {
  if (Array.isArray(content)) return content
  return textIn(content) === undefined ? [] : [{ type: 'text', text: content ?? '' }]
}

/** The text of the thinking parts, and the content without them. */
function splitThinking(content: Json | undefined): [string, Json | undefined] {
  if (!Array.isArray(content)) return ['', content]
  const thoughts = content.filter(isThinking).map(({ thinking }) => thinkingText(thinking))
  if (thoughts.length === 0) return ['', content]
  return [thoughts.join(''), plainContent(content.filter((part) => !isThinking(part)))]
}

function isThinking(part: Json): part is JsonObject {
  return isJsonObject(part) && part.type === 'thinking'
}

/** Parts that are text alone go back to being a string, which every provider takes. */
function plainContent(parts: Json[]): Json {
  const texts = parts.map((part) =>
    isJsonObject(part) && part.type === 'text' ? textIn(part.text) : undefined,
  )
  return texts.every((text) => text !== undefined) ? texts.join('') : parts
}

/** A thinking part as it came from a vendor. */
export function thinkingText(thinking: Json | undefined): string {
  if (typeof thinking === 'string') return thinking
  return listIn(thinking)
    .map((chunk) => textIn(objectIn(chunk)?.text) ?? '')
    .join('')
}

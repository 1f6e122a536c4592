/**
 * The texts that state is known by: signatures, encrypted reasoning, ids of items. No two answers
 * have the same, so that who made one can be remembered by it.
 */
import { isJsonObject, type Json } from '../chat/json.ts'
import { parseJson } from './json-read.ts'

/** Members that hold such a text, wherever they are. */
const members = new Set([
  'encrypted_content',
  'signature',
  'thoughtSignature',
  'thought_signature',
  // The data of hidden thinking: in Anthropic's seal, and among OpenRouter's details.
  'redacted',
  'data',
])

/** The texts of a part's seal, or of a member of a client's own body. */
export function stateTexts(seal: Json | undefined): string[] {
  const texts: string[] = []
  const collect = (value: Json | undefined): void => {
    if (Array.isArray(value)) value.forEach(collect)
    if (!isJsonObject(value)) return
    for (const [name, member] of Object.entries(value)) {
      if (typeof member !== 'string') collect(member)
      else if (member !== '' && members.has(name)) texts.push(member)
    }
  }
  // Gemini's seal is the signature itself.
  if (typeof seal === 'string') return seal === '' ? [] : [seal]
  collect(seal)
  return texts
}

/** What an event or an answer with such a text has in it, as the vendors write it. */
const traces = ['encrypted_content"', 'ignature"', 'redacted_thinking', 'reasoning.encrypted']
const itemDone = 'response.output_item.done'

const written =
  /"(encrypted_content|signature|thoughtSignature|thought_signature|data|id)"\s*:\s*("(?:[^"\\]|\\.)*")/g

/**
 * The texts in an event or a whole answer, found without parsing it: relays pass it on as it came.
 * Ids count in finished items of the Responses dialect.
 */
export function writtenStateTexts(json: string): string[] {
  const isItem = json.includes(itemDone) || json.includes('"object":"response"')
  if (!isItem && !traces.some((trace) => json.includes(trace))) return []
  const texts: string[] = []
  for (const [, name, text = ''] of json.matchAll(written)) {
    if (name === 'id' && !isItem) continue
    const read = text.includes('\\') ? parseJson(text) : text.slice(1, -1)
    if (typeof read === 'string' && read !== '') texts.push(read)
  }
  return texts
}

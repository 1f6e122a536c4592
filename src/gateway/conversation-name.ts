/**
 * Tells one conversation from another by how it begins, so that it may stay on the key whose provider has its prompt in a cache.
 * A guess, and harmless where it is wrong. Pure.
 */
import type { ChatRequest, Message } from '../chat/request.ts'

/** Providers cache no shorter prompts than this, in tokens (OpenAI, Anthropic: 1,024). */
const leastTokens = 1_024
/** So much of each beginning is looked at. */
const characters = 2_000

/** A name for the conversation that a request goes on with; undefined where no cache would help. */
export function nameConversation(
  userId: string,
  request: ChatRequest,
  inputTokens: number,
): string | undefined {
  if (inputTokens < leastTokens) return undefined
  const system = request.messages.find(({ role }) => role === 'system')
  const first = request.messages.find(({ role }) => role === 'user')
  const tools = request.tools.map(({ name }) => name).join(' ')
  return hash([userId, tools, beginning(system), beginning(first)].join('\n'))
}

function beginning(message: Message | undefined): string {
  let text = ''
  for (const part of message?.content ?? []) {
    if (part.type === 'text') text += part.text.slice(0, characters)
    if (text.length >= characters) break
  }
  return text.slice(0, characters)
}

/** 53 bits, after cyrb53: two rounds of multiplication that mix into one another. */
function hash(text: string): string {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return ((2097151 & low) * 4294967296 + (high >>> 0)).toString(36)
}

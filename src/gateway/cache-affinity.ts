/**
 * Tells one conversation from another by how it begins, so that it may stay on the key whose
 * provider has its prompt in a cache, and whose account can read the reasoning that it sealed. A
 * guess, and harmless where it is wrong. Pure.
 */
import type { ChatRequest, Message } from '../chat/request.ts'
import { listIn } from '../dialects/json-read.ts'
import { hash53 } from '../ids.ts'
import type { Provider } from '../providers/provider.ts'

/** Providers cache no shorter prompts than this, in tokens (OpenAI, Anthropic: 1,024). */
const leastTokens = 1_024
/** So much of each beginning is looked at. */
const characters = 2_000

/**
 * A name for the conversation that a request goes on with; undefined where no cache would help, and
 * its answers seal nothing.
 */
export function nameConversation(
  userId: string,
  request: ChatRequest,
  inputTokens: number,
): string | undefined {
  if (inputTokens < leastTokens && !sealsState(request)) return undefined
  const system = request.messages.find(({ role }) => role === 'system')
  const first = request.messages.find(({ role }) => role === 'user')
  const tools = request.tools.map(({ name }) => name).join(' ')
  return hash53([userId, tools, beginning(system), beginning(first)].join('\n')).toString(36)
}

/** What the conversation of one request is called, for those who are asked to serve it. */
export class ConversationName {
  readonly #about: Parameters<typeof nameConversation>
  #name: string | undefined

  constructor(...about: Parameters<typeof nameConversation>) {
    this.#about = about
  }

  /**
   * The name, for a provider that gains by it. It is made when the first of them is asked: most
   * requests never need it.
   */
  for(provider: Pick<Provider, 'cachesPrompts'>): string | undefined {
    const [, request] = this.#about
    if (!provider.cachesPrompts && !sealsState(request)) return undefined
    this.#name ??= nameConversation(...this.#about)
    return this.#name
  }
}

/** Whether answers may have reasoning that only their account can read, by what is asked for. */
function sealsState({ reasoning, origin }: ChatRequest): boolean {
  return reasoning !== undefined || listIn(origin.body.include).includes('reasoning.encrypted_content')
}

function beginning(message: Message | undefined): string {
  let text = ''
  for (const part of message?.content ?? []) {
    if (part.type === 'text') text += part.text.slice(0, characters)
    if (text.length >= characters) break
  }
  return text.slice(0, characters)
}

/**
 * What a fake provider is to say, in no dialect; `dialects/` has the words of each, as real
 * providers send them.
 */
import type { JsonObject } from '../../../src/chat/json.ts'
import { type Behaviour, openStream, type Received, sendJson } from '../provider.ts'
import { anthropic } from './dialects/anthropic.ts'
import { gemini } from './dialects/gemini.ts'
import { openaiChat } from './dialects/openai-chat.ts'
import { openaiResponses } from './dialects/openai-responses.ts'

export interface Says {
  thinking?: string
  /** The provider's seal over its thinking. */
  signature?: string
  /** Text in the pieces in which it is streamed. */
  text?: string[]
  refusal?: string
  calls?: SaidCall[]
}

export interface SaidCall {
  id: string
  name: string
  arguments: JsonObject
  /** OpenAI's own: where the tool was offered in a namespace, and the text for a custom tool. */
  namespace?: string
  input?: string
}

/** How one dialect says it. */
export interface Speaker {
  whole(says: Says): JsonObject
  /** The stream, event by event, ready for the wire. */
  stream(says: Says): string[]
  /** What breaks a stream off: the error that the dialect has for it. */
  brokenStream: string
  /** How many events at the end say that the answer is complete. */
  closing: number
  rateLimited: JsonObject
}

export const speakers = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  anthropic,
  gemini,
} satisfies Record<string, Speaker>

export type ProviderDialect = keyof typeof speakers
export const providerDialects = Object.keys(speakers) as ProviderDialect[]

/** Says it, whole or streamed as it was asked. */
export function saying(dialect: ProviderDialect, says: Says): Behaviour {
  return (response, received) => {
    const speaker = speakers[dialect]
    if (!wantsStream(received)) return sendJson(response, 200, speaker.whole(says))
    openStream(response)
    for (const event of speaker.stream(says)) response.write(event)
    response.end()
  }
}

/**
 * Says it in its time, and breaks off before the end: with the dialect's error, or by hanging up.
 */
export function breaking(dialect: ProviderDialect, says: Says, how: 'error' | 'cut'): Behaviour {
  return async (response) => {
    const speaker = speakers[dialect]
    openStream(response)
    for (const event of speaker.stream(says).slice(0, -speaker.closing)) {
      response.write(event)
      // Slower than the hub gathers: what comes in a burst with a failure may be lost with it.
      await new Promise((resolve) => setTimeout(resolve, 40))
    }
    if (how === 'error') response.end(speaker.brokenStream)
    else response.destroy()
  }
}

/** 429 with a second to wait, the first time; then what it says. */
export function restingFirst(dialect: ProviderDialect, says: Says): Behaviour {
  return (response, received, n) =>
    n === 1
      ? sendJson(response, 429, speakers[dialect].rateLimited, { 'retry-after': '1' })
      : saying(dialect, says)(response, received, n)
}

function wantsStream({ body, path }: Received): boolean {
  return body.stream === true || path.includes(':streamGenerateContent')
}

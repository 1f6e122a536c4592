/**
 * Answers whose content is a list of parts, which OpenAI's is never: Mistral's models answer so
 * once they reason. OpenAI's clients read a text, and reasoning in `reasoning_content`.
 * https://docs.mistral.ai/capabilities/reasoning
 */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import { listIn, objectIn, parseJson, textIn } from '../json-read.ts'
import { thinkingText } from './reasoning.ts'

/** Found in every answer that holds a list, and in few others: not every chunk is parsed. */
const mayBeList = /"content"\s*:\s*\[/

/**
 * OpenAI's SDKs, which LangChain and many agents use, and the AI SDK's providers of its dialect.
 */
const openaiClients = /\b(?:async)?openai\/|\bai-sdk\/openai\b/i

/** Whether a client is known to read no lists. All others get answers as they came. */
export function readsTextOnly(userAgent: string | undefined): boolean {
  return openaiClients.test(userAgent ?? '')
}

/**
 * Writes content as a text, with its thinking beside it. Parts that a text cannot say are left out.
 * @param json an answer or a chunk.
 * @returns the same text where no content is a list.
 */
export function withPlainContent(json: string): string {
  if (!mayBeList.test(json)) return json
  const body = objectIn(parseJson(json))
  const choices = listIn(body?.choices)
  const plain = choices.map(plainChoice)
  return plain.some((choice, index) => choice !== choices[index])
    ? JSON.stringify({ ...body, choices: plain })
    : json
}

function plainChoice(choice: Json): Json {
  if (!isJsonObject(choice)) return choice
  const holders = ['message', 'delta'].filter((name) => Array.isArray(objectIn(choice[name])?.content))
  if (holders.length === 0) return choice
  return {
    ...choice,
    ...Object.fromEntries(holders.map((name) => [name, plainMessage(objectIn(choice[name]) ?? {})])),
  }
}

function plainMessage({ content, ...message }: JsonObject): JsonObject {
  const parts = listIn(content).map((part) => objectIn(part) ?? {})
  const text = parts.flatMap(({ type, text: words }) => (type === 'text' ? [textIn(words) ?? ''] : []))
  const thoughts = parts.map(({ type, thinking }) => (type === 'thinking' ? thinkingText(thinking) : ''))
  const reasoning = textIn(message.reasoning_content) ?? thoughts.join('')
  return {
    ...message,
    content: text.length > 0 ? text.join('') : null,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
  }
}

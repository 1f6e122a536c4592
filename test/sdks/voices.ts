/** How each vendor words what its model says: its dialect, with the field in which it thinks. */
import type { DialectId } from '../../src/domain/dialects.ts'
import { isJsonObject, type Json, type JsonObject } from '../../src/chat/json.ts'
import { type Says, type Speaker, speakers } from '../end-to-end/sdks/says.ts'
import { cohere } from '../agents/cohere-speaker.ts'

/** The words of a vendor in one of its dialects. */
export function voiceOf(vendor: string, dialect: DialectId): Speaker {
  if (dialect === 'cohere') return cohere
  if (dialect !== 'openai-chat') return speakers[dialect as keyof typeof speakers]
  const thinks = chatThoughts[vendor]
  return thinks ? rewording(thinks) : withoutThoughts
}

/** A message or delta with DeepSeek's `reasoning_content`, in the words of another vendor. */
type Thoughts = (message: JsonObject, thought: string) => JsonObject

const chatThoughts: Record<string, Thoughts> = {
  deepseek: (message) => message,
  xai: (message) => message,
  groq: ({ reasoning_content: reasoning = '', ...rest }) => ({ ...rest, reasoning }),
  mistral: ({ reasoning_content: _text, content, ...rest }, text) => ({
    ...rest,
    content: [
      { type: 'thinking', thinking: [{ type: 'text', text }] },
      ...(typeof content === 'string' && content !== '' ? [{ type: 'text', text: content }] : []),
    ],
  }),
  openrouter: ({ reasoning_content: _text, ...rest }, text) => ({
    ...rest,
    reasoning: text,
    reasoning_details: [
      { type: 'reasoning.text', text, signature: 'c2VhbA==', format: 'anthropic-claude-v1', index: 0 },
    ],
  }),
}

/** OpenAI and Gemini show no thoughts in this dialect. */
const withoutThoughts: Speaker = {
  ...speakers['openai-chat'],
  whole: (says) => speakers['openai-chat'].whole(unthought(says)),
  stream: (says) => speakers['openai-chat'].stream(unthought(says)),
}

function unthought({ thinking: _thinking, ...says }: Says): Says {
  return says
}

function rewording(thinks: Thoughts): Speaker {
  const plain = speakers['openai-chat']
  return {
    ...plain,
    whole: (says) => reworded(plain.whole(says), thinks) as JsonObject,
    stream: (says) => plain.stream(says).map((event) => rewordEvent(event, thinks)),
  }
}

function rewordEvent(event: string, thinks: Thoughts): string {
  if (!event.includes('reasoning_content')) return event
  return `data: ${JSON.stringify(reworded(JSON.parse(event.slice('data: '.length)), thinks))}\n\n`
}

function reworded(value: Json, thinks: Thoughts): Json {
  if (Array.isArray(value)) return value.map((one) => reworded(one, thinks))
  if (!isJsonObject(value)) return value
  const thought = value.reasoning_content
  if (typeof thought === 'string') return thinks(value, thought)
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, reworded(one, thinks)]))
}

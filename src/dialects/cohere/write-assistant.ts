/**
 * An assistant message in Cohere's words. Beside tool calls Cohere has no text but a plan,
 * `tool_plan`: what a model of another provider said before it called is written there. Reasoning
 * goes back only where Cohere made it, into the field it came from.
 */
import type { JsonObject } from '../../chat/json.ts'
import type { AssistantPart, ToolCallPart } from '../../chat/request.ts'
import { argumentsText } from '../empty-arguments.ts'
import { compact } from '../json-read.ts'
import { fieldOf } from './seal.ts'

/** One message, or none where nothing is left to say: Cohere refuses an empty one. */
export function writeAssistant(content: AssistantPart[]): JsonObject[] {
  const calls = content.filter((part) => part.type === 'tool-call').map(writeToolCall)
  const text = content
    .map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : ''))
    .join('')
  const thoughts = content.flatMap((part) => ownReasoning(part, 'thinking'))
  const plan = [...content.flatMap((part) => ownReasoning(part, 'tool_plan')), text]
  const thinking = thoughts.map((thought) => ({ type: 'thinking', thinking: thought }))
  if (calls.length > 0) {
    return [
      compact({
        role: 'assistant',
        content: thinking.length > 0 ? thinking : undefined,
        tool_plan: plan.filter((each) => each !== '').join('\n\n') || undefined,
        tool_calls: calls,
      }),
    ]
  }
  if (text === '') return []
  const parts = [...thinking, { type: 'text', text }]
  return [{ role: 'assistant', content: thinking.length > 0 ? parts : text }]
}

function ownReasoning(part: AssistantPart, field: 'thinking' | 'tool_plan'): string[] {
  return part.type === 'reasoning' && part.text !== '' && fieldOf(part.opaque) === field ? [part.text] : []
}

function writeToolCall({ id, name, arguments: text }: ToolCallPart): JsonObject {
  // No arguments are written as an empty object: the empty string is not JSON.
  return { id, type: 'function', function: { name, arguments: argumentsText(text) } }
}

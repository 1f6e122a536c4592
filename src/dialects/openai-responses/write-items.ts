/**
 * Canonical messages as items. A turn of the assistant becomes an item for each thing in it, in its
 * order; each tool result is an item of its own. Files that the model made follow in a user
 * message, the only one that may show a model a file.
 */
import { append } from '../../chat/append.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { AssistantPart, Message, ToolResultPart, UserPart } from '../../chat/request.ts'
import { argumentsText } from '../empty-arguments.ts'
import { listIn, textIn } from '../json-read.ts'
import { ownItem } from './state.ts'
import { writePart } from './write-parts.ts'

/** @throws {HubError} VALIDATION_ERROR naming a file that cannot be said here. */
export function writeItems(messages: Message[]): JsonObject[] {
  const items: JsonObject[] = []
  let waiting: JsonObject[] = []
  const showWaiting = () => {
    if (waiting.length > 0) items.push({ type: 'message', role: 'user', content: waiting })
    waiting = []
  }
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    // Nothing may come between calls and their results, so files wait until the results are
    // through.
    if (message.role !== 'tool') showWaiting()
    switch (message.role) {
      // The role `system` is taken everywhere; `instructions` and `developer` are not, and have no
      // place in mid-conversation.
      case 'system':
      case 'user':
        items.push({ type: 'message', role: message.role, content: writeContent(message.content, path) })
        break
      case 'assistant':
        append(items, writeAssistant(message.content))
        append(waiting, describedFiles(message.content, path))
        break
      case 'tool':
        append(
          items,
          message.content.map((result) => writeResult(result, path)),
        )
        break
    }
  }
  showWaiting()
  return items
}

function writeContent(content: UserPart[], path: string): string | JsonObject[] {
  const [first] = content
  if (content.length === 0) return ''
  if (content.length === 1 && first?.type === 'text') return first.text
  return content.map((part, index) => writePart(part, `${path}.content[${index}]`))
}

function writeAssistant(content: AssistantPart[]): JsonObject[] {
  const items: JsonObject[] = []
  let spoken: AssistantPart[] = []
  const say = () => {
    if (spoken.length > 0) items.push({ type: 'message', role: 'assistant', content: writeSpoken(spoken) })
    spoken = []
  }
  for (const part of content) {
    switch (part.type) {
      case 'text':
      case 'refusal':
        if (part.text !== '') spoken.push(part)
        break
      case 'reasoning': {
        const item = ownItem(part.opaque)
        say()
        if (item && isKept(item)) items.push(item)
        break
      }
      case 'tool-call':
        say()
        // No arguments are written as an empty object: the empty string is not JSON.
        items.push({
          type: 'function_call',
          call_id: part.id,
          name: part.name,
          arguments: argumentsText(part.arguments),
        })
        break
      case 'file':
        break
    }
  }
  say()
  return withoutOrphans(items)
}

function writeSpoken(parts: AssistantPart[]): string | JsonObject[] {
  const [first] = parts
  if (parts.length === 1 && first?.type === 'text') return first.text
  return parts.flatMap((part): JsonObject[] => {
    if (part.type === 'refusal') return [{ type: 'refusal', refusal: part.text }]
    return part.type === 'text' ? [{ type: 'output_text', text: part.text }] : []
  })
}

/**
 * Whether reasoning can be given back: without its state in it, it is a name for something that was
 * not stored.
 */
function isKept(item: JsonObject): boolean {
  return textIn(item.encrypted_content) !== undefined || listIn(item.content).length > 0
}

/**
 * OpenAI refuses reasoning "without its required following item": an answer that was cut, or whose
 * rest cannot be said.
 */
function withoutOrphans(items: JsonObject[]): JsonObject[] {
  const last = items.findLastIndex((item) => item.type !== 'reasoning')
  return items.slice(0, last + 1)
}

function writeResult({ callId, content, isError }: ToolResultPart, path: string): JsonObject {
  const output = writeContent(content, `${path}.content`)
  // This dialect has no mark for a failed call; the word is what the model can see.
  const marked =
    typeof output === 'string' ? `Error: ${output}` : [{ type: 'input_text', text: 'Error:' }, ...output]
  return { type: 'function_call_output', call_id: callId, output: isError ? marked : output }
}

function describedFiles(content: AssistantPart[], path: string): JsonObject[] {
  return content.flatMap((part, index) =>
    part.type === 'file'
      ? [
          { type: 'input_text', text: 'The assistant made this file:' },
          writePart(part, `${path}.content[${index}]`),
        ]
      : [],
  )
}

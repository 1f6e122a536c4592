/**
 * Canonical messages in the wire format. Instructions at the start become the top-level `system`;
 * later ones go into the nearest user turn, marked as such, since only the newest models know the
 * role `system` among messages.
 */
import type { JsonObject } from '../../chat/json.ts'
import type {
  AssistantPart,
  FilePart,
  Message,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from '../../chat/request.ts'
import { markOf, writeMark } from '../cache-marks.ts'
import { isEmptyArguments } from '../empty-arguments.ts'
import { compact, objectIn, parseJson } from '../json-read.ts'
import { writeFile } from './files.ts'
import { nativeBlock } from './reasoning-blocks.ts'
import { toolId } from './tool-ids.ts'
import { orderTurns, type Turn } from './turns.ts'

/** @throws {HubError} VALIDATION_ERROR naming the part that cannot be said here. */
export function writeMessages(messages: Message[]): { system: JsonObject[]; turns: Turn[] } {
  const first = messages.findIndex(({ role }) => role !== 'system')
  const leading = first === -1 ? messages : messages.slice(0, first)
  const turns =
    first === -1 ? [] : messages.slice(first).flatMap((message, at) => writeTurns(message, first + at))
  return { system: leading.flatMap(writeInstructions), turns: orderTurns(turns) }
}

function writeInstructions(message: Message): JsonObject[] {
  return message.role === 'system' ? message.content.flatMap(writeText) : []
}

/** @param at the place of the message, for errors. */
function writeTurns(message: Message, at: number): Turn[] {
  switch (message.role) {
    case 'system': {
      const text = message.content.map((part) => part.text).join('\n\n')
      return [{ role: 'user', content: writeText({ text: isBlank(text) ? '' : `<system>${text}</system>` }) }]
    }
    case 'user':
      return [{ role: 'user', content: writeUserParts(message.content, `messages[${at}]`) }]
    case 'tool':
      return [
        { role: 'user', content: message.content.map((result) => writeResult(result, `messages[${at}]`)) },
      ]
    case 'assistant':
      return writeAssistant(message.content, `messages[${at}]`)
  }
}

/** Files may only be shown by the user: those that the model made follow in a turn of his. */
function writeAssistant(content: AssistantPart[], place: string): Turn[] {
  const files = content.filter((part) => part.type === 'file')
  const shown = files.flatMap((file) => [
    { type: 'text', text: 'The assistant made this file:' },
    writeFile(file, place),
  ])
  const turn: Turn = { role: 'assistant', content: content.flatMap(writeAssistantPart) }
  return shown.length > 0 ? [turn, { role: 'user', content: shown }] : [turn]
}

function writeAssistantPart(part: AssistantPart): JsonObject[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return writeText(part)
    case 'reasoning': {
      // Reasoning of another model, or that nobody signed, is refused; it was never part of what
      // was said.
      const native = part.opaque && nativeBlock(part.text, part.opaque)
      return native ? [native] : []
    }
    case 'tool-call':
      return [writeToolCall(part)]
    case 'file':
      return []
  }
}

function writeToolCall({ id, name, arguments: text }: ToolCallPart): JsonObject {
  // A call that was cut off, or was never JSON, is shown to the model as Anthropic advises:
  // https://platform.claude.com/docs/en/agents-and-tools/tool-use/fine-grained-tool-streaming
  const input = isEmptyArguments(text) ? {} : (objectIn(parseJson(text)) ?? { INVALID_JSON: text })
  return { type: 'tool_use', id: toolId(id), name, input }
}

function writeResult({ callId, content, isError }: ToolResultPart, place: string): JsonObject {
  // What is inside of a result cannot be marked by itself.
  const blocks = writeUserParts(
    content.map(({ cache: _mark, ...part }) => part),
    place,
  )
  const [only] = blocks
  const text = blocks.length === 1 && only?.type === 'text' ? only.text : undefined
  return compact({
    type: 'tool_result',
    tool_use_id: toolId(callId),
    content: text ?? (blocks.length > 0 ? blocks : undefined),
    is_error: isError,
    ...writeMark(markOf(content)),
  })
}

function writeUserParts(content: UserPart[], place: string): JsonObject[] {
  return content.flatMap((part: TextPart | FilePart, index) =>
    part.type === 'text' ? writeText(part) : [writeFile(part, `${place}.content[${index}]`)],
  )
}

/** A text of nothing but white space is refused. */
function writeText({ text, cache }: { text: string; cache?: JsonObject }): JsonObject[] {
  return isBlank(text) ? [] : [{ type: 'text', text, ...writeMark(cache) }]
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}

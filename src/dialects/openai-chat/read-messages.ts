/** The messages of a Chat request, as canonical ones. */
import { append } from '../../chat/append.ts'
import type { JsonObject } from '../../chat/json.ts'
import type {
  AssistantPart,
  FilePart,
  Message,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  UserPart,
} from '../../chat/request.ts'
import { readMark, withMark } from '../cache-marks.ts'
import { compact } from '../json-read.ts'
import { Unread } from '../skipped-parts.ts'
import { writeCustomInput } from '../custom-input.ts'
import { audioMediaType, readUrl } from '../data-url.ts'
import { readForeignPart } from '../foreign-parts.ts'
import { argumentsText } from '../empty-arguments.ts'
import { openCallId } from './call-id.ts'
import { callSealOf, foreignReasoning, sealOf } from './opaque.ts'
import { readDetailsText, readThinking } from './reasoning.ts'
import { shortId } from '../fit/short-id.ts'
import type { WireAssistantMessage, WireMessage, WireUserPart } from './wire.ts'

export function readMessages(messages: WireMessage[]): Message[] {
  const legacyCalls = new LegacyCalls()
  return messages.map((message): Message => {
    switch (message.role) {
      case 'system':
      case 'developer':
        return {
          role: 'system',
          content: readContent(message.content, message).filter((part) => part.type === 'text'),
        }
      case 'user':
        return compact({
          role: message.role,
          content: readContent(message.content, message),
          name: message.name ?? undefined,
        })
      case 'assistant':
        return compact({
          role: message.role,
          content: readAssistantContent(message, legacyCalls),
          name: message.name ?? undefined,
        })
      case 'tool':
        return toolResult(openCallId(message.tool_call_id).id, readContent(message.content ?? '', message))
      case 'function':
        return toolResult(legacyCalls.find(message.name), readContent(message.content ?? '', message))
    }
  })
}

function toolResult(callId: string, content: UserPart[]): Message {
  return { role: 'tool', content: [{ type: 'tool-result', callId, content }] }
}

/** @param message what holds the content: some clients mark all of it. */
function readContent(content: string | WireUserPart[], message: object): UserPart[] {
  const parts =
    typeof content === 'string'
      ? textPart(content)
      : content.flatMap((part) =>
          withMark(readUserPart(part), readMark(part instanceof Unread ? part.raw : part)),
        )
  const mark = readMark(message)
  return mark ? withMark(parts, mark) : parts
}

function readUserPart(part: WireUserPart): UserPart[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text }]
    case 'image_url':
      return [readImage(part.image_url)]
    case 'input_audio': {
      const { data, format } = part.input_audio
      const source = { type: 'base64' as const, data }
      return [{ type: 'file', kind: 'audio', source, mediaType: audioMediaType(format) }]
    }
    case 'file':
      return readFile(part.file)
    case 'document_url':
      return [{ type: 'file', kind: 'document', ...readUrl(part.document_url) }]
    case 'unknown':
      return readForeignPart(part)
  }
}

function readImage(image: string | { url: string; detail?: string | null | undefined }): FilePart {
  const { url, detail } = typeof image === 'string' ? { url: image } : image
  return { type: 'file', kind: 'image', ...readUrl(url), ...(detail && { detail }) }
}

function readFile(file: Extract<WireUserPart, { type: 'file' }>['file']): FilePart[] {
  const name = file.filename ? { name: file.filename } : {}
  if (file.file_data) return [{ type: 'file', kind: 'document', ...name, ...readUrl(file.file_data) }]
  if (!file.file_id) return []
  const source = { type: 'reference' as const, id: file.file_id, dialect: 'openai-chat' as const }
  return [{ type: 'file', kind: 'document', ...name, source }]
}

function readAssistantContent(message: WireAssistantMessage, legacyCalls: LegacyCalls): AssistantPart[] {
  const content: AssistantPart[] = [...readReasoning(message)]
  const mark = readMark(message)
  if (typeof message.content === 'string') append(content, withMark(textPart(message.content), mark))
  const parts = Array.isArray(message.content) ? message.content : []
  for (const [index, part] of parts.entries()) {
    const ofMessage = index === parts.length - 1 ? mark : undefined
    if (part.type === 'text') append(content, withMark(textPart(part.text), readMark(part) ?? ofMessage))
    if (part.type === 'refusal') content.push({ type: 'refusal', text: part.refusal })
    if (part.type === 'unknown') append(content, readForeignPart(part))
    if (part.type === 'thinking') content.push({ type: 'reasoning', text: readThinking(part.thinking) })
  }
  if (message.refusal) content.push({ type: 'refusal', text: message.refusal })
  for (const image of message.images ?? []) content.push(readImage(image.image_url))
  const calls = (message.tool_calls ?? []).flatMap(readToolCall)
  // The ids speak where the client kept nothing else of the message.
  const carried = calls.flatMap(({ reasoning }) => reasoning)
  if (!content.some((part) => part.type === 'reasoning' && part.opaque)) content.unshift(...carried)
  append(
    content,
    calls.map(({ call }) => call),
  )
  if (message.function_call) {
    const { name, arguments: text } = message.function_call
    content.push({ type: 'tool-call', id: legacyCalls.add(name), name, arguments: argumentsText(text ?? '') })
  }
  return content
}

function textPart(text: string): TextPart[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

/** Reasoning that was given back beside the content, in whichever field. */
function readReasoning(message: WireAssistantMessage): ReasoningPart[] {
  const details = message.reasoning_details ?? []
  const foreign = foreignReasoning(details)
  if (foreign.length > 0) return foreign
  const text = message.reasoning_content || message.reasoning || readDetailsText(details)
  const opaque = sealOf({
    reasoning_details: details,
    ...(message.extra_content && { extra_content: message.extra_content }),
  })
  return text || opaque ? [{ type: 'reasoning', text, ...(opaque && { opaque }) }] : []
}

/**
 * A custom tool is called with a text, which is the one argument of the function that it is made
 * into.
 */
function readToolCall(
  wire: NonNullable<WireAssistantMessage['tool_calls']>[number],
): { call: ToolCallPart; reasoning: ReasoningPart[] }[] {
  const called = wire.function ?? wire.custom
  if (!called) return []
  const { name } = called
  const { id, state } = openCallId(wire.id ?? '')
  const opaque = callSealOf(wire.extra_content ?? undefined) ?? state?.opaque
  const text = wire.function
    ? argumentsText(writtenArguments(wire.function.arguments))
    : writeCustomInput(wire.custom?.input ?? '')
  const call: ToolCallPart = { type: 'tool-call', id, name, arguments: text, ...(opaque && { opaque }) }
  return [{ call, reasoning: state?.reasoning ?? [] }]
}

function writtenArguments(given: string | JsonObject | null | undefined): string {
  return typeof given === 'string' ? given : given ? JSON.stringify(given) : ''
}

/**
 * Legacy function calls had no ids: a result belonged to the last call of its name. The ids are
 * made of name and count.
 */
class LegacyCalls {
  #last = new Map<string, string>()
  #count = 0

  add(name: string): string {
    const id = `call_${shortId(`${name}/${this.#count++}`)}`
    this.#last.set(name, id)
    return id
  }

  find(name: string): string {
    return this.#last.get(name) ?? this.add(name)
  }
}

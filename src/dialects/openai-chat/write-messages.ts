/**
 * Canonical messages in the wire format. Text alone is written as a string, since many providers of
 * this dialect take no list; each tool result is a message of its own, directly after the calls;
 * files that a tool returned or the model made follow in a user message, the only role that may
 * show a model a file.
 */
import { append } from '../../chat/append.ts'
import type { JsonObject } from '../../chat/json.ts'
import { HubError } from '../../errors.ts'
import type { AssistantPart, FilePart, Message, ToolResultPart, UserPart } from '../../chat/request.ts'
import { argumentsText } from '../empty-arguments.ts'
import { compact } from '../json-read.ts'
import { audioFormat, writeDataUrl } from '../data-url.ts'
import { callFieldsOf, fieldsOf, mergeFields } from './opaque.ts'

/** Between texts that were separate parts. */
const paragraph = '\n\n'

/** @throws {HubError} VALIDATION_ERROR where a file is kept at a provider of another dialect. */
export function writeMessages(messages: Message[]): JsonObject[] {
  const written: JsonObject[] = []
  let waiting: JsonObject[] = []
  const showWaiting = () => {
    if (waiting.length > 0) written.push({ role: 'user', content: waiting })
    waiting = []
  }
  for (const message of messages) {
    // Nothing may come between tool calls and their results, so files wait until the results are
    // through.
    if (message.role !== 'tool') showWaiting()
    switch (message.role) {
      case 'system': {
        const content = joinText(message.content, paragraph)
        if (content !== '') written.push({ role: 'system', content })
        break
      }
      case 'user':
        written.push(compact({ role: 'user', content: writeContent(message.content), name: message.name }))
        break
      case 'assistant':
        written.push(writeAssistant(message))
        append(waiting, describedFiles('The assistant made this file:', message.content))
        break
      case 'tool':
        for (const result of message.content) {
          written.push(writeToolResult(result))
          append(waiting, describedFiles(`Tool call ${result.callId} returned this file:`, result.content))
        }
        break
    }
  }
  showWaiting()
  return written
}

function writeContent(content: UserPart[]): string | JsonObject[] {
  if (content.every((part) => part.type === 'text')) return joinText(content, paragraph)
  return content.filter((part) => part.type === 'file' || part.text !== '').map(writeUserPart)
}

function writeAssistant({ content, name }: Extract<Message, { role: 'assistant' }>): JsonObject {
  const calls = content.flatMap((part) => (part.type === 'tool-call' ? [writeToolCall(part)] : []))
  const refusal = content.map((part) => (part.type === 'refusal' ? part.text : '')).join('')
  const reasoning = content.filter((part) => part.type === 'reasoning')
  const thoughts = reasoning.map((part) => part.text).join('')
  const text = joinText(content, '')
  // Null is right beside tool calls and refusals; a message of nothing at all must at least be a
  // string.
  const silent = calls.length > 0 || refusal !== '' ? null : ''
  return compact({
    role: 'assistant',
    content: text || silent,
    name,
    refusal: refusal || undefined,
    // Where it really goes, or whether it goes at all, is for the provider's quirks to say.
    reasoning_content: thoughts || undefined,
    ...mergeFields(reasoning.map(ownFields)),
    tool_calls: calls.length > 0 ? calls : undefined,
  })
}

/** State that another dialect made means nothing to a provider of this one, and is left out. */
function ownFields({ opaque }: { opaque?: Extract<AssistantPart, { type: 'reasoning' }>['opaque'] }) {
  return opaque?.dialect === 'openai-chat' ? fieldsOf(opaque, '') : {}
}

function writeToolCall({
  id,
  name,
  arguments: text,
  opaque,
}: Extract<AssistantPart, { type: 'tool-call' }>): JsonObject {
  const seal = opaque?.dialect === 'openai-chat' ? callFieldsOf(opaque) : {}
  // No arguments are written as an empty object: the empty string is not JSON.
  return { id, type: 'function', function: { name, arguments: argumentsText(text) }, ...seal }
}

function writeToolResult({ callId, content, isError }: ToolResultPart): JsonObject {
  const text = joinText(content, paragraph)
  const hasFiles = content.some((part) => part.type === 'file')
  const shown = text === '' && hasFiles ? 'The result is a file, shown below.' : text
  // This dialect has no mark for a failed call; the word is what the model can see.
  return { role: 'tool', tool_call_id: callId, content: isError ? `Error: ${shown}` : shown }
}

function describedFiles(description: string, content: (UserPart | AssistantPart)[]): JsonObject[] {
  const files = content.filter((part) => part.type === 'file')
  return files.flatMap((file) => [{ type: 'text', text: description }, writeUserPart(file)])
}

function joinText(content: (UserPart | AssistantPart)[], separator: string): string {
  const texts = content.flatMap((part) => (part.type === 'text' && part.text !== '' ? [part.text] : []))
  return texts.join(separator)
}

function writeUserPart(part: UserPart): JsonObject {
  if (part.type === 'text') return { type: 'text', text: part.text }
  const { source } = part
  switch (source.type) {
    case 'base64':
      return writeEncoded(part, source.data)
    case 'url':
      return writeAddress(part, source.url)
    case 'text':
      // Documents are PDFs in this dialect. What is text already is said as text.
      return {
        type: 'text',
        text: part.name === undefined ? source.text : `${part.name}:${paragraph}${source.text}`,
      }
    case 'reference':
      return { type: 'file', file: { file_id: ownReference(source) } }
  }
}

function writeEncoded(part: FilePart, data: string): JsonObject {
  switch (part.kind) {
    case 'image':
      return writeImage(writeDataUrl(data, part.mediaType ?? 'image/png'), part.detail)
    case 'audio':
      return { type: 'input_audio', input_audio: { data, format: audioFormat(part.mediaType) } }
    case 'video':
      return writeVideo(writeDataUrl(data, part.mediaType ?? 'video/mp4'))
    case 'document': {
      const fileData = writeDataUrl(data, part.mediaType ?? 'application/pdf')
      return { type: 'file', file: compact({ filename: part.name, file_data: fileData }) }
    }
  }
}

/**
 * OpenAI takes the address of an image only; OpenRouter takes others in `file_data`. Who does not
 * will say so.
 */
function writeAddress(part: FilePart, url: string): JsonObject {
  if (part.kind === 'image') return writeImage(url, part.detail)
  if (part.kind === 'video') return writeVideo(url)
  return { type: 'file', file: compact({ filename: part.name, file_data: url }) }
}

function writeImage(url: string, detail: string | undefined): JsonObject {
  return { type: 'image_url', image_url: compact({ url, detail }) }
}

/**
 * Not OpenAI's: https://openrouter.ai/docs/features/multimodal/videos, and many servers of open
 * models.
 */
function writeVideo(url: string): JsonObject {
  return { type: 'video_url', video_url: { url } }
}

/** OpenAI keeps the same files for both of its dialects. */
function ownReference({ id, dialect }: { id: string; dialect: string }): string {
  if (dialect === 'openai-chat' || dialect === 'openai-responses') return id
  throw new HubError(
    'VALIDATION_ERROR',
    `The file "${id}" is kept at a provider that does not serve this model.`,
  )
}

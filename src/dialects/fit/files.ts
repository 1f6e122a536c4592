/**
 * Files in a history that the model cannot be shown, told in words: an agent cannot take a picture
 * out of its history that a tool put there. What the user asks about now is not replaced: such a
 * request goes to a model that sees.
 */
import type { FileKind } from '../../domain/files.ts'
import { unseenKinds } from '../../chat/model.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import type { FilePart, Message } from '../../chat/request.ts'
import { objectIn, textIn } from '../json-read.ts'
import type { BodyStep, Step } from './fit.ts'
import { mapMember } from '../map-member.ts'

function wordsFor(kind: FileKind): string {
  const name = { image: 'An image', audio: 'A recording', video: 'A video', pdf: 'A PDF' }[kind]
  return `[${name} was here. You cannot be shown it.]`
}

/** The request with words in the place of files that the model cannot be shown. */
export const describeFiles: Step = (request, profile, dropped) => {
  const unseen = unseenKinds(profile.facts ?? {})
  if (unseen.length === 0) return request
  const found = new Set<FileKind>()
  const replace = <Part extends { type: string }>(part: Part | FilePart): Part | FilePart | TextLine => {
    const kind = isFile(part) ? kindOf(part) : undefined
    if (!kind || !unseen.includes(kind)) return part
    found.add(kind)
    return { type: 'text', text: wordsFor(kind) }
  }
  const messages = request.messages.map((message): Message => {
    switch (message.role) {
      case 'user':
        return { ...message, content: message.content.map(replace) }
      case 'tool':
        return {
          ...message,
          content: message.content.map((result) => ({ ...result, content: result.content.map(replace) })),
        }
      case 'assistant':
        return { ...message, content: message.content.map(replace) }
      case 'system':
        return message
    }
  })
  if (found.size === 0) return request
  dropped.push(...found)
  return { ...request, messages }
}

interface TextLine {
  type: 'text'
  text: string
}

function isFile(part: { type: string }): part is FilePart {
  return part.type === 'file'
}

function kindOf({ kind, source, mediaType }: FilePart): FileKind | undefined {
  if (kind !== 'document') return kind
  return source.type === 'text' || mediaType === 'text/plain' ? undefined : 'pdf'
}

/** Types of parts in clients' own bodies, and the kind of what they show. */
const kinds: ReadonlyMap<string, FileKind> = new Map([
  ['image_url', 'image'],
  ['input_image', 'image'],
  ['image', 'image'],
  ['input_audio', 'audio'],
  ['video_url', 'video'],
])

/** The same for a client's own body, in messages of Chat and Anthropic and items of Responses. */
export const describeOwnFiles: BodyStep = (body, profile, dropped) => {
  const unseen = profile.isTranslated ? [] : unseenKinds(profile.facts ?? {})
  if (unseen.length === 0) return body
  const found = new Set<FileKind>()
  const textType = profile.dialect === 'openai-responses' ? 'input_text' : 'text'
  const replace = (part: JsonObject): JsonObject => {
    if (part.type === 'tool_result') return mapMember(part, 'content', replace)
    const kind = kindOfPart(part)
    if (!kind || !unseen.includes(kind)) return part
    found.add(kind)
    return { type: textType, text: wordsFor(kind) }
  }
  const inContent = (message: JsonObject): JsonObject =>
    mapMember(mapMember(message, 'content', replace), 'output', replace)
  const described = mapMember(mapMember(body, 'messages', inContent), 'input', inContent)
  dropped.push(...found)
  return described
}

function kindOfPart(part: Json): FileKind | undefined {
  return kinds.get(textIn(objectIn(part)?.type) ?? '')
}

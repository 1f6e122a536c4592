/** Images and documents on the wire, to and from canonical files. */
import type { JsonObject } from '../../chat/json.ts'
import type { FilePart, UserPart } from '../../chat/request.ts'
import { HubError } from '../../errors.ts'
import { readForeignPart } from '../foreign-parts.ts'
import { compact } from '../json-read.ts'
import { readMark, withMark, writeMark } from '../cache-marks.ts'
import type { WireShownBlock } from './wire.ts'

/** A block that is shown to the model, in a message or in the result of a tool. */
export function readShownBlock(block: WireShownBlock): UserPart[] {
  return withMark(readUnmarked(block), readMark(block.type === 'unknown' ? block.raw : block))
}

function readUnmarked(block: WireShownBlock): UserPart[] {
  switch (block.type) {
    case 'text':
      return readText(block.text)
    case 'image':
      return readImage(block.source)
    case 'document':
      return readDocument(block)
    case 'search_result':
      // Only this dialect has a block for it; to other models it is a text with its origin.
      return readText(
        [`${block.title} (${block.source})`, ...block.content.map(({ text }) => text)].join('\n\n'),
      )
    case 'unknown':
      return readForeignPart(block)
  }
}

/** An empty text says nothing, and is an error at most providers. */
export function readText(text: string): { type: 'text'; text: string }[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

export function readImage(source: Extract<WireShownBlock, { type: 'image' }>['source']): FilePart[] {
  switch (source.type) {
    case 'base64':
      return [
        {
          type: 'file',
          kind: 'image',
          mediaType: source.media_type,
          source: { type: 'base64', data: source.data },
        },
      ]
    case 'url':
      return [{ type: 'file', kind: 'image', source: { type: 'url', url: source.url } }]
    case 'file':
      return [{ type: 'file', kind: 'image', source: reference(source.file_id) }]
    case 'unknown':
      return []
  }
}

function readDocument({ source, title }: Extract<WireShownBlock, { type: 'document' }>): UserPart[] {
  const document = compact({ type: 'file' as const, kind: 'document' as const, name: title || undefined })
  switch (source.type) {
    case 'base64':
      return [{ ...document, mediaType: source.media_type, source: { type: 'base64', data: source.data } }]
    case 'url':
      return [{ ...document, source: { type: 'url', url: source.url } }]
    case 'file':
      return [{ ...document, source: reference(source.file_id) }]
    case 'text':
      return [{ ...document, source: { type: 'text', text: source.data } }]
    case 'content':
      if (typeof source.content === 'string') return readText(source.content)
      return source.content.flatMap(readShownBlock)
    case 'unknown':
      return []
  }
}

function reference(id: string) {
  return { type: 'reference' as const, id, dialect: 'anthropic' as const }
}

/**
 * A file as a block.
 * @param place the field of the request that holds it, for the error.
 * @throws {HubError} VALIDATION_ERROR for audio, for a video, and for a file kept at a provider of
 *   another dialect.
 */
export function writeFile(file: FilePart, place: string): JsonObject {
  return { ...writeUnmarked(file, place), ...writeMark(file.cache) }
}

function writeUnmarked(file: FilePart, place: string): JsonObject {
  const { kind, source } = file
  if (kind === 'audio') throw refuse(place, 'holds audio, which the models of this provider cannot hear')
  if (kind === 'video') throw refuse(place, 'holds a video, which the models of this provider cannot see')
  switch (source.type) {
    case 'base64':
      return writeEncoded(file, source.data, place)
    case 'url':
      return writeBlock(file, { type: 'url', url: source.url })
    case 'text':
      return writeTextDocument(file, source.text)
    case 'reference':
      if (source.dialect !== 'anthropic') {
        throw refuse(
          place,
          `is the file "${source.id}", which is kept at a provider that does not serve this model`,
        )
      }
      return writeBlock(file, { type: 'file', file_id: source.id })
  }
}

function writeEncoded(file: FilePart, data: string, place: string): JsonObject {
  const mediaType = file.mediaType ?? (file.kind === 'image' ? 'image/png' : 'application/pdf')
  // A document in base64 is a PDF; what is text already goes as text.
  if (file.kind === 'document' && mediaType.startsWith('text/'))
    return writeTextDocument(file, decodeText(data, place))
  return writeBlock(file, { type: 'base64', media_type: mediaType, data })
}

function decodeText(data: string, place: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(data), (char) => char.charCodeAt(0)))
  } catch {
    throw refuse(place, 'is not valid base64')
  }
}

function writeTextDocument(file: FilePart, text: string): JsonObject {
  return writeBlock({ ...file, kind: 'document' }, { type: 'text', media_type: 'text/plain', data: text })
}

function writeBlock({ kind, name }: FilePart, source: JsonObject): JsonObject {
  return kind === 'image' ? { type: 'image', source } : compact({ type: 'document', title: name, source })
}

function refuse(place: string, problem: string): HubError {
  return new HubError('VALIDATION_ERROR', `\`${place}\` ${problem}.`, { param: place })
}

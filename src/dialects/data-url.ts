/** Files as `data:` URLs, and the names of audio formats, to and from media types. */
import type { FilePart, FileSource } from '../chat/request.ts'
import { entryOf } from './json-read.ts'

/**
 * https://www.rfc-editor.org/rfc/rfc2397, of which only base64 is in use. Matched on the head
 * alone: the data is megabytes.
 */
const head = /^data:([^;,]*)(?:;[^;,]+)*?;base64,/i

/** A URL as a file's source, and the media type that it names. */
export function readUrl(url: string): { source: FileSource; mediaType?: string } {
  const match = head.exec(url.slice(0, 200))
  if (!match) return { source: { type: 'url', url } }
  const source = { type: 'base64' as const, data: url.slice(match[0].length) }
  return match[1] ? { source, mediaType: match[1] } : { source }
}

export function writeDataUrl(data: string, mediaType: string): string {
  return `data:${mediaType};base64,${data}`
}

/** How many bytes a text in base64 encodes: three for each four characters. */
export function base64Bytes(data: string): number {
  return data.length * 0.75
}

/** A file that a model made, as an address: of the file itself where it has none of its own. */
export function addressOf({ source, mediaType }: FilePart): string {
  switch (source.type) {
    case 'base64':
      return writeDataUrl(source.data, mediaType ?? 'image/png')
    case 'url':
      return source.url
    case 'text':
      return `data:${mediaType ?? 'text/plain'},${encodeURIComponent(source.text)}`
    case 'reference':
      return source.id
  }
}

/** Where the name of a format is not the name of its media type. */
const mediaTypes: Readonly<Record<string, string>> = { mp3: 'audio/mpeg', m4a: 'audio/mp4' }

export function audioMediaType(format: string): string {
  return entryOf(mediaTypes, format) ?? `audio/${format}`
}

export function audioFormat(mediaType: string | undefined): string {
  const format = Object.keys(mediaTypes).find((name) => mediaTypes[name] === mediaType)
  return format ?? mediaType?.replace(/^audio\/(x-)?/, '') ?? 'wav'
}

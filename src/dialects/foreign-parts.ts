/**
 * Parts of a message under the names that other dialects and SDKs have for them. Servers of one
 * dialect take those of another, and clients send them: a part whose meaning is plain is read,
 * whatever it is called.
 */
import type { Json, JsonObject } from '../chat/json.ts'
import type { FilePart, UserPart } from '../chat/request.ts'
import { audioMediaType, readUrl } from './data-url.ts'
import { compact, objectIn, textIn } from './json-read.ts'
import type { Unread } from './skipped-parts.ts'

/** The kinds of files, by the words that types of parts begin or end with. */
const kinds: Readonly<Record<string, FilePart['kind']>> = {
  image: 'image',
  audio: 'audio',
  video: 'video',
  document: 'document',
  file: 'document',
}

/**
 * What the part shows a model. Notes on it that it was read; none where its meaning is not plain.
 */
export function readForeignPart(part: Unread): UserPart[] {
  const read = readPart(part.raw)
  return read ? part.take([read]) : []
}

function readPart(raw: JsonObject): UserPart | undefined {
  const type = textIn(raw.type) ?? ''
  const text = textIn(raw.text)
  if (/^(?:input_|output_)?text$/.test(type)) return text === undefined ? undefined : { type: 'text', text }
  // Claude Code's search for tools answers with these; the tools themselves are among the
  // request's.
  const found = textIn(raw.tool_name)
  if (type === 'tool_reference' && found !== undefined)
    return { type: 'text', text: `The tool ${found} can be called now.\n` }
  const [, word = ''] = /^(?:input_)?(image|audio|video|document|file)(?:_url)?$/.exec(type) ?? []
  const kind = kinds[word]
  return kind && readFile(raw, type, kind)
}

function readFile(raw: JsonObject, type: string, kind: FilePart['kind']): FilePart | undefined {
  // What the part holds is in a member of its type, in one named for its kind, or in the part
  // itself.
  const holder = [raw[type], raw[kind], raw[`${kind}_url`], raw.source, raw.file].find((value) => value)
  const members = { ...raw, ...objectIn(holder) }
  const address =
    textIn(holder) ?? textIn(members.url) ?? textIn(members.file_data) ?? textIn(members.file_url)
  const more = compact({
    detail: textIn(members.detail),
    name: textIn(members.filename) ?? textIn(members.title),
  })
  if (address !== undefined) return { type: 'file', kind, ...readAddress(address, members), ...more }
  const data = textIn(members.data)
  if (data === undefined) return undefined
  if (members.type === 'text') return { type: 'file', kind, source: { type: 'text', text: data }, ...more }
  const mediaType = typeOf(members)
  return { type: 'file', kind, ...(mediaType && { mediaType }), source: { type: 'base64', data }, ...more }
}

/** An address, a data URL, or the bytes themselves, as some SDKs write them. */
function readAddress(address: string, members: JsonObject): Pick<FilePart, 'source' | 'mediaType'> {
  if (/^[a-z][a-z0-9+.-]*:/i.test(address)) return readUrl(address)
  const mediaType = typeOf(members)
  return { ...(mediaType && { mediaType }), source: { type: 'base64', data: address } }
}

function typeOf({ media_type, mediaType, mime_type, mimeType, format }: JsonObject): string | undefined {
  const named = [media_type, mediaType, mime_type, mimeType].map((value: Json | undefined) => textIn(value))
  const audio = textIn(format)
  return (
    named.find((value) => value !== undefined) ?? (audio === undefined ? undefined : audioMediaType(audio))
  )
}

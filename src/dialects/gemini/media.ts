/**
 * Files on the wire, to and from canonical ones.
 * https://ai.google.dev/gemini-api/docs/file-input-methods
 */
import type { JsonObject } from '../../chat/json.ts'
import type { FilePart, FileSource } from '../../chat/request.ts'
import { HubError } from '../../errors.ts'
import { compact, entryOf } from '../json-read.ts'
import { generationOf } from './generation.ts'

interface Media {
  inlineData?: Blob | null | undefined
  fileData?: { fileUri: string; mimeType?: string | null | undefined } | null | undefined
}

interface Blob {
  data: string
  mimeType?: string | null | undefined
  displayName?: string | null | undefined
}

/** Media types by the end of an address, for those who give an address and no more. */
const extensions: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  pdf: 'application/pdf',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
}

/** What a file is taken for that came without its type. */
const usualTypes = {
  image: 'image/png',
  audio: 'audio/wav',
  video: 'video/mp4',
  document: 'application/pdf',
}

/** The file in a part, if there is one. */
export function readMedia({ inlineData, fileData }: Media): FilePart | undefined {
  if (inlineData) {
    const { data, mimeType, displayName } = inlineData
    return file({ type: 'base64', data: standardBase64(data) }, mimeType, displayName)
  }
  if (!fileData) return undefined
  const { fileUri, mimeType } = fileData
  return file(readUri(fileUri), mimeType ?? typeOfAddress(fileUri))
}

/** A file as a part. What is text already is said as text. */
export function writeMedia({ source, kind, mediaType, name }: FilePart): JsonObject {
  switch (source.type) {
    case 'base64':
      return {
        inlineData: compact({
          mimeType: mediaType ?? usualTypes[kind],
          data: source.data,
          displayName: name,
        }),
      }
    case 'url':
      return { fileData: compact({ fileUri: source.url, mimeType: mediaType ?? typeOfAddress(source.url) }) }
    case 'text':
      return { text: name === undefined ? source.text : `${name}:\n\n${source.text}` }
    case 'reference':
      return { fileData: compact({ fileUri: source.id, mimeType: mediaType }) }
  }
}

/**
 * Refuses what a model of this dialect cannot be shown. Addresses on the open web are fetched by
 * Google since January 2026, for every generation that came after 2.0.
 * @throws {HubError} VALIDATION_ERROR saying what to send instead.
 */
export function checkMedia({ source, kind }: FilePart, model: string): void {
  if (source.type === 'reference' && source.dialect !== 'gemini') {
    throw new HubError(
      'VALIDATION_ERROR',
      `The file "${source.id}" is kept at a provider that does not serve this model.`,
    )
  }
  if (source.type !== 'url') return
  const fetches = (generationOf(model) ?? 3) >= 2.5
  if (fetches && source.url.startsWith('https://')) return
  throw new HubError(
    'VALIDATION_ERROR',
    `The model "${model}" cannot fetch the ${kind} "${source.url.slice(0, 200)}". Send its bytes in base64 instead.`,
  )
}

function file(source: FileSource, mimeType?: string | null, name?: string | null): FilePart {
  const mediaType = mimeType ?? undefined
  return compact({
    type: 'file' as const,
    kind: kindOf(mediaType),
    mediaType,
    name: name ?? undefined,
    source,
  })
}

function kindOf(mediaType = ''): FilePart['kind'] {
  if (mediaType.startsWith('image/')) return 'image'
  if (mediaType.startsWith('video/')) return 'video'
  return mediaType.startsWith('audio/') ? 'audio' : 'document'
}

/** Addresses of Google's own file stores mean something only to the account that filled them. */
function readUri(uri: string): FileSource {
  const isOpenWeb = /^https?:\/\//.test(uri) && !/^https:\/\/[^/]*\.googleapis\.com\//.test(uri)
  return isOpenWeb ? { type: 'url', url: uri } : { type: 'reference', id: uri, dialect: 'gemini' }
}

/** Python's SDK writes bytes in the URL-safe alphabet, which no other provider reads. */
function standardBase64(data: string): string {
  if (!data.includes('-') && !data.includes('_')) return data
  const standard = data.replaceAll('-', '+').replaceAll('_', '/')
  return standard.padEnd(Math.ceil(standard.length / 4) * 4, '=')
}

function typeOfAddress(url: string): string | undefined {
  const extension = /\.(\w+)(?:[?#]|$)/.exec(url)?.[1]
  return extension === undefined ? undefined : entryOf(extensions, extension.toLowerCase())
}

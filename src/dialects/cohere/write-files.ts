/**
 * What a user message may hold: text, and images by address or as data.
 * https://docs.cohere.com/docs/image-inputs
 */
import type { JsonObject } from '../../chat/json.ts'
import type { FilePart, UserPart } from '../../chat/request.ts'
import { HubError } from '../../errors.ts'
import { writeDataUrl } from '../data-url.ts'
import { compact } from '../json-read.ts'

/**
 * @param place where the part stands, for the error: `messages[2].content[0]`.
 * @throws {HubError} VALIDATION_ERROR where it is a file that Cohere cannot be shown.
 */
export function writeUserPart(part: UserPart, place: string): JsonObject {
  if (part.type === 'text') return { type: 'text', text: part.text }
  const { source } = part
  switch (source.type) {
    case 'text':
      // What is text already is said as text.
      return {
        type: 'text',
        text: part.name === undefined ? source.text : `${part.name}:\n\n${source.text}`,
      }
    case 'base64':
      return writeImage(part, writeDataUrl(source.data, part.mediaType ?? 'image/png'), place)
    case 'url':
      return writeImage(part, source.url, place)
    case 'reference':
      throw refusal(
        place,
        `is the file "${source.id}", which is kept at a provider that does not serve this model`,
      )
  }
}

function writeImage({ kind, detail }: FilePart, url: string, place: string): JsonObject {
  switch (kind) {
    case 'image':
      return { type: 'image_url', image_url: compact({ url, detail }) }
    case 'audio':
      throw refusal(place, 'is audio, which Cohere does not take')
    case 'video':
      throw refusal(place, 'is a video, which Cohere does not take')
    case 'document':
      throw refusal(place, 'is a document, which Cohere takes only as text')
  }
}

function refusal(place: string, problem: string): HubError {
  return new HubError('VALIDATION_ERROR', `\`${place}\` ${problem}.`, { param: place })
}

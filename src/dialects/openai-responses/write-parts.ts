/** What a user or a tool shows a model, as parts of a message. */
import type { JsonObject } from '../../chat/json.ts'
import type { FilePart, UserPart } from '../../chat/request.ts'
import { HubError } from '../../errors.ts'
import { writeDataUrl } from '../data-url.ts'
import { compact } from '../json-read.ts'

/** @param path where the part stands, for an error that names it. */
export function writePart(part: UserPart, path: string): JsonObject {
  if (part.type === 'text') return { type: 'input_text', text: part.text }
  if (part.kind === 'audio' || part.kind === 'video')
    throw new HubError('VALIDATION_ERROR', `\`${path}\` is ${part.kind}, which this model cannot be given.`, {
      param: path,
    })
  return writeFile(part, path)
}

function writeFile({ kind, mediaType, name, source, detail }: FilePart, path: string): JsonObject {
  switch (source.type) {
    case 'base64': {
      if (kind === 'image')
        return image({ image_url: writeDataUrl(source.data, mediaType ?? 'image/png') }, detail)
      const data = writeDataUrl(source.data, mediaType ?? 'application/pdf')
      // A file that is sent along must have a name.
      return { type: 'input_file', filename: name ?? 'document.pdf', file_data: data }
    }
    case 'url':
      if (kind === 'image') return image({ image_url: source.url }, detail)
      return { type: 'input_file', file_url: source.url }
    case 'text':
      // Documents are PDFs in this dialect. What is text already is said as text.
      return { type: 'input_text', text: name === undefined ? source.text : `${name}:\n\n${source.text}` }
    case 'reference': {
      // OpenAI keeps the same files for both of its dialects.
      if (source.dialect !== 'openai-responses' && source.dialect !== 'openai-chat') {
        const message = `The file "${source.id}" is kept at a provider that does not serve this model.`
        throw new HubError('VALIDATION_ERROR', message, { param: path })
      }
      return kind === 'image'
        ? image({ file_id: source.id }, detail)
        : { type: 'input_file', file_id: source.id }
    }
  }
}

function image(address: JsonObject, detail: string | undefined): JsonObject {
  return { type: 'input_image', ...address, ...compact({ detail }) }
}

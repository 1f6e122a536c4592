/**
 * Files that a model made, for clients of this dialect. Anthropic's models make none, and SDKs
 * refuse an answer with a block that the API does not have: a file is a text with its address, in a
 * form of ours that is known again when it comes back.
 */
import type { FilePart } from '../../chat/request.ts'
import { addressOf, readUrl } from '../data-url.ts'

const head = '![Image made by the model]('
const tail = ')'

/** An image as Markdown. What a text cannot show is said in words. */
export function writeMadeFile(file: FilePart): string {
  const { kind, source } = file
  if (source.type === 'text') return source.text
  if (kind === 'image' && source.type !== 'reference') return `${head}${addressOf(file)}${tail}`
  const address = source.type === 'url' ? `: ${source.url}` : ' that cannot be shown here.'
  return `The model made a file (${kind})${address}`
}

/** The image in a text of ours. */
export function readMadeFile(text: string): FilePart | undefined {
  if (!text.startsWith(head) || !text.endsWith(tail)) return undefined
  const address = text.slice(head.length, -tail.length)
  if (!/^(?:data:image\/|https?:\/\/)[^\s)]*$/.test(address)) return undefined
  return { type: 'file', kind: 'image', ...readUrl(address) }
}

/**
 * What a provider of this dialect reads in place of an image of ours: as a text it is worth
 * nothing.
 */
export const madeFileNote = '[The model made an image here.]'

/**
 * Citations as Google's grounding: each source is one chunk, each place one support. A page has no
 * quote here. Offsets count bytes of the whole text, which is what clients cut them out of.
 */
import type { Citation } from '../../chat/citation.ts'
import type { JsonObject } from '../../chat/json.ts'
import { compact } from '../json-read.ts'
import { TextOffsets } from '../text-offsets.ts'

interface Support {
  segment: JsonObject
  groundingChunkIndices: number[]
}

/**
 * @param text of the answer, in which the places count.
 * @returns undefined where nothing is cited.
 */
export function writeGrounding(citations: readonly Citation[], text: string): JsonObject | undefined {
  if (citations.length === 0) return undefined
  const offsets = new TextOffsets('bytes')
  offsets.add(text)
  const chunks = new Map<string, { index: number; chunk: JsonObject }>()
  const supports = new Map<string, Support>()
  for (const citation of citations) {
    const chunk = writeChunk(citation)
    const key = JSON.stringify(chunk)
    const { index } = chunks.get(key) ?? { index: chunks.size }
    chunks.set(key, { index, chunk })
    if (citation.place) supportAt(citation.place, supports, offsets).groundingChunkIndices.push(index)
  }
  return {
    groundingChunks: [...chunks.values()].map(({ chunk }) => chunk),
    groundingSupports: [...supports.values()].map((support) => ({ ...support })),
  }
}

function supportAt(
  { start, end }: NonNullable<Citation['place']>,
  supports: Map<string, Support>,
  offsets: TextOffsets,
): Support {
  const key = `${start}-${end}`
  const known = supports.get(key)
  if (known) return known
  const segment = {
    startIndex: offsets.unitsAt(start),
    endIndex: offsets.unitsAt(end),
    text: offsets.text.slice(start, end),
  }
  const support: Support = { segment, groundingChunkIndices: [] }
  supports.set(key, support)
  return support
}

function writeChunk({ url, title, quote, file }: Citation): JsonObject {
  if (url !== undefined) return { web: compact({ uri: url, title: title ?? url }) }
  return { retrievedContext: compact({ uri: file?.id, title: file?.name ?? title, text: quote }) }
}

/**
 * One spelling for names of members: `file_ids`, `fileIds`, `File-IDs` and `FILE_IDS` are the same
 * to some provider.
 */
import { BoundedMap } from '../isolate/bounded-map.ts'

const known = new BoundedMap<string, string>(2_000)

/**
 * The name in lower case, without what separates its words. The latest spellings are cached.
 */
export function plainName(name: string): string {
  const found = known.get(name)
  if (found !== undefined) return found
  const plain = name.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase()
  // Clients choose names: the memory is bounded, and long names are not worth a place in it.
  if (name.length <= 100) {
    known.set(name, plain)
  }
  return plain
}

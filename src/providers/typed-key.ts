/** Keys that people type where a model belongs: those are not written down. Pure. */
import { recogniseKey } from './recognise.ts'

const mark = '[redacted]'

/**
 * Returns the name of a model as the log may hold it: each part of a path that has the shape of a
 * key is taken out.
 */
export function withoutKey(name: string): string {
  return name
    .split('/')
    .map((part) => (looksLikeKey(part) ? mark : part))
    .join('/')
}

/**
 * Names have words in them; keys begin with a known prefix, or are one long run of letters and
 * digits.
 */
function looksLikeKey(part: string): boolean {
  const text = part.trim()
  // Ids of deployments are runs of lower-case letters and digits, too.
  if (text.length < 16 || /^[a-z0-9]{1,40}$/.test(text)) return false
  return text.startsWith('eyJ') || recogniseKey(text).type !== 'unknown'
}

/**
 * Anthropic caches nothing unasked, and clients of other dialects cannot ask. Where nothing is
 * marked (`cache-marks.ts`), a request that is one of many asks for the automatic cache: one that
 * has tools, or a key for a cache.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
import { hasMarks } from '../cache-marks.ts'
import { listIn, textIn } from '../json-read.ts'
import type { BodyStep } from './fit.ts'

export const askForCache: BodyStep = (body, { isTranslated, quirks, clientBody }) => {
  if (!isTranslated || !quirks.takes?.includes('cache_control') || hasMarks(body)) return body
  const recurs = listIn(body.tools).length > 0 || textIn(clientBody.prompt_cache_key) !== undefined
  return recurs ? { ...body, cache_control: { type: 'ephemeral' } } : body
}

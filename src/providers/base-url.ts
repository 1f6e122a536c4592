/** The address of one call, which people paste where the base of all calls is asked for. */
import type { DialectId } from '../domain/dialects.ts'

/** What each dialect appends to a base URL. */
const endpoints: Partial<Record<DialectId, RegExp>> = {
  'openai-chat': /\/chat\/completions\/?$/,
  'openai-responses': /\/responses\/?$/,
  anthropic: /\/messages(\/count_tokens)?\/?$/,
  gemini: /\/models(\/[^/]*:\w+)?\/?$/,
}

/**
 * Takes the path of a call off the end of an address: `https://x/v1/chat/completions` is
 * `https://x/v1`.
 */
export function withoutEndpoint(url: string, dialect: DialectId): string {
  const endpoint = endpoints[dialect]
  return endpoint ? url.trim().replace(endpoint, '') : url
}

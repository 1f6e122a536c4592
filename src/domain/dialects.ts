/** The wire formats that the hub reads and writes. `src/dialects/` has a folder for each. */

/** Those of chat that a provider may speak. */
export const providerChatDialects = [
  'openai-chat',
  'openai-responses',
  'anthropic',
  'gemini',
  'cohere',
] as const

/** All that a provider may speak. */
export const providerDialects = [...providerChatDialects, 'openai-embeddings'] as const

/**
 * All dialects. Providers alone speak `cohere`, clients alone the two of the hub. Embeddings are
 * translated into no other dialect.
 */
export const dialectIds = [...providerDialects, 'hub-chat', 'hub-query'] as const
export type DialectId = (typeof dialectIds)[number]

/**
 * What only OpenAI knows and strict servers answer with "property is unsupported" or "extra inputs
 * are not permitted".
 */
export const openaiOnly = [
  'store',
  'metadata',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'verbosity',
  'modalities',
  'audio',
  'web_search_options',
  'moderation',
] as const

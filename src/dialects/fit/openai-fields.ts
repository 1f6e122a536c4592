/**
 * Fields that OpenAI's two dialects share, for a Chat client whose request goes over Responses:
 * they choose a cache, a tier or a length of the answer, and mean the same there.
 * https://platform.openai.com/docs/guides/migrate-to-responses
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import { objectIn } from '../json-read.ts'
import type { BodyStep } from './fit.ts'

const shared = [
  'metadata',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
] as const

export const carryOpenaiFields: BodyStep = (body, { clientDialect, clientBody, quirks }) => {
  if (clientDialect !== 'openai-chat' || !quirks.takes?.includes('chat_fields')) return body
  const carried: JsonObject = {}
  for (const name of shared) if (isSet(clientBody[name])) carried[name] = clientBody[name]
  const { verbosity } = clientBody
  if (isSet(verbosity)) carried.text = { ...objectIn(body.text), verbosity }
  return Object.keys(carried).length > 0 ? { ...body, ...carried } : body
}

function isSet(value: Json | undefined): value is Json {
  return value !== undefined && value !== null
}

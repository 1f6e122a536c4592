/** What vendors demand back with the calls of a history, where the client did not keep it. */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import { generationOf } from '../gemini/generation.ts'
import { standIn } from '../gemini/signature.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import type { BodyStep } from './fit.ts'
import { mapMember } from '../map-member.ts'
import type { Profile } from './profile.ts'

/**
 * DeepSeek refuses a message with calls without `reasoning_content` and takes an empty one.
 * https://api-docs.deepseek.com/guides/thinking_mode#tool-calls
 */
export const fillReasoning: BodyStep = (body, profile) =>
  needsReasoning(profile)
    ? mapMember(body, 'messages', (message) =>
        hasCalls(message) && typeof message.reasoning_content !== 'string'
          ? { ...message, reasoning_content: '' }
          : message,
      )
    : body

/** Of custom providers, the name of the model tells. */
function needsReasoning({ quirks, isKnownRow, isTranslated, isExact, model }: Profile): boolean {
  if (quirks.needsReasoning) return true
  return !isKnownRow && (isTranslated || !isExact) && /deepseek/i.test(model)
}

/**
 * Gemini 3 behind a compatible endpoint demands the signature of the first call of each step since
 * the user last spoke. Where the client dropped it, the documented stand-in takes its place.
 * https://ai.google.dev/gemini-api/docs/thought-signatures#openai
 */
export const signCalls: BodyStep = (body, { isKnownRow, model }) => {
  if (isKnownRow || (generationOf(model) ?? 0) < 3) return body
  const current = listIn(body.messages).findLastIndex((message) => objectIn(message)?.role === 'user')
  let at = -1
  return mapMember(body, 'messages', (message) => {
    at++
    return at > current && hasCalls(message) ? signFirst(message) : message
  })
}

function signFirst(message: JsonObject): JsonObject {
  const [first, ...others] = listIn(message.tool_calls)
  if (!isJsonObject(first) || signatureOf(first) !== undefined) return message
  const extra = objectIn(first.extra_content)
  const google = { ...objectIn(extra?.google), thought_signature: standIn }
  return {
    ...message,
    tool_calls: [{ ...first, extra_content: { ...extra, google } }, ...others],
  }
}

function signatureOf(call: JsonObject): string | undefined {
  return textIn(objectIn(objectIn(call.extra_content)?.google)?.thought_signature)
}

function hasCalls(message: Json): boolean {
  const { role, tool_calls } = objectIn(message) ?? {}
  return role === 'assistant' && listIn(tool_calls).length > 0
}

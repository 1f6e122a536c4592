/**
 * A history that clients cut at its beginning may open with a call, which Gemini refuses: "function
 * call turn comes immediately after a user turn or after a function response turn".
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import { listIn, objectIn } from '../json-read.ts'
import type { BodyStep } from './fit.ts'

const opening: JsonObject = { role: 'user', parts: [{ text: '(empty)' }] }

export const openWithUser: BodyStep = (body, { isTranslated }) => {
  const contents = listIn(body.contents)
  const { role, parts } = objectIn(contents[0]) ?? {}
  if (!isTranslated || role !== 'model' || !listIn(parts).some(isCall)) return body
  return { ...body, contents: [opening, ...contents] }
}

function isCall(part: Json): boolean {
  return objectIn(objectIn(part)?.functionCall) !== undefined
}

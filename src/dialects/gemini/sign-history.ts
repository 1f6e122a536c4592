/**
 * Thought signatures as the target demands them. State of other dialects is taken out of every
 * history. From generation 3 on, the first call of each step since the user last spoke must be
 * signed, else the request is refused: where the signature is another provider's or is missing, the
 * documented stand-in takes its place. https://ai.google.dev/gemini-api/docs/thought-signatures
 */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import { itemsIn, objectIn, textIn } from '../json-read.ts'
import { generationOf } from './generation.ts'
import { joinSplitCalls } from './split-turns.ts'
import { isForeign, standIn } from './signature.ts'

/** The same body where there is nothing to do. */
export function signForProvider(body: JsonObject, model: string): JsonObject {
  const sent = itemsIn(body.contents)
  const contents = joinSplitCalls(sent)
  const current = contents.findLastIndex(isSaid)
  const signed = contents.flatMap((content, index) => {
    const parts = signParts(itemsIn(objectIn(content)?.parts), index > current, generationOf(model))
    if (parts === undefined) return [content]
    // A turn that held nothing but our mark is no turn.
    return parts.length > 0 ? [{ ...objectIn(content), parts }] : []
  })
  const changed = signed.length < sent.length || signed.some((content, index) => content !== sent[index])
  return changed ? { ...body, contents: signed } : body
}

/**
 * Whether the user says something here, and does not just hand in results: then a new turn begins.
 */
function isSaid(content: Json): boolean {
  const { role, parts } = objectIn(content) ?? {}
  if (role === 'model') return false
  return itemsIn(parts).some((part) => {
    const { functionResponse, function_response } = objectIn(part) ?? {}
    return !functionResponse && !function_response
  })
}

/**
 * @param generation unknown ones are taken for new where a signature was, and left alone where none
 *   was.
 */
function signParts(parts: Json[], isCurrent: boolean, generation: number | undefined): Json[] | undefined {
  const firstCall = parts.findIndex(isCall)
  let changed = false
  const signed = parts.flatMap((part, index): Json[] => {
    const signature = signatureOf(part)
    const foreign = signature !== undefined && isForeign(signature)
    const missing = index === firstCall && isCurrent && (signature === undefined || foreign)
    const demanded = missing && ((generation ?? 0) >= 3 || (foreign && generation === undefined))
    if (!foreign && !demanded) return [part]
    changed = true
    const { thoughtSignature: _camel, thought_signature: _snake, ...bare } = objectIn(part) ?? {}
    if (demanded) return [{ ...bare, thoughtSignature: standIn }]
    return isEmptyText(bare) ? [] : [bare]
  })
  return changed ? signed : undefined
}

function signatureOf(part: Json): string | undefined {
  const { thoughtSignature, thought_signature } = objectIn(part) ?? {}
  return textIn(thoughtSignature) ?? textIn(thought_signature)
}

function isCall(part: Json): boolean {
  const { functionCall, function_call } = objectIn(part) ?? {}
  return isJsonObject(functionCall) || isJsonObject(function_call)
}

/** What is left of a text that was there only to carry a signature. */
function isEmptyText(part: JsonObject): boolean {
  return part.text === '' && Object.keys(part).every((name) => name === 'text' || name === 'thought')
}

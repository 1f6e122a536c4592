/** Tells by its structure, whatever its words, that an error is about the request. Pure. */
import type { Complaint } from '../chat/events.ts'
import { isJsonObject, type Json } from '../chat/json.ts'
import { lookUp } from './error-object.ts'

/** Statuses by which a provider refuses what it was sent. */
const refusesRequest: ReadonlySet<number | undefined> = new Set([400, 404, 413, 422])

/**
 * Codes and types that say that something in the request is wrong, in the forms of several vendors.
 */
const requestCode =
  /^(?:(?:client_specified_an_)?invalid[_-](?:request(?!_error$)|value|type|param|argument|json|image|prompt|tool|function|schema|base64|url|role|enum|content|encrypted|message|input|file|body|format)\w*|(?:unknown|unsupported|unrecognized|unexpected|missing|duplicate|extra|empty|bad)_(?:required_)?(?:param|field|value|content|file|argument|key|role|type|request|forbidden|message)\w*|(?:string|array|integer|decimal|object|number|value|literal|enum|json)_(?:\w{1,20}_)?(?:above|below|too|max|min|type|invalid|error|parsing)\w*|wrong_api_format|validation_error|\w{0,40}not_found_in_request|parse_error)$/i
/**
 * A code of OpenAI's that others send for a wrong model and a bad key too: the request or the
 * model.
 */
const generalCode = /^(?:invalid[_-]request[_-]error|client specified an invalid argument)$/i

const modelParam = /^(?:model|deployment|engine|body\.model)(?:_?id)?$/i

/**
 * How much of an error's blame its structure decides: `request` leaves no other, `request-or-model`
 * leaves those two. Undefined where structure says nothing of the request.
 */
export function requestShape(
  status: number | undefined,
  complaint: Complaint,
): 'request' | 'request-or-model' | undefined {
  if (!refusesRequest.has(status)) return undefined
  const { param, code = '', type = '' } = complaint
  const places = [...(param ? [param] : []), ...placesIn(complaint)]
  if (places.some((place) => !modelParam.test(place))) return 'request'
  if (places.length > 0) return 'request-or-model'
  if (requestCode.test(code) || generalCode.test(code)) return 'request-or-model'
  return requestCode.test(type) ? 'request-or-model' : undefined
}

/** The fields that a list of findings names: FastAPI's `loc`, Google's `fieldViolations`. */
function placesIn(complaint: Complaint): string[] {
  const places: string[] = []
  for (const list of [lookUp(complaint, 'detail'), lookUp(complaint, 'message', 'detail')]) {
    for (const entry of listOf(list)) {
      if (isJsonObject(entry) && Array.isArray(entry.loc)) places.push(placeOf(entry.loc))
    }
  }
  for (const detail of listOf(lookUp(complaint, 'details'))) {
    for (const violation of isJsonObject(detail) ? listOf(detail.fieldViolations) : []) {
      const field = isJsonObject(violation) ? violation.field : undefined
      places.push(typeof field === 'string' ? field : '')
    }
  }
  return places
}

/** The path of a field; what is no name of one is left out. */
function placeOf(loc: Json[]): string {
  return loc.filter((step) => typeof step === 'string' || typeof step === 'number').join('.')
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}

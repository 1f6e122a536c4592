/**
 * Gemini's own kind of schema, a part of OpenAPI 3.0, as the JSON Schema that everyone else speaks.
 * The way back is not needed: the API takes JSON Schema in fields beside the old ones.
 * https://ai.google.dev/api/caching#Schema
 */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import { listIn, textIn } from '../json-read.ts'
import { camelNames } from './wire.ts'

/** Counts, which JSON for protocol buffers writes as text. */
const counts = ['minItems', 'maxItems', 'minProperties', 'maxProperties', 'minLength', 'maxLength']

export function toJsonSchema(given: JsonObject): JsonObject {
  const named = camelNames(given)
  const { nullable, propertyOrdering: _order, example, ...schema } = isJsonObject(named) ? named : given
  for (const [name, value] of Object.entries(schema)) schema[name] = convertMember(name, value)
  if (example !== undefined) schema.examples = [example]
  return nullable === true ? acceptNull(schema) : schema
}

function convertMember(name: string, value: Json): Json {
  if (name === 'type') return textIn(value)?.toLowerCase() ?? value
  if (name === 'properties' && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([property, inner]) => [property, convert(inner)]))
  }
  if (name === 'items') return convert(value)
  if (name === 'anyOf') return listIn(value).map(convert)
  if (counts.includes(name) && typeof value === 'string') return Number(value)
  return value
}

function convert(schema: Json): Json {
  return isJsonObject(schema) ? toJsonSchema(schema) : schema
}

function acceptNull(schema: JsonObject): JsonObject {
  const { type, enum: values, anyOf } = schema
  return {
    ...schema,
    ...(typeof type === 'string' && { type: [type, 'null'] }),
    ...(Array.isArray(values) && { enum: [...values, null] }),
    ...(Array.isArray(anyOf) && { anyOf: [...anyOf, { type: 'null' }] }),
  }
}

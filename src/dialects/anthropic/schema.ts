/**
 * JSON Schema as Anthropic compiles it: every object is closed, and bounds on values are said in
 * words. Anthropic's SDKs do the same to the schemas they are given.
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import { listIn, textIn } from '../json-read.ts'

/** What is refused where it stands. */
const unsupported = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
])

/** Where a schema holds schemas: by name, as a list, or one. */
const named = ['properties', '$defs', 'definitions']
const listed = ['anyOf', 'oneOf', 'allOf']

export function strictSchema(schema: JsonObject): JsonObject {
  const kept = Object.entries(schema).filter(([name]) => !unsupported.has(name))
  const strict: JsonObject = Object.fromEntries(
    kept.map(([name, value]) => [name, strictMember(name, value)]),
  )
  if (isObjectSchema(schema)) strict.additionalProperties = false
  const bounds = Object.entries(schema).filter(([name]) => unsupported.has(name))
  if (bounds.length > 0) strict.description = describe(schema.description, bounds)
  return strict
}

function strictMember(name: string, value: Json): Json {
  if (named.includes(name) && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, strictValue(each)]))
  }
  if (listed.includes(name)) return listIn(value).map(strictValue)
  return name === 'items' ? strictValue(value) : value
}

function strictValue(value: Json): Json {
  return isJsonObject(value) ? strictSchema(value) : value
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  return (
    type === 'object' || listIn(type).includes('object') || (type === undefined && isJsonObject(properties))
  )
}

function describe(description: Json | undefined, bounds: [string, Json][]): string {
  const words = bounds.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')
  const said = textIn(description)
  return said === undefined ? `(${words})` : `${said} (${words})`
}

/**
 * A value that satisfies a JSON Schema, always the same one for the same schema. Knows what tools
 * and structured outputs use of https://json-schema.org/draft/2020-12; patterns and conditions are
 * beyond it.
 */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'

/** Deeper than this, only what must be there is there: schemas may contain themselves. */
const deepest = 6

/** @param name - what the value is called where it stands: texts are made of it. */
export function valueFor(
  schema: Json | undefined,
  name = 'value',
  root: Json | undefined = schema,
  depth = 0,
): Json {
  if (!isJsonObject(schema) || depth > deepest * 2) return name
  if (schema.const !== undefined) return schema.const
  for (const list of [schema.enum, schema.examples]) {
    if (Array.isArray(list) && list[0] !== undefined) return list[0]
  }
  if (schema.default !== undefined) return schema.default
  if (typeof schema.$ref === 'string') return valueFor(resolve(schema.$ref, root), name, root, depth + 1)
  const alternatives = [schema.anyOf, schema.oneOf].find((list) => Array.isArray(list))
  if (Array.isArray(alternatives)) return valueFor(pick(alternatives, depth), name, root, depth + 1)
  if (Array.isArray(schema.allOf)) return valueFor(merge(schema, schema.allOf, root), name, root, depth + 1)
  switch (typeOf(schema)) {
    case 'object':
      return objectFor(schema, root, depth)
    case 'array':
      return arrayFor(schema, name, root, depth)
    case 'integer':
    case 'number':
      return numberFor(schema)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return textFor(schema, name)
  }
}

function typeOf(schema: JsonObject): Json | undefined {
  if (Array.isArray(schema.type)) return schema.type.find((type) => type !== 'null') ?? 'null'
  if (schema.type !== undefined) return schema.type
  if (isJsonObject(schema.properties)) return 'object'
  return schema.items === undefined ? undefined : 'array'
}

function objectFor(schema: JsonObject, root: Json | undefined, depth: number): JsonObject {
  const properties = isJsonObject(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required : []
  const names =
    depth < deepest
      ? Object.keys(properties)
      : Object.keys(properties).filter((name) => required.includes(name))
  return Object.fromEntries(names.map((name) => [name, valueFor(properties[name], name, root, depth + 1)]))
}

function arrayFor(schema: JsonObject, name: string, root: Json | undefined, depth: number): Json[] {
  if (Array.isArray(schema.prefixItems))
    return schema.prefixItems.map((item) => valueFor(item, name, root, depth + 1))
  const fewest = numberIn(schema.minItems) ?? (depth < deepest ? 1 : 0)
  const count = Math.min(fewest, numberIn(schema.maxItems) ?? fewest)
  return Array.from({ length: count }, (_, index) => {
    const item = valueFor(schema.items, name, root, depth + 1)
    return schema.uniqueItems === true && typeof item === 'string' && index > 0
      ? `${item} ${index + 1}`
      : item
  })
}

function numberFor(schema: JsonObject): number {
  const step = numberIn(schema.multipleOf) ?? 1
  const above = numberIn(schema.exclusiveMinimum)
  const least = numberIn(schema.minimum) ?? (above === undefined ? undefined : above + step)
  const below = numberIn(schema.exclusiveMaximum)
  const most = numberIn(schema.maximum) ?? (below === undefined ? undefined : below - step)
  const value = Math.ceil(Math.max(least ?? Math.min(step, most ?? step), 0) / step) * step
  if (least !== undefined && least < 0 && most !== undefined && most < 0) return most
  return most !== undefined && value > most ? most : value
}

function textFor(schema: JsonObject, name: string): string {
  const text = (typeof schema.format === 'string' && textOfFormat[schema.format]) || name
  const shortest = numberIn(schema.minLength) ?? 0
  return text.padEnd(shortest, 'x').slice(0, numberIn(schema.maxLength) ?? Math.max(text.length, shortest))
}

const textOfFormat: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '00:00:00Z',
  duration: 'PT1H',
  email: 'someone@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
}

/** The first alternative that is something; deep down, `null` ends what would go on for ever. */
function pick(alternatives: Json[], depth: number): Json | undefined {
  const nothing = depth >= deepest ? alternatives.find(isNull) : undefined
  return nothing ?? alternatives.find((schema) => !isNull(schema)) ?? alternatives[0]
}

function isNull(schema: Json): boolean {
  return isJsonObject(schema) && schema.type === 'null'
}

function merge(schema: JsonObject, parts: Json[], root: Json | undefined): JsonObject {
  const { allOf: _, ...rest } = schema
  const merged: JsonObject = { ...rest }
  for (const part of parts) {
    const known = isJsonObject(part) && typeof part.$ref === 'string' ? resolve(part.$ref, root) : part
    if (!isJsonObject(known)) continue
    const properties = [merged.properties, known.properties].filter((value) => isJsonObject(value))
    const required = [merged.required, known.required].flatMap((value) => (Array.isArray(value) ? value : []))
    Object.assign(merged, known)
    if (properties.length > 0) merged.properties = Object.assign({}, ...properties)
    if (required.length > 0) merged.required = required
  }
  return merged
}

/**
 * A reference within the schema: `#/$defs/node`, as a JSON Pointer (RFC 6901); `#` is the whole.
 */
function resolve(reference: string, root: Json | undefined): Json | undefined {
  let value = root
  for (const step of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
    value = isJsonObject(value) ? value[name] : undefined
  }
  return value
}

function numberIn(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}

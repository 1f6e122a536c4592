/** What the vendors refuse of tools: their names and their schemas. */
import type { Json, JsonObject } from '../../../src/chat/json.ts'
import { listIn, objectIn, textIn } from '../../../src/dialects/json-read.ts'
import { demand } from './refusal.ts'

/** A tool's name in the vendor's characters. @param place of the name in the request. */
export function checkName(name: Json | undefined, place: string, form: RegExp): void {
  demand(
    form.test(textIn(name) ?? ''),
    `Invalid '${place}': string does not match pattern. Expected a string that matches the pattern '${form.source}'.`,
    { code: 'invalid_value' },
  )
}

/** A schema as OpenAI and Anthropic take it: an object at its root, and items for each array. */
export function checkSchema(schema: Json | undefined, name: string): void {
  const root = objectIn(schema)
  const wrong = `Invalid schema for function '${name}': `
  demand(root?.type === 'object', `${wrong}schema must be a JSON Schema of 'type: "object"'.`)
  demand(objectIn(root?.properties) !== undefined, `${wrong}object schema missing properties.`)
  for (const word of ['anyOf', 'oneOf', 'allOf', 'enum', 'not'])
    demand(root?.[word] === undefined, `${wrong}input_schema does not support ${word} at the top level.`)
  for (const inner of schemasIn(root ?? {})) {
    if (inner.type === 'array')
      demand(inner.items !== undefined, `${wrong}array schema missing items.`, {
        code: 'invalid_function_parameters',
      })
  }
}

/** Every schema within one. */
export function schemasIn(schema: JsonObject): JsonObject[] {
  const nested = [
    ...Object.values(objectIn(schema.properties) ?? {}),
    ...Object.values(objectIn(schema.$defs) ?? {}),
    ...['anyOf', 'oneOf', 'allOf'].flatMap((word) => listIn(schema[word])),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...(schema.additionalProperties === undefined ? [] : [schema.additionalProperties]),
  ]
  return [schema, ...nested.flatMap((inner) => (objectIn(inner) ? schemasIn(objectIn(inner) ?? {}) : []))]
}

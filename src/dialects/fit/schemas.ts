/**
 * JSON Schemas of tools as the strictest receivers take them: a plain object at the root, since
 * OpenAI and Anthropic refuse `anyOf`, `oneOf` and `allOf` there; an object with `properties`, and
 * arrays with `items`, which OpenAI demands.
 */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import type { Tool } from '../../chat/request.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import type { Step } from './fit.ts'

export const fitSchemas: Step = (request, { limits: { plainSchemas }, dialect }) => {
  if (!plainSchemas) return request
  const budget = { left: mostMerged }
  const tools = request.tools.map((tool): Tool => {
    const isResponses = dialect === 'openai-responses'
    // A tool without parameters says `null` there, which only OpenAI takes.
    const given = tool.parameters ?? (isResponses ? { type: 'object' } : undefined)
    const parameters = given && plainSchema(given, budget)
    // OpenAI takes a tool for strict where nothing is said, which makes all of its parameters
    // required.
    const isUnsaid = isResponses && tool.strict === undefined
    if (parameters === tool.parameters && !isUnsaid) return tool
    return { ...tool, ...(parameters && { parameters }), ...(isUnsaid && { strict: false }) }
  })
  return tools.every((tool, index) => tool === request.tools[index]) ? request : { ...request, tools }
}

/**
 * A schema that all receivers take; the same one where it is plain already.
 * @param budget how much may still be merged, of all the tools of a request together.
 */
export function plainSchema(schema: JsonObject, budget = { left: mostMerged }): JsonObject {
  return complete(plainRoot(schema, schema, 0, budget))
}

const combinators = ['allOf', 'anyOf', 'oneOf'] as const
/** What is refused at a root beside `type: "object"`. */
const refusedAtRoot = [...combinators, '$ref', 'enum', 'not', 'if', 'then', 'else']
/** Branches within branches are followed so far. */
const deepest = 8
/**
 * The most that is merged: branches, their properties and required names. References multiply, and
 * a few lines can refer to billions of branches. No tool comes near it; the rest is left out.
 */
const mostMerged = 100_000
/** A longer reference is not followed. In characters. */
const longestReference = 1_000

/**
 * The branches of a root merged into one object: all of their properties, of which those are
 * required that every branch requires. It permits more than the schema did and nothing less.
 *
 * @param budget how much may still be merged of all branches together.
 */
function plainRoot(
  schema: JsonObject,
  root: JsonObject,
  depth: number,
  budget: { left: number },
): JsonObject {
  const isPlain = schema.type === 'object' && !refusedAtRoot.some((name) => schema[name] !== undefined)
  if (isPlain || depth > deepest) return schema
  const properties = new Map<string, Json>()
  const required = new Set<string>(namesIn(schema.required))
  const referred = schema.$ref === undefined ? [] : [{ $ref: schema.$ref }]
  for (const combinator of combinators) {
    const listed = listIn(schema[combinator])
    const branches: JsonObject[] = []
    for (const branch of combinator === 'allOf' ? [...referred, ...listed] : listed) {
      if (budget.left <= 0) break
      const resolved = resolve(branch, root)
      budget.left -= sizeOf(resolved)
      branches.push(plainRoot(resolved, root, depth + 1, budget))
    }
    for (const branch of branches) addProperties(properties, branch)
    const names = branches.map((branch) => namesIn(branch.required))
    for (const name of combinator === 'allOf' ? names.flat() : sharedBy(names)) required.add(name)
  }
  addProperties(properties, schema)
  // Where branches were left out, it is not known what all of them require.
  const known = budget.left > 0 ? [...required].filter((name) => properties.has(name)) : []
  const kept = Object.entries(schema).filter(([name]) => !refusedAtRoot.includes(name) && name !== 'required')
  return {
    ...Object.fromEntries(kept),
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(known.length > 0 && { required: known }),
  }
}

/** How much there is to merge of a branch. */
function sizeOf({ properties, required, allOf, anyOf, oneOf }: JsonObject): number {
  const lists = [required, allOf, anyOf, oneOf].map((list) => listIn(list).length)
  return lists.reduce((sum, length) => sum + length, 1 + Object.keys(objectIn(properties) ?? {}).length)
}

function addProperties(all: Map<string, Json>, { properties }: JsonObject): void {
  for (const [name, property] of Object.entries(objectIn(properties) ?? {})) all.set(name, property)
}

function sharedBy([first = [], ...others]: string[][]): string[] {
  const sets = others.map((names) => new Set(names))
  return first.filter((name) => sets.every((names) => names.has(name)))
}

/** A branch itself, or what it refers to. */
function resolve(branch: Json, root: JsonObject): JsonObject {
  const reference = textIn(objectIn(branch)?.$ref)
  if (!reference?.startsWith('#/') || reference.length > longestReference) return objectIn(branch) ?? {}
  let found: Json | undefined = root
  for (const step of reference.slice(2).split('/')) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    const inside: JsonObject | undefined = objectIn(found)
    found = inside && Object.hasOwn(inside, name) ? inside[name] : undefined
  }
  return objectIn(found) ?? {}
}

function namesIn(value: Json | undefined): string[] {
  return listIn(value).flatMap((name) => (typeof name === 'string' ? [name] : []))
}

/** Where a schema holds schemas: by name, as a list, or one. */
const named = ['properties', '$defs', 'definitions']
const listed = ['anyOf', 'oneOf', 'allOf', 'prefixItems']
const single = ['items', 'additionalProperties']

/**
 * The schema with `items` and `properties` wherever a type asks for them; the same one where none
 * is missing.
 */
function complete(schema: JsonObject): JsonObject {
  let completed = schema
  const set = (name: string, value: Json): void => {
    if (value !== completed[name]) completed = { ...completed, [name]: value }
  }
  for (const name of named) {
    const inner = objectIn(schema[name])
    if (inner) set(name, mapObject(inner, completeValue))
  }
  for (const name of listed) {
    const inner = schema[name]
    if (Array.isArray(inner)) set(name, mapList(inner, completeValue))
  }
  for (const name of single) {
    const inner = objectIn(schema[name])
    if (inner) set(name, complete(inner))
  }
  if (isOfType(schema, 'array') && schema.items === undefined) set('items', {})
  if (isOfType(schema, 'object') && !isJsonObject(schema.properties)) set('properties', {})
  return completed
}

function completeValue(value: Json): Json {
  return isJsonObject(value) ? complete(value) : value
}

function isOfType({ type }: JsonObject, name: string): boolean {
  return type === name || (Array.isArray(type) && type.includes(name))
}

function mapObject(object: JsonObject, change: (value: Json) => Json): JsonObject {
  const entries = Object.entries(object).map(([name, value]) => [name, change(value)] as const)
  return entries.every(([name, value]) => value === object[name]) ? object : Object.fromEntries(entries)
}

function mapList(list: Json[], change: (value: Json) => Json): Json[] {
  const changed = list.map(change)
  return changed.every((value, index) => value === list[index]) ? list : changed
}

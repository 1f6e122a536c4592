/**
 * The one place that collects what a reader skips: parts, items, tools and choices of a type that
 * has no canonical form, fields that no translation carries, marks for caching. Providers of the
 * client's dialect get all of it in the body as it came; for others it is named in `x-hub-dropped`
 * by the client's own paths.
 */
import type { DialectId } from '../domain/dialects.ts'
import { z } from 'zod'
import { isJsonObject, type JsonObject } from '../chat/json.ts'
import type { ChatRequest, Loss } from '../chat/request.ts'

/**
 * Something of a type that a dialect's schema does not know. A reader that can make sense of it
 * says so.
 */
export class Unread {
  readonly type = 'unknown' as const
  readonly raw: JsonObject
  isTaken = false

  constructor(raw: JsonObject) {
    this.raw = raw
  }

  /** Notes that a reader understood it. Returns what the reader made of it. */
  take<T>(read: T): T {
    this.isTaken = true
    return read
  }
}

/** An object whose `type` is not among these. */
export function unknownType(known: readonly string[]) {
  return z
    .looseObject({ type: z.string() })
    .refine(({ type }) => !known.includes(type), { path: ['type'] })
    .transform((raw) => new Unread(raw as JsonObject))
}

/**
 * Members that are not searched: they hold data or schemas, and names in them are the client's own.
 */
const unsearched: ReadonlySet<string> = new Set([
  'args',
  'arguments',
  'function_call',
  'input_schema',
  'json_schema',
  'logit_bias',
  'metadata',
  'parameters',
  'parametersJsonSchema',
  'response',
  'responseJsonSchema',
  'responseSchema',
  'schema',
])

/**
 * Items by which a model did something itself: without them a conversation still says what was
 * said.
 */
const doneByModel = /_call$|^mcp_list_tools$/

interface Place {
  value: unknown
  path: string
  isAssistants: boolean
}

/**
 * Everything in a parsed request that no reader took.
 * @param wire the request as its schema gives it, with `Unread` in the places of unknown types.
 */
export function unreadIn(wire: object): Loss[] {
  const losses: Loss[] = []
  const left: Place[] = [{ value: wire, path: '', isAssistants: false }]
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    const { value, path } = place
    if (value instanceof Unread) {
      if (!value.isTaken) losses.push({ path, ...(isEssential(place, value) && { isEssential: true }) })
      if (isJsonObject(value.raw.cache_control)) losses.push(cacheMark(path))
      continue
    }
    if (typeof value !== 'object' || value === null) continue
    // Not as arguments of one call, which a long list would be too many of.
    for (const member of membersOf(place, losses).toReversed()) left.push(member)
  }
  return losses
}

function membersOf({ value, path, isAssistants }: Place, losses: Loss[]): Place[] {
  if (Array.isArray(value))
    return value.map((item: unknown, index) => ({ value: item, path: `${path}[${index}]`, isAssistants }))
  const role = 'role' in (value as object) ? (value as { role: unknown }).role : undefined
  const isTheirs = isAssistants || role === 'assistant' || role === 'model'
  return Object.entries(value as object).flatMap(([name, member]: [string, unknown]): Place[] => {
    if (name === 'cache_control' && isJsonObject(member)) losses.push(cacheMark(path))
    const isData = unsearched.has(name) || (name === 'input' && !Array.isArray(member))
    if (isData || typeof member !== 'object' || member === null) return []
    return [{ value: member, path: path === '' ? name : `${path}.${name}`, isAssistants: isTheirs }]
  })
}

function cacheMark(path: string): Loss {
  return { path: path === '' ? 'cache_control' : `${path}.cache_control`, isCacheMark: true }
}

/**
 * Content that the model was to see, a choice or a format; not the tools that it may do without.
 */
function isEssential({ path, isAssistants }: Place, { raw }: Unread): boolean {
  if (isAssistants || doneByModel.test(typeof raw.type === 'string' ? raw.type : '')) return false
  return !/^tools\b|(?:^|\.)tools\[\d+\]$/.test(path)
}

/**
 * Top-level fields that a client set and that no translation carries.
 * @param known the names that are read, or say nothing.
 */
export function unreadFields(body: JsonObject, known: Iterable<string>): Loss[] {
  const read = new Set([...known, 'hub'])
  return Object.entries(body).flatMap(([path, value]): Loss[] => {
    const saysNothing = value === null || value === false || value === ''
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0
    return read.has(path) || saysNothing || isEmpty ? [] : [{ path }]
  })
}

/** The paths of what a provider of this dialect is not told of a request. */
export function lostAt({ origin, losses = [] }: ChatRequest, dialect: DialectId): string[] {
  if (origin.dialect === dialect) return []
  return losses.filter((loss) => dialect !== 'anthropic' || !loss.isCacheMark).map(({ path }) => path)
}

/**
 * State that a provider keeps for an account (files, stores, containers, conversations), found in a
 * request by the names of members anywhere in its body (`provider-state-names.ts`). It means
 * something only to the account that made it. Pure.
 *
 * What a client or a model made up is data and names nothing: schemas, arguments of calls, results
 * of tools, metadata.
 */
import type { DialectId } from '../domain/dialects.ts'
import { isJsonObject, type Json, type JsonObject } from '../chat/json.ts'
import type { ChatRequest } from '../chat/request.ts'
import {
  dataNames,
  keptAddress,
  keptFileText,
  mayHoldKept,
  membersThatMakeWhole,
  namesKept,
  openWeb,
  presetModel,
  schemaNames,
} from './provider-state-names.ts'
import { objectIn, textIn } from './json-read.ts'
import { plainName } from './member-name.ts'

/** A reference, and the dialect in which it is named. */
export interface KeptState {
  dialect: DialectId
  /** What is referred to, as an error names it. */
  what: string
}

/** Blocks of Anthropic whose `input` is what the model wrote. */
const callTypes = /^(?:\w+_)?tool_use$/

/** The first reference to kept state in a request; undefined where there is none. */
export function findKeptState({ messages, origin }: ChatRequest): KeptState | undefined {
  const { dialect, body } = origin
  // Nothing of the hub's own two dialects reaches a provider as it came.
  const isRelayed = dialect !== 'hub-chat' && dialect !== 'hub-query'
  const what = isRelayed ? findIn(body, dialect) : undefined
  if (what !== undefined) return { dialect, what: shortened(what) }
  for (const message of messages) {
    for (const part of message.content) {
      const kept = part.type === 'tool-result' ? part.content.find(isKeptFile) : part
      if (kept && isKeptFile(kept))
        return { dialect: kept.source.dialect, what: `the file "${kept.source.id}"` }
      // State that travelled through a client of another dialect may have been made up on the way.
      if ('opaque' in part && part.opaque) {
        const { dialect: maker, data } = part.opaque
        const sealed = referenceIn(data) ?? findIn({ data }, maker)
        if (sealed !== undefined) return { dialect: maker, what: `reasoning that holds "${sealed}"` }
      }
    }
  }
  return undefined
}

/** A path is named in an error; of a long one its end says the most. */
function shortened(path: string): string {
  return path.length > 200 ? `...${path.slice(-197)}` : path
}

type Part = ChatRequest['messages'][number]['content'][number]
type KeptFile = Extract<Part, { type: 'file' }> & { source: { type: 'reference' } }

function isKeptFile(part: Part): part is KeptFile {
  return part.type === 'file' && part.source.type === 'reference'
}

/** One value on the way through a body. */
interface Place {
  value: Json
  path: string
  /** The plain name of the member that holds it, also of the list that it is in. */
  name: string
  depth: number
}

/**
 * The path of the first reference in a body. Iterative: a body may be nested as deeply as its
 * reader allows.
 */
function findIn(body: JsonObject, dialect: DialectId): string | undefined {
  const left: Place[] = [{ value: body, path: '', name: '', depth: 0 }]
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    const { value, path, name, depth } = place
    if (Array.isArray(value)) {
      // From the last to the first, so that the first is looked at first.
      for (let index = value.length - 1; index >= 0; index--) {
        const item = value[index]
        if (typeof item === 'object' && item !== null)
          left.push({ value: item, path: `${path}[${index}]`, name, depth: depth + 1 })
      }
      continue
    }
    if (!isJsonObject(value)) continue
    if (name === 'input' && dialect === 'openai-responses' && referenceIn(value) !== undefined)
      return path === '' ? 'input' : path
    for (const [member, inner] of Object.entries(value).toReversed()) {
      if (inner === null) continue
      const plain = plainName(member)
      const inside = path === '' ? member : `${path}.${member}`
      if (namesState(plain, inner, value)) return inside
      if (typeof inner === 'object' && !isData(plain, value, depth, dialect))
        left.push({ value: inner, path: inside, name: plain, depth: depth + 1 })
    }
  }
  return undefined
}

/** Whether a member names kept state. @param holder the object that it is a member of. */
function namesState(plain: string, value: Json, holder: JsonObject): boolean {
  if (isEmpty(value)) return false
  // Skills of Anthropic's own are everybody's.
  if (plain === 'skillid') return holder.type !== 'anthropic'
  if (namesKept(plain)) return true
  if (typeof value !== 'string') return mayHoldKept(plain) && hasId(value)
  if (plain === 'container') return true
  if (plain === 'model') return presetModel.test(value)
  if (plain === 'content' && keptFileText.test(value))
    return holder.role === 'system' || holder.role === 'cache'
  return (isAddress(plain) && keptAddress.test(value)) || (plain === 'fileuri' && !openWeb.test(value))
}

function isAddress(plain: string): boolean {
  return plain.endsWith('uri') || plain.endsWith('url') || plain === 'file'
}

function isEmpty(value: Json): boolean {
  return value === '' || value === false || (Array.isArray(value) && value.length === 0)
}

/** Whether an object, or one of a list, has an id. */
function hasId(value: Json): boolean {
  if (Array.isArray(value)) return value.some((item) => !Array.isArray(item) && hasId(item))
  return textIn(objectIn(value)?.id) !== undefined
}

/** Whether what a member holds is data: names in it are the client's or the model's own. */
function isData(plain: string, holder: JsonObject, depth: number, dialect: DialectId): boolean {
  // A server may read settings from `parameters` beside the messages; those of tools lie deeper.
  if (schemaNames.has(plain)) return depth > 0
  if (dataNames.has(plain)) return true
  // A result that is JSON at Gemini; files come beside it, in `parts`.
  if (plain === 'response') return depth > 0 && textIn(holder.name) !== undefined
  if (plain !== 'input' || depth === 0 || dialect === 'openai-responses') return false
  return callTypes.test(textIn(holder.type) ?? '')
}

/** The id of an item that refers to another and says nothing itself, whatever labels it has. */
function referenceIn(item: Json): string | undefined {
  const members = objectIn(item)
  const id = textIn(members?.id)
  if (!members || id === undefined) return undefined
  const isWhole = membersThatMakeWhole(textIn(members.type)).some((name) => says(members[name] ?? null))
  return isWhole ? undefined : id
}

/** Members of parts that say nothing by themselves. */
const labels: ReadonlySet<string> = new Set([
  'annotations',
  'id',
  'logprobs',
  'object',
  'role',
  'status',
  'type',
])

/**
 * Whether there is a word or a number in a value. Empty texts, lists and objects say nothing.
 * Iterative.
 */
function says(value: Json): boolean {
  const left: Json[] = [value]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (typeof next === 'string' ? next !== '' : typeof next === 'number') return true
    if (Array.isArray(next)) for (const item of next) left.push(item)
    else if (isJsonObject(next))
      for (const [name, inner] of Object.entries(next)) if (!labels.has(name)) left.push(inner)
  }
  return false
}

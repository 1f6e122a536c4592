/**
 * State that a provider keeps for an account (files, stores, containers, conversations), found in a request by the names of
 * members anywhere in its body. It means something only to the account that made it. Pure.
 *
 * What a client or a model made up is data and names nothing: schemas, arguments of calls, results of tools, metadata.
 */
import { isJsonObject, type Json, type JsonObject } from '../chat/json.ts'
import type { ChatRequest, DialectId } from '../chat/request.ts'
import { objectIn, textIn } from './read.ts'
import { plainName } from './plain-name.ts'

/** A reference, and the dialect in which it is named. */
export interface KeptState {
  dialect: DialectId
  /** What is referred to, as an error names it. */
  what: string
}

/**
 * Members that name kept state, as plain names.
 * OpenAI: https://platform.openai.com/docs/api-reference/responses/create and /assistants; Anthropic:
 * https://platform.claude.com/docs/en/build-with-claude/files and /agents-and-tools/tool-use/code-execution-tool; Gemini:
 * https://ai.google.dev/api/caching, /files and /file-search/file-search-stores; Mistral's libraries and agents; Azure's
 * data sources; Z.ai's knowledge.
 */
const stateNames: ReadonlySet<string> = new Set([
  'agentid',
  'assistantid',
  'batchid',
  'cacheid',
  'cachedcontent',
  'connectorid',
  'containerid',
  'conversation',
  'conversationid',
  'datasources',
  'datastore',
  'documentlibraryid',
  'documentlibraryids',
  'environmentid',
  'fileid',
  'fileids',
  'interactionid',
  'knowledgebaseid',
  'knowledgebaseids',
  'knowledgeid',
  'libraryid',
  'libraryids',
  'memoryid',
  'previousinteractionid',
  'previousresponseid',
  'promptid',
  'ragcorpora',
  'ragcorpus',
  'ragresources',
  'sandboxid',
  'sessionid',
  'skillid',
  'storedcompletionid',
  'threadid',
])
/** `vector_store_ids`, `fileSearchStoreNames`, `memory_store_id` and their kind. */
const storeName = /store(?:id|name)s?$/
/** Members that may hold an object of state or its settings: an id makes the difference. */
const holderNames: ReadonlySet<string> = new Set(['audio', 'container', 'prompt', 'voice'])

/** Schemas of JSON: names inside of them are those of a client's own data. */
const schemaNames: ReadonlySet<string> = new Set([
  'inputschema',
  'jsonschema',
  'outputschema',
  'parameters',
  'parametersjsonschema',
  'responsejsonschema',
  'responseschema',
  'schema',
])
/** Arguments of calls, where an earlier answer has its words from, and what a client notes for itself. */
const dataNames: ReadonlySet<string> = new Set([
  'annotations',
  'args',
  'arguments',
  'citations',
  'clientmetadata',
  'labels',
  'logitbias',
  'metadata',
  'partialargs',
])
/** Blocks of Anthropic whose `input` is what the model wrote. */
const callTypes = /^(?:\w+_)?tool_use$/

/** Addresses that a provider opens with the account's own rights; the open web is not kept for anybody. */
const keptAddress =
  /^(?:gs|s3|azureml|abfss?):\/\/|^(?:files|cachedContents|corpora|fileSearchStores)\/|^https:\/\/generativelanguage\.googleapis\.com\//i
const openWeb = /^https?:\/\/(?![^/]*\.googleapis\.com\/)/i

/** Members of an item that say nothing by themselves. */
const itemMembers: ReadonlySet<string> = new Set(['id', 'object', 'role', 'status', 'type'])

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

/** The path of the first reference in a body. Iterative: a body may be nested as deeply as its reader allows. */
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
      if (typeof inner === 'object' && !isData(plain, value, depth))
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
  if (stateNames.has(plain) || storeName.test(plain)) return true
  if (holderNames.has(plain)) return typeof value === 'string' ? plain === 'container' : hasId(value)
  if (typeof value !== 'string') return false
  return (isAddress(plain) && keptAddress.test(value)) || (plain === 'fileuri' && !openWeb.test(value))
}

function isAddress(plain: string): boolean {
  return plain.endsWith('uri') || plain.endsWith('url') || plain === 'file'
}

function isEmpty(value: Json): boolean {
  return value === '' || value === false || (Array.isArray(value) && value.length === 0)
}

function hasId(value: Json): boolean {
  return textIn(objectIn(value)?.id) !== undefined
}

/** Whether what a member holds is data: names in it are the client's or the model's own. */
function isData(plain: string, holder: JsonObject, depth: number): boolean {
  // A server may read settings from `parameters` beside the messages; those of tools lie deeper.
  if (schemaNames.has(plain)) return depth > 0
  if (dataNames.has(plain)) return true
  // A result that is JSON at Gemini; files come beside it, in `parts`.
  if (plain === 'response') return textIn(holder.name) !== undefined
  return plain === 'input' && callTypes.test(textIn(holder.type) ?? '')
}

/**
 * The id of an item that refers to another and says nothing itself. Reasoning without its text or seal is read from what the
 * account keeps. https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
 */
function referenceIn(item: Json): string | undefined {
  const members = objectIn(item)
  const id = textIn(members?.id)
  if (!members || id === undefined) return undefined
  if (members.type === 'item_reference') return id
  const says = Object.entries(members).some(
    ([name, value]) => !itemMembers.has(name) && value !== null && !isHollow(value),
  )
  return says ? undefined : id
}

/** An empty text, list or object says nothing. */
function isHollow(value: Json): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
}

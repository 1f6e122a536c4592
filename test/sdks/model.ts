/**
 * The scripted model behind every vendor: what it says to a request, in no dialect. It calls every
 * tool once, fills the schema that it is given, and otherwise says what it was shown. Words in the
 * last turn of the user choose another behaviour: `#refuse`, `#cut`, `#slow`, `#limited-…`.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import { isJsonObject, type Json, type JsonObject } from '../../src/chat/json.ts'
import type { ChatRequest, Tool } from '../../src/chat/request.ts'
import { inbound } from '../../src/dialects/index.ts'
import { listIn, objectIn, textIn } from '../../src/dialects/json-read.ts'
import { valueFor } from '../../src/providers/sandbox/schema-value.ts'
import type { Says } from '../end-to-end/sdks/says.ts'

/** What a plain answer says, in two pieces. */
export const greeting = ['Grüße, ', '東京 🗼!']

/** Reads a request that passed its vendor's checks. */
export function readRequest(dialect: DialectId, body: JsonObject, address: string): ChatRequest {
  const model = /models\/([^:]+):/.exec(address)?.[1] ?? ''
  // Cohere's requests read as those of Chat, from which they are descended.
  const listener = dialect === 'cohere' ? inbound['openai-chat'] : inbound[dialect]
  if (!listener) throw new Error(`No reader has ${dialect}.`)
  return listener.parseRequest(dialect === 'cohere' ? asChat(body) : body, { model, stream: false })
}

/** Cohere's own members in the words of Chat. */
function asChat(body: JsonObject): JsonObject {
  const format = objectIn(body.response_format)
  const schema = objectIn(format?.json_schema)
  const choice = textIn(body.tool_choice)?.toLowerCase()
  const messages = listIn(body.messages).map((message) => {
    const content = objectIn(message)?.content
    const parts = Array.isArray(content) ? content.map(withoutThinking) : content
    return { ...objectIn(message), content: parts ?? null }
  })
  return {
    messages,
    tools: body.tools ?? [],
    ...(choice && { tool_choice: choice }),
    ...(schema && { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } }),
  }
}

function withoutThinking(part: Json): Json {
  const { type, document } = objectIn(part) ?? {}
  if (type === 'thinking') return { type: 'text', text: '' }
  return type === 'document' ? { type: 'text', text: textIn(objectIn(document)?.data) ?? '' } : part
}

/** What the user said last. */
export function lastWords({ messages }: ChatRequest): string {
  const said = messages.findLast(({ role }) => role === 'user')?.content ?? []
  return said.map((part) => (part.type === 'text' ? part.text : '')).join(' ')
}

/** What the model says. */
export function answerTo(request: ChatRequest): Says {
  const last = request.messages.at(-1)
  const words = lastWords(request)
  if (words.includes('#refuse')) return { refusal: 'I will not do that.' }
  const isGreeted = /\bhello\b/i.test(words)
  const results = !isGreeted && (last?.role === 'tool' || hasResult(request)) ? resultsOf(request) : []
  const called = results.length > 0 || isGreeted ? formTools(request) : calledTools(request)
  const thinking = wantsThought(request) && { thinking: 'Let me see.' }
  if (called.length > 0) return { ...thinking, calls: called.map(callOf) }
  const form = wantedForm(request)
  if (form !== undefined) return { ...thinking, text: [JSON.stringify(form)] }
  if (results.length > 0) return { ...thinking, text: ['Done: ', results.join('; ')] }
  return { ...thinking, text: seesPicture(request) ? ['A picture ', 'of a dot.'] : greeting }
}

/** Whether the last turn holds a result, whatever its dialect calls that turn. */
function hasResult({ messages }: ChatRequest): boolean {
  // Beside a result the user may say something, and pictures may come in a turn of their own.
  return messages.slice(-4).some(({ role }) => role === 'tool')
}

function resultsOf({ messages }: ChatRequest): string[] {
  const from = messages.findLastIndex(({ content }) => content.some(({ type }) => type === 'tool-call'))
  return messages
    .slice(from)
    .flatMap(({ content }) =>
      content.flatMap((part) =>
        part.type === 'tool-result'
          ? [part.content.map((one) => (one.type === 'text' ? one.text : one.kind)).join('')]
          : [],
      ),
    )
}

function calledTools({ tools, toolChoice }: ChatRequest): Tool[] {
  if (toolChoice === 'none') return []
  if (typeof toolChoice === 'object') return tools.filter(({ name }) => name === toolChoice.name)
  return tools
}

/**
 * The tool through which the AI SDK gets an object of a model that takes no schema for its answer.
 */
function formTools({ tools, toolChoice }: ChatRequest): Tool[] {
  return toolChoice === 'required' ? tools.filter(({ name }) => name === 'json') : []
}

let made = 0

function callOf({ name, parameters }: Tool): NonNullable<Says['calls']>[number] {
  const value = valueFor(parameters ?? {})
  // Nine letters and digits, which Mistral demands of itself.
  const id = `c${String(++made).padStart(8, '0')}`
  return { id, name, arguments: isJsonObject(value) ? value : {} }
}

/** What it says in JSON: by the schema of the request, or by one in its instructions. */
function wantedForm({ format, messages }: ChatRequest): Json | undefined {
  if (format?.type === 'json-schema') return valueFor(format.schema)
  const told = messages
    .filter(({ role }) => role === 'system' || role === 'user')
    .flatMap(({ content }) => content.map((part) => (part.type === 'text' ? part.text : '')))
    .filter((text) => /\bJSON\b/i.test(text))
  if (told.length === 0 && !format) return undefined
  const schema = told.map((text) => schemaIn(text)).find((one) => one !== undefined)
  return schema ? valueFor(schema) : { city: 'Oslo' }
}

/** The schema that a text holds. */
function schemaIn(text: string): Json | undefined {
  const from = text.indexOf('{')
  if (from === -1) return undefined
  try {
    return JSON.parse(text.slice(from, text.lastIndexOf('}') + 1))
  } catch {
    return undefined
  }
}

function wantsThought({ reasoning, tools }: ChatRequest): boolean {
  return reasoning?.effort !== 'none' && (reasoning !== undefined || tools.length > 0)
}

function seesPicture({ messages }: ChatRequest): boolean {
  return messages.some(({ content }) => content.some((part) => part.type === 'file' && part.kind === 'image'))
}

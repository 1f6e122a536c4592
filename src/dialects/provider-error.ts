/**
 * What an error body says, whatever shape it has. Providers mix the shapes of several APIs (a proxy
 * in front of them answers in its own), so one reader knows them all, for every dialect. What the
 * complaint means is for `providers/` to say.
 */
import type { Complaint } from '../chat/events.ts'
import { isJsonObject, type Json, type JsonObject } from '../chat/json.ts'
import { listIn, numberIn, objectIn, parseJson, textIn } from './json-read.ts'

/**
 * More of a text than this helps nobody: it is a web page. What a person is shown is cut shorter,
 * and only after secrets were taken out (`providers/redact.ts`): half a secret is not recognised.
 */
export const longestText = 8_192

/** Reads an error body. Never throws, and never comes back without a message. */
export function readError(body: Json | string): Complaint {
  const value = typeof body === 'string' ? (parseStructure(body) ?? body) : body
  if (Array.isArray(value)) return readError(value[0] ?? null)
  if (!isJsonObject(value)) {
    const text = typeof value === 'string' ? value.trim().slice(0, longestText) : ''
    return { message: text || 'The provider gave no reason.', body: text }
  }
  // The error stands inside `error` (OpenAI, Anthropic, Gemini), first in `errors` (Cloudflare), or
  // is the body itself.
  const inner = objectIn(value.error) ?? objectIn(listIn(value.errors)[0])
  return inner ? readErrorObject(inner) : readErrorObject(value)
}

/**
 * An error inside a body or chunk that came with a good status, as OpenRouter and others send it.
 */
export function findError(body: Json): Complaint | undefined {
  if (!isJsonObject(body)) return undefined
  if (isSet(body.error) || body.object === 'error' || body.type === 'error') return readError(body)
  if (body.success === false || isBareError(body)) return readError(body)
  // Groq says it beside the usage, the others in the choice that broke.
  for (const place of [body.x_groq ?? null, ...listIn(body.choices)]) {
    const error = objectIn(place)?.error
    if (error !== undefined && isSet(error)) return readError({ error })
  }
  return undefined
}

/**
 * What a body says that holds no answer: an error in a shape of its own, as relays and vendors send
 * it with a good status. Undefined where it says nothing.
 */
export function findReason(body: Json): Complaint | undefined {
  if (!isJsonObject(body)) return undefined
  // MiniMax: https://platform.minimax.io/docs/api-reference/errorcode
  const inner = objectIn(body.base_resp) ?? body
  const says = wordsIn(inner) !== undefined || readDetail(inner.detail) !== undefined
  return says || listIn(inner.errors).length > 0 ? readError(inner) : undefined
}

/** Members of which every answer has one, and every event of a stream that is none of an error. */
const answerNames = [
  'choices',
  'candidates',
  'output',
  'content',
  'response',
  'delta',
  'data',
  'type',
] as const

/** An error that is the body itself: words, and nothing of an answer. */
function isBareError(body: JsonObject): boolean {
  return (
    wordsIn(body) !== undefined &&
    answerNames.every((name) => body[name] === undefined || body[name] === null)
  )
}

/** Members by which words are an error, and no remark. */
const faultNames = [
  'code',
  'error_code',
  'status_code',
  'status',
  'error_type',
  'param',
  'detail',
  'errors',
  'error',
  'success',
  'object',
] as const

/** Whether an event says some words and nothing else: a remark of what stands before a provider. */
export function isRemark(event: JsonObject): boolean {
  return isBareError(event) && faultNames.every((name) => event[name] === undefined || event[name] === null)
}

function wordsIn({ message, msg, error_msg, status_msg }: JsonObject): string | undefined {
  return textIn(message) ?? textIn(msg) ?? textIn(error_msg) ?? textIn(status_msg)
}

/**
 * Whether an `error` member says anything: some servers send `null` or an empty one with every
 * answer.
 */
function isSet(error: Json | undefined): boolean {
  return textIn(error) !== undefined || Object.keys(objectIn(error) ?? {}).length > 0
}

function readErrorObject(error: JsonObject): Complaint {
  const complaint: Complaint = { message: readMessage(error), body: error }
  // Gemini's word is `status`, Cohere's and Hugging Face's `error_type`; numeric codes are as good
  // as words.
  const code = wordIn(error.code) ?? wordIn(error.error_code) ?? wordIn(error.status_code)
  const type = textIn(error.type) ?? textIn(error.error_type) ?? textIn(error.status)
  const param = textIn(error.param)
  if (code !== undefined) complaint.code = code
  if (type !== undefined) complaint.type = type
  if (param !== undefined) complaint.param = param
  return complaint
}

function wordIn(code: Json | undefined): string | undefined {
  return textIn(code) ?? numberIn(code)?.toString()
}

function readMessage(error: JsonObject): string {
  const { message, error: flat, detail, title } = error
  const text =
    textIn(message) ?? textIn(flat) ?? readDetail(message) ?? readDetail(flat) ?? readDetail(detail)
  // OpenRouter says "Provider returned error" and puts what the provider said beside it.
  const raw = textIn(objectIn(error.metadata)?.raw)
  const said = text ?? wordsIn(error) ?? textIn(title) ?? JSON.stringify(error).slice(0, longestText)
  return raw === undefined ? said : `${said}: ${raw.slice(0, longestText)}`
}

/** FastAPI's `detail` (Mistral, NVIDIA): a text, an object, or a list of `{loc, msg}`. */
function readDetail(detail: Json | undefined): string | undefined {
  if (textIn(detail) !== undefined) return textIn(detail)
  if (isJsonObject(detail))
    return textIn(detail.message) ?? readDetail(detail.detail) ?? JSON.stringify(detail)
  const sentences = listIn(detail).flatMap((entry) => {
    const { loc, msg } = objectIn(entry) ?? {}
    const place = listIn(loc).map(wordIn).join('.')
    const sentence = textIn(msg) ?? textIn(entry)
    return sentence === undefined ? [] : [place ? `${place}: ${sentence}` : sentence]
  })
  return sentences.length > 0 ? sentences.join('; ') : undefined
}

/**
 * A text that holds an object or a list. A page in HTML, a sentence or a number is left as it is.
 */
function parseStructure(text: string): JsonObject | Json[] | undefined {
  const value = parseJson(text)
  return isJsonObject(value) || Array.isArray(value) ? value : undefined
}

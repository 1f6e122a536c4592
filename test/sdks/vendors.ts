/**
 * The vendors of the walk: whatever the hub calls is answered here, by the host that it called. A
 * request that its vendor would refuse gets that refusal; the rest get what the scripted model
 * says.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import type { RequestListener, ServerResponse } from 'node:http'
import { isJsonObject, type JsonObject } from '../../src/chat/json.ts'
import { listIn, textIn } from '../../src/dialects/json-read.ts'
import { openStream, sendJson } from '../end-to-end/provider.ts'
import type { Speaker } from '../end-to-end/sdks/says.ts'
import { check } from '../agents/strict/check.ts'
import { errorBody, Refusal } from '../agents/strict/refusal.ts'
import { dialectAt, withIds } from '../agents/outside.ts'
import { sealOf } from '../agents/seal.ts'
import { type Vendor, vendorAt } from '../agents/vendors.ts'
import { AnswerKeeper } from './answer-keeper.ts'
import { answerTo, lastWords, readRequest } from './model.ts'
import { checkStructured } from './structured.ts'
import { voiceOf } from './voices.ts'

/** A call that a vendor refused, for the report. */
export interface Refused {
  vendor: string
  dialect: DialectId
  message: string
  body: JsonObject
}

/** The account of every key of the walk: state is sealed for one and the same. */
const account = 'walk'

/**
 * Answers in place of the internet.
 * @param refused gets what the vendors refuse.
 */
export function playVendors(refused: (refusal: Refused) => void): RequestListener {
  const limited = new Set<string>()
  const keeper = new AnswerKeeper()
  return (request, response) => {
    const answer = async (): Promise<void> => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part)
      const { pathname, host, search } = new URL(request.url ?? '/', `http://${request.headers.host}`)
      const dialect = pathname.endsWith('/embeddings') ? 'openai-embeddings' : dialectAt(pathname)
      const body: unknown = parts.length > 0 ? JSON.parse(Buffer.concat(parts).toString()) : undefined
      // Lists of models and of names are not part of the walk.
      if (!dialect || !isJsonObject(body)) return sendJson(response, 404, { error: { message: 'Not found' } })
      await answerCall(
        { host: host.replace(/:\d+$/, ''), path: `${pathname}${search}`, dialect, body, limited, keeper },
        response,
        refused,
      )
    }
    answer().catch((error: unknown) => {
      console.error(error)
      response.destroy()
    })
  }
}

let answered = 0

interface VendorCall {
  host: string
  path: string
  dialect: DialectId
  body: JsonObject
  /** Texts that were answered with a 429 already. */
  limited: Set<string>
  keeper: AnswerKeeper
}

async function answerCall(
  call: VendorCall,
  response: ServerResponse,
  refused: (refusal: Refused) => void,
): Promise<void> {
  const { host, path, dialect, limited, keeper } = call
  let { body } = call
  const vendor = vendorOf(call)
  if (dialect === 'openai-embeddings') return sendJson(response, 200, embeddingsOf(body))
  try {
    if (!vendor) throw new Refusal(`${host} has no model ${textIn(body.model)}.`, { status: 404 })
    if (dialect === 'openai-responses') body = keeper.expand(body, vendor.id)
    check(dialect, body, vendor, account)
    checkStructured(dialect, body, vendor.id)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    refused({ vendor: vendor?.id ?? host, dialect, message: error.message, body })
    return sendJson(response, error.status, errorBody(dialect, error))
  }
  const request = readRequest(dialect, body, path)
  const speaker = voiceOf(vendor.id, dialect)
  const words = lastWords(request)
  const mark = /#limited-\S+/.exec(words)?.[0]
  if (mark && !limited.has(mark)) {
    limited.add(mark)
    return sendJson(response, 429, speaker.rateLimited, { 'retry-after': '1' })
  }
  const says = { ...answerTo(request), signature: sealOf(account) }
  const number = ++answered
  const finished = (answer: string): string => withIds(echoForm(answer, body), number)
  const whole = JSON.parse(finished(JSON.stringify(speaker.whole(says)))) as JsonObject
  if (dialect === 'openai-responses') keeper.keep(body, whole)
  if (body.stream !== true && !path.includes(':streamGenerateContent')) return sendJson(response, 200, whole)
  const events = speaker.stream(says).map(finished)
  await stream(response, speaker, events, words)
}

/**
 * Streams at once; with pauses where it is to be left, and without its end where it is to break.
 */
async function stream(
  response: ServerResponse,
  speaker: Speaker,
  events: string[],
  words: string,
): Promise<void> {
  openStream(response)
  const isCut = words.includes('#cut')
  for (const event of isCut ? events.slice(0, -speaker.closing) : events) {
    response.write(event)
    if (isCut || words.includes('#slow'))
      await new Promise((resolve) => setTimeout(resolve, isCut ? 40 : 150))
  }
  if (isCut) response.destroy()
  else response.end()
}

/**
 * Answers of the Responses dialect repeat the form that was asked for, which LangChain reads there.
 */
function echoForm(answer: string, { text }: JsonObject): string {
  return text === undefined
    ? answer
    : answer.replaceAll('"text":{"format":{"type":"text"}}', `"text":${JSON.stringify(text)}`)
}

function vendorOf({ host, path, body }: VendorCall): Vendor | undefined {
  const model = /models\/([^:]+):/.exec(path)?.[1] ?? textIn(body.model) ?? ''
  return vendorAt(host, decodeURIComponent(model))
}

function embeddingsOf({ input, model, encoding_format: format }: JsonObject): JsonObject {
  const vector = [0.5, -0.25]
  const embedding =
    format === 'base64' ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector
  const texts = typeof input === 'string' ? [input] : listIn(input)
  return {
    object: 'list',
    data: texts.map((_, index) => ({ object: 'embedding', index, embedding })),
    model: model ?? null,
    usage: { prompt_tokens: 4, total_tokens: 4 },
  }
}

/**
 * The world outside of the hub: every vendor under its own host, with the scripted model behind.
 * Each call is checked as its vendor checks it, and kept for the verdict of a run.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JsonObject } from '../../src/chat/json.ts'
import { textIn } from '../../src/dialects/json-read.ts'
import { type Says, type Speaker, speakers } from '../end-to-end/sdks/says.ts'
import { sendJson } from '../end-to-end/provider.ts'
import { cohere } from './cohere-speaker.ts'
import { hear, type HeardRequest } from './hear.ts'
import { nextTurn } from './script.ts'
import { sealOf } from './seal.ts'
import { check } from './strict/check.ts'
import { errorBody, Refusal } from './strict/refusal.ts'
import { type Vendor, vendorAt } from './vendors.ts'

const answers: Partial<Record<DialectId, Speaker>> = { ...speakers, cohere }

const paths: readonly [RegExp, DialectId][] = [
  [/\/chat\/completions$/, 'openai-chat'],
  [/\/responses$/, 'openai-responses'],
  [/\/messages$/, 'anthropic'],
  [/:(?:streamG|g)enerateContent$/, 'gemini'],
  [/\/chat$/, 'cohere'],
]

/** A call that a vendor got. */
export interface VendorCall {
  vendor: Vendor
  dialect: DialectId
  body: JsonObject
  heard: HeardRequest
  key: string
  /** Who can read the state that it gives. */
  account: string
  /** The round of the task; undefined for side requests, such as titles. */
  round: number | undefined
  /** How often this round was asked for in this run, from 1. */
  attempt: number
  refusal?: Refusal
  faults: string[]
}

/** What goes wrong at a vendor, by the wish of a run. */
export type Trouble =
  | { type: 'rate-limited'; retryAfter: string }
  | { type: 'cut'; how: 'error' | 'hang-up'; afterContent: boolean }
  | { type: 'slow'; ms: number }
  | undefined

export interface Outside {
  listener: (request: IncomingMessage, response: ServerResponse) => void
  /** Begins a run: forgets the calls of the one before. */
  begin(folder: string, trouble?: (call: VendorCall) => Trouble): void
  calls: VendorCall[]
}

/** @returns what answers all calls of the hub. */
export function openOutside(): Outside {
  let folder = ''
  let answered = 0
  let troubleOf: (call: VendorCall) => Trouble = () => undefined
  const outside: Outside = {
    calls: [],
    begin(next, trouble = () => undefined) {
      folder = next
      troubleOf = trouble
      outside.calls = []
    },
    listener(request, response) {
      answer(request, response).catch((error: unknown) => {
        console.error(error)
        response.destroy()
      })
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const { host = '', authorization = '' } = request.headers
    const { pathname } = new URL(request.url ?? '/', `https://${host}`)
    const dialect = dialectAt(pathname)
    if (!dialect || request.method !== 'POST')
      return sendJson(response, 404, { error: { message: 'Not found' } })
    // The hub writes JSON; a body that is none fails the run.
    const body = JSON.parse(Buffer.concat(parts).toString()) as JsonObject
    const inPath = decodeURIComponent(/models\/([^:]+):/.exec(pathname)?.[1] ?? '')
    const model = dialect === 'gemini' ? inPath : (textIn(body.model) ?? '')
    const vendor = vendorAt(host, model)
    if (!vendor) {
      const refusal = new Refusal(`There is no ${model} at ${host}.`, { status: 404 })
      return sendJson(response, refusal.status, errorBody(dialect, refusal))
    }
    const header = request.headers['x-api-key'] ?? request.headers['x-goog-api-key']
    const key = typeof header === 'string' ? header : authorization.replace('Bearer ', '')
    // Anthropic reads what it signed under every key.
    const account = vendor.id === 'anthropic' ? vendor.id : key
    await serve(
      {
        vendor,
        dialect,
        body,
        key,
        account,
        streams: body.stream === true || pathname.endsWith(':streamGenerateContent'),
      },
      response,
    )
  }

  async function serve(
    {
      streams,
      ...asked
    }: Pick<VendorCall, 'vendor' | 'dialect' | 'body' | 'key' | 'account'> & { streams: boolean },
    response: ServerResponse,
  ): Promise<void> {
    const { vendor, dialect, body, account } = asked
    const heard = hear(dialect, body)
    const turn = nextTurn(heard, folder, body.parallel_tool_calls === false)
    const attempt =
      1 + outside.calls.filter(({ round }) => round !== undefined && round === turn.round).length
    const call: VendorCall = { ...asked, heard, round: turn.round, attempt, faults: turn.faults }
    outside.calls.push(call)
    const speaker = answers[dialect]
    if (!speaker) throw new Error(`The bench speaks no ${dialect}.`)
    const trouble = turn.round === undefined ? undefined : troubleOf(call)
    if (trouble?.type === 'rate-limited')
      return sendJson(response, 429, speaker.rateLimited, { 'retry-after': trouble.retryAfter })
    try {
      check(dialect, body, vendor, account)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      call.refusal = error
      return sendJson(response, error.status, errorBody(dialect, error))
    }
    if (trouble?.type === 'slow') await new Promise((resolve) => setTimeout(resolve, trouble.ms))
    const says = as(vendor, account, turn.says)
    const number = ++answered
    if (!streams)
      return sendJson(response, 200, JSON.parse(withIds(JSON.stringify(speaker.whole(says)), number)))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const events = speaker.stream(says).map((event) => withIds(event, number))
    if (trouble?.type !== 'cut') return void response.end(events.join(''))
    // Slower than the hub gathers: what comes in a burst with a failure may be lost with it.
    for (const event of trouble.afterContent ? events.slice(0, -speaker.closing) : events.slice(0, 1)) {
      response.write(event)
      await new Promise((resolve) => setTimeout(resolve, 40))
    }
    if (trouble.how === 'error') response.end(speaker.brokenStream)
    else response.destroy()
  }
  return outside
}

/** The dialect of an endpoint. */
export function dialectAt(pathname: string): DialectId | undefined {
  return paths.find(([path]) => path.test(pathname))?.[1]
}

/** An answer with ids of its own: agents and the hub take answers with the same id for one. */
export function withIds(text: string, number: number): string {
  return text.replaceAll(/"(msg_|resp_|rs_|chatcmpl-|Rsp-|co-)1(_a)?"/g, `"$1${number}"`)
}

/**
 * What is said, as this vendor says it: with its seal, its ids, and thoughts only where it has
 * them.
 */
function as({ chat, dialects }: Vendor, account: string, { thinking, calls, ...says }: Says): Says {
  const thinks = dialects[0] !== 'openai-chat' || chat.thinksIn === 'reasoning_content'
  return {
    ...says,
    ...(thinks && thinking !== undefined && { thinking, signature: sealOf(account) }),
    ...(calls && {
      calls: calls.map((call) =>
        chat.callIds ? { ...call, id: call.id.replaceAll('_', '').slice(0, 9) } : call,
      ),
    }),
  }
}

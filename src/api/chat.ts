/**
 * The clients' side: chat in each dialect. What a dialect is stands in `dialects/`; what happens to
 * a request, in `gateway/`.
 */
import type { DialectId } from '../domain/dialects.ts'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { confirmCaller } from '../auth/caller.ts'
import { isOpen } from '../auth/open-access.ts'
import { isJsonObject } from '../chat/json.ts'
import type { ChatRequest } from '../chat/request.ts'
import type { RequestAddress } from '../dialects/dialect.ts'
import { inbound } from '../dialects/index.ts'
import {
  type EmbeddingMethod,
  toGeminiEmbeddings,
  toOpenaiEmbeddings,
} from '../dialects/gemini/embeddings.ts'
import { readsTextOnly } from '../dialects/openai-chat/plain-content.ts'
import { chatRequest } from '../dialects/openai-chat/wire.ts'
import { embeddingsRequest } from '../dialects/openai-embeddings/wire.ts'
import { withOneLimit } from '../dialects/output-limits.ts'
import { HubError } from '../errors.ts'
import { budgets } from '../gateway/timeouts.ts'
import { complete, type CompletionInput } from '../gateway/complete.ts'
import { completeOnce, readIdempotencyKey } from '../gateway/idempotency.ts'
import { keepConversation, resumeConversation } from '../gateway/stored-responses.ts'
import type { Served } from '../gateway/attempt.ts'
import { estimateTokens } from '../gateway/estimate.ts'
import { beginningOf } from '../transcripts/transcript.ts'
import { namesForHeader } from '../http/header-text.ts'
import { validationError } from '../http/validation.ts'
import { clientName } from '../observe/client-name.ts'
import { useStoredModels } from '../providers/catalogue-refresh.ts'
import type { HubContext } from './context.ts'
import { offersSandbox } from './provider-directory.ts'
import { endpoint } from './endpoint.ts'
import { readOptIn } from './opt-in-headers.ts'

/** What steers one request, in the body's field `hub` or in headers; a header wins. */
const Steering = z.strictObject({
  /** Seconds for the whole request. */
  timeout: z.coerce.number().positive().max(900).optional(),
  /** Seconds for one upstream call, while another candidate could be asked. */
  attemptTimeout: z.coerce.number().positive().max(900).optional(),
  /** Seconds to wait for a slot when everything rests. */
  maxWait: z.coerce
    .number()
    .min(0)
    .max(budgets.longestWaitMs / 1000)
    .optional(),
})

/** The headers that say the same, and what their numbers must be. */
const steeringHeaders = [
  { header: 'x-hub-timeout', field: 'timeout', rule: 'a number of seconds, at most 900' },
  { header: 'x-hub-attempt-timeout', field: 'attemptTimeout', rule: 'a number of seconds, at most 900' },
  { header: 'x-hub-max-wait', field: 'maxWait', rule: 'a number of seconds, from 0 to 300' },
] as const

const chatCompletions = endpoint({
  guard: 'caller',
  summary: 'Chat in the OpenAI dialect, streamed with "stream": true.',
  body: chatRequest,
  bodyIsParsedByHandler: true,
})

const geminiCall = endpoint({
  guard: 'caller',
  summary:
    'The Gemini dialect: {model}:generateContent, :streamGenerateContent, :countTokens, :embedContent and :batchEmbedContents.',
  bodyIsParsedByHandler: true,
})

export const chatRoutes = new Hono<HubContext>()
  .post('/v1/chat/completions', chatCompletions, (c) => answer(c, 'openai-chat'))
  .post('/v1/chat', chatCompletions, (c) => answer(c, 'openai-chat'))
  .post(
    '/v1/responses',
    endpoint({ guard: 'caller', summary: 'The OpenAI Responses dialect.', bodyIsParsedByHandler: true }),
    (c) => answerResponses(c),
  )
  .post(
    '/v1/messages',
    endpoint({ guard: 'caller', summary: 'The Anthropic dialect.', bodyIsParsedByHandler: true }),
    (c) => answer(c, 'anthropic'),
  )
  .post(
    '/v1/messages/count_tokens',
    endpoint({
      guard: 'caller',
      summary: 'How large a request of the Anthropic dialect is, as near as the hub can tell.',
      bodyIsParsedByHandler: true,
      answer: z.object({ input_tokens: z.number() }),
    }),
    async (c) => {
      return c.json({ input_tokens: await countTokens(c, 'anthropic', c.var.sent.parse()) })
    },
  )
  // Google's SDKs name either version of their API, and mean the same.
  // The AI SDK takes an id with a slash for a path: `models/` is then missing.
  .post('/v1beta/:call{.+}', geminiCall, (c) => answerGemini(c))
  .post('/v1/models/:call{.+}', geminiCall, (c) => answerGemini(c))
  .post(
    '/v1/embeddings',
    endpoint({
      guard: 'caller',
      summary: 'Embeddings in the OpenAI dialect, of providers that have them.',
      body: embeddingsRequest,
      bodyIsParsedByHandler: true,
    }),
    (c) => answer(c, 'openai-embeddings'),
  )
  .post(
    '/api/chat',
    endpoint({
      guard: 'caller',
      summary: 'Chat in the hub’s own small dialect.',
      bodyIsParsedByHandler: true,
    }),
    (c) => answer(c, 'hub-chat'),
  )
  .post(
    '/gateway/query',
    endpoint({ guard: 'caller', summary: 'One prompt, one answer.', bodyIsParsedByHandler: true }),
    (c) => answer(c, 'hub-query'),
  )

/** Gemini's address says the model, the method, and how the stream is to be framed. */
async function answerGemini(c: Context<HubContext>): Promise<Response> {
  const { model, method } = readCall(c)
  const stream = method === 'streamGenerateContent'
  if (method === 'countTokens') {
    const body = c.var.sent.parse()
    // The request may stand in the body as it is, or as a member of it.
    const counted = isJsonObject(body) && body.generateContentRequest ? body.generateContentRequest : body
    return c.json({ totalTokens: await countTokens(c, 'gemini', counted, { model, stream }) })
  }
  if (method === 'embedContent' || method === 'batchEmbedContents') return embedForGemini(c, method, model)
  if (method !== 'generateContent' && !stream) {
    throw new HubError('NOT_FOUND', `Unknown method "${method}".`)
  }
  if (!stream) return answer(c, 'gemini', { model, stream })
  const framing = c.req.query('alt') === 'sse' ? 'bare-events' : 'json-array'
  return answer(c, 'gemini', { model, stream, framing })
}

/** Gemini's embeddings are asked for, and answered, in OpenAI's words. */
async function embedForGemini(
  c: Context<HubContext>,
  method: EmbeddingMethod,
  model: string,
): Promise<Response> {
  const { body, dropped } = toOpenaiEmbeddings(c.var.sent.parse(), method, model)
  const answered = await answerBody(c, 'openai-embeddings', body)
  if (!answered.ok) return answered
  const headers = new Headers(answered.headers)
  headers.delete('content-length')
  const all = [...(headers.get('x-hub-dropped')?.split(', ') ?? []), ...dropped]
  if (all.length > 0) headers.set('x-hub-dropped', namesForHeader(all))
  return new Response(JSON.stringify(toGeminiEmbeddings(await answered.json(), method)), { headers })
}

function withHeaders(c: Context<HubContext>, request: ChatRequest): ChatRequest {
  return {
    ...request,
    origin: {
      ...request.origin,
      headers: readOptIn((name) => c.req.header(name)),
      ...(readsTextOnly(c.req.header('user-agent')) && { readsTextOnly: true }),
    },
  }
}

/** Reads the body and answers in a dialect whose requests say all there is. */
async function answer(
  c: Context<HubContext>,
  dialect: DialectId,
  address?: RequestAddress,
): Promise<Response> {
  return answerBody(c, dialect, c.var.sent.parse(), address)
}

/** The Responses dialect refers to earlier answers, which the hub keeps for a while. */
async function answerResponses(c: Context<HubContext>): Promise<Response> {
  const body = c.var.sent.parse()
  // Those who come by open access are nobody in particular: what one of them said is not kept for
  // all.
  if (!isJsonObject(body) || isOpen(c.var.caller)) return answerBody(c, 'openai-responses', body)
  const { env } = c
  const owner = c.var.caller.configuration.user.id
  const resumed = await resumeConversation(env, owner, body, c.var.receivedAt, c.var.sent.grow)
  const keep = (given: string, { candidate, lease }: Served): void => {
    const own = candidate.dialect === 'openai-responses'
    const madeBy = own ? { provider: candidate.providerId, keyId: lease.keyId } : undefined
    c.executionCtx.waitUntil(
      keepConversation(env, owner, resumed.body, given, madeBy, Date.now()).catch((error: unknown) =>
        console.warn(`${c.var.requestId} could not be kept to go on from.`, error),
      ),
    )
  }
  return answerBody(c, 'openai-responses', resumed.body, undefined, {
    answered: keep,
    originals: resumed.originals,
  })
}

async function answerBody(
  c: Context<HubContext>,
  dialect: DialectId,
  body: unknown,
  address?: RequestAddress,
  more: Pick<CompletionInput, 'answered' | 'originals'> = {},
): Promise<Response> {
  const background = (work: Promise<unknown>): void => {
    c.executionCtx.waitUntil(work)
    c.var.sent.heldBy(work)
  }
  await useStoredModels(c.env, c.var.receivedAt, background)
  const listener = listenerOf(dialect)
  const steering = readSteering(c, body)
  const key = readIdempotencyKey(c.req.header('idempotency-key'))
  // From here on only its beginning is kept, for the transcript.
  const text = c.var.sent.takeText()
  const input: CompletionInput = {
    env: c.env,
    caller: c.var.caller,
    request: withOneLimit(withHeaders(c, listener.parseRequest(body, address))),
    inbound: listener,
    sent: beginningOf(text),
    requestId: c.var.requestId,
    receivedAt: c.var.receivedAt,
    sandbox: offersSandbox(c),
    client: clientName(c.req.header('user-agent')),
    clientLeft: c.req.raw.signal,
    timeoutMs: milliseconds(steering.timeout),
    attemptMs: milliseconds(steering.attemptTimeout),
    maxWaitMs: (steering.maxWait ?? c.var.caller.token?.defaultWait ?? 0) * 1000,
    ...more,
    background,
  }
  if (key === undefined) return complete(input)
  return completeOnce(input, key, JSON.stringify(address ?? null) + text)
}

async function countTokens(
  c: Context<HubContext>,
  dialect: DialectId,
  body: unknown,
  address?: RequestAddress,
): Promise<number> {
  await confirmCaller(c.env, c.var.caller, c.var.receivedAt)
  const request = listenerOf(dialect).parseRequest(body, { ...address, counts: true })
  return estimateTokens(request).inputTokens
}

function listenerOf(dialect: DialectId) {
  const listener = inbound[dialect]
  if (!listener) throw new Error(`The dialect ${dialect} has a route and no parser.`)
  return listener
}

/**
 * The model and the method in `models/{model}:{method}`. Ids of models hold slashes and colons
 * themselves.
 */
function readCall(c: Context<HubContext>): { model: string; method: string } {
  const call = (c.req.param('call') ?? '').replace(/^models\//, '')
  const colon = call.lastIndexOf(':')
  return { model: call.slice(0, Math.max(0, colon)), method: call.slice(colon + 1) }
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000
}

function readSteering(c: Context<HubContext>, body: unknown): z.infer<typeof Steering> {
  const field = isJsonObject(body) ? (body.hub ?? {}) : {}
  const inBody = Steering.safeParse(field)
  if (!inBody.success) throw validationError(inBody.error, 'hub')
  const steering = { ...inBody.data }
  for (const { header, field: name, rule } of steeringHeaders) {
    const text = c.req.header(header)
    if (text === undefined) continue
    const read = text.trim() === '' ? undefined : Steering.safeParse({ [name]: text })
    if (!read?.success) {
      throw new HubError('VALIDATION_ERROR', `The header "${header}" must be ${rule}.`, { param: header })
    }
    steering[name] = read.data[name]
  }
  return steering
}

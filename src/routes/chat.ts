/** The clients' side: chat in each dialect. What a dialect is stands in `dialects/`; what happens to a request, in `gateway/`. */
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { isJsonObject } from '../chat/json.ts'
import type { DialectId } from '../chat/request.ts'
import { inbound } from '../dialects/index.ts'
import { chatRequest } from '../dialects/openai-chat/wire.ts'
import { HubError } from '../errors.ts'
import { complete } from '../gateway/complete.ts'
import { useStoredModels } from '../providers/refresh.ts'
import { parseJson } from '../http/body.ts'
import { validationError } from '../http/validation.ts'
import type { HubContext } from './context.ts'
import { offersSandbox } from './directory.ts'
import { endpoint } from './endpoint.ts'

/** What steers one request, in the body's field `hub` or in headers; a header wins. */
const Steering = z.strictObject({
  /** Seconds for the whole request. */
  timeout: z.coerce.number().positive().max(900).optional(),
})

const chatCompletions = endpoint({
  guard: 'caller',
  summary: 'Chat in the OpenAI dialect, streamed with "stream": true.',
  body: chatRequest,
  bodyIsParsedByHandler: true,
})

export const chatRoutes = new Hono<HubContext>()
  .post('/v1/chat/completions', chatCompletions, (c) => answerChat(c, 'openai-chat'))
  .post('/v1/chat', chatCompletions, (c) => answerChat(c, 'openai-chat'))

async function answerChat(c: Context<HubContext>, dialect: DialectId): Promise<Response> {
  await useStoredModels(c.env, c.var.receivedAt, (work) => c.executionCtx.waitUntil(work))
  const listener = inbound[dialect]
  if (!listener) throw new Error(`The dialect ${dialect} has a route and no parser.`)
  const body = parseJson(await c.req.text())
  const steering = readSteering(c, body)
  return complete({
    env: c.env,
    caller: c.var.caller,
    request: listener.parseRequest(body),
    inbound: listener,
    requestId: c.var.requestId,
    receivedAt: c.var.receivedAt,
    sandbox: offersSandbox(c),
    clientLeft: c.req.raw.signal,
    timeoutMs: steering.timeout === undefined ? undefined : steering.timeout * 1000,
    background: (work) => c.executionCtx.waitUntil(work),
  })
}

function readSteering(c: Context<HubContext>, body: unknown): z.infer<typeof Steering> {
  const field = isJsonObject(body) ? (body.hub ?? {}) : {}
  const inBody = Steering.safeParse(field)
  if (!inBody.success) throw validationError(inBody.error, 'hub')
  const header = c.req.header('x-hub-timeout')
  if (header === undefined) return inBody.data
  const timeout = Steering.safeParse({ timeout: header })
  if (!timeout.success) {
    throw new HubError(
      'VALIDATION_ERROR',
      'The header "x-hub-timeout" must be a number of seconds, at most 900.',
      {
        param: 'x-hub-timeout',
      },
    )
  }
  return { ...inBody.data, ...timeout.data }
}

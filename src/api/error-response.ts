/**
 * How an error leaves the hub: in the shape of the dialect that the address belongs to, with the
 * same facts in headers.
 */
import type { DialectId } from '../domain/dialects.ts'
import type { Context } from 'hono'
import { inbound } from '../dialects/index.ts'
import { renderError } from '../dialects/hub/render-error.ts'
import type { HubError } from '../errors.ts'
import type { HubContext } from './context.ts'

/** The response for an error. */
export function errorResponse(c: Context<HubContext>, error: HubError): Response {
  const { requestId, receivedAt } = c.var
  const dialect = dialectOf(c)
  const listener = dialect && inbound[dialect]
  const body = listener ? listener.renderError(error, requestId, Date.now()) : renderError(error, requestId)
  const headers = new Headers({ 'content-type': 'application/json', 'x-hub-request-id': requestId })
  if (error.trail) headers.set('x-hub-attempts', String(error.trail.length))
  if (error.retryAt !== undefined) {
    headers.set(
      'retry-after',
      String(Math.max(1, Math.ceil((error.retryAt - Math.max(Date.now(), receivedAt)) / 1000))),
    )
  }
  return new Response(JSON.stringify(body), {
    status: listener?.errorStatus?.(error) ?? error.status,
    headers,
  })
}

/** The dialect whose clients call an address; undefined for our own endpoints. */
function dialectOf(c: Context<HubContext>): DialectId | undefined {
  const { path } = c.req
  if (/^\/v1\/(auth|admin)\//.test(path)) return undefined
  if (path.startsWith('/v1beta/') || isGeminiV1(c)) return 'gemini'
  if (path.startsWith('/v1/messages')) return 'anthropic'
  // The list of models is asked for by everyone; Anthropic's SDKs say who they are.
  if (path.startsWith('/v1/')) return c.req.header('anthropic-version') ? 'anthropic' : 'openai-chat'
  return undefined
}

/**
 * Version 1 of Gemini's API shares `/v1/models` with the others: its calls are POSTs, and its SDKs
 * have a header for the key.
 */
function isGeminiV1({ req }: Context<HubContext>): boolean {
  const isGoogles = req.method === 'POST' || req.header('x-goog-api-key') !== undefined
  return isGoogles && /^\/v1\/models(\/|$)/.test(req.path)
}

/**
 * The hub's API as the dashboard uses it: a client typed by the Worker's own routes, and its errors
 * as one class. The session is an HttpOnly cookie that the browser sends by itself; no credential
 * passes through this code.
 */
import { hc, type ClientResponse } from 'hono/client'
import type { HubApp } from '../src/index.ts'

/** Fired on `window` when the hub no longer knows the session, whichever request found out. */
export const sessionEnded = 'hub:session-ended'

/**
 * The window, by the name that it also has where there is none: pure parts of the dashboard are
 * tested there.
 */
const page: { dispatchEvent(event: Event): boolean } = globalThis

export const api = hc<HubApp>('/', {
  fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
    const response = await fetch(input, init)
    if (response.status === 401) page.dispatchEvent(new Event(sessionEnded))
    return response
  },
})

/** What a route answers, by the method that asks: `AnswerOf<typeof api.api.keys.$get>`. */
type AnswerOf<Method extends (...args: never[]) => Promise<Spoken>> = BodyOf<Awaited<ReturnType<Method>>>
type BodyOf<Response extends Spoken> = Awaited<ReturnType<Response['json']>>
interface Spoken {
  json(): Promise<unknown>
}

export type Key = AnswerOf<typeof api.api.keys.$get>['data'][number]
export type Token = AnswerOf<typeof api.api.tokens.$get>['data'][number]
export type NewToken = AnswerOf<typeof api.api.tokens.$post>
export type Provider = AnswerOf<typeof api.api.providers.$get>['data'][number]
export type Catalogue = AnswerOf<typeof api.api.providers.catalogue.$get>
export type Pool = AnswerOf<typeof api.api.pools.$get>['data'][number]
export type Account = AnswerOf<typeof api.api.accounts.$get>['data'][number]
export type Route = AnswerOf<typeof api.api.routes.$get>['data'][number]
export type Explained = AnswerOf<(typeof api.api.routes)[':name']['explain']['$post']>
export type Refusal = Explained['pools'][number]['refusals'][number]
export type KeyTrial = AnswerOf<(typeof api.api.keys)[':id']['test']['$post']>
export type ProviderHealth = AnswerOf<typeof api.api.health.providers.$get>['data'][number]
export type RouteHealth = AnswerOf<typeof api.api.health.routes.$get>['data'][number]
export type Log = AnswerOf<typeof api.api.logs.$get>['data'][number]
export type NamedLog = AnswerOf<(typeof api.api.logs)[':id']['$get']>
export type TranscriptOf = AnswerOf<(typeof api.api.logs)[':id']['transcript']['$get']>
export type Usage = AnswerOf<typeof api.api.usage.$get>['data'][number]
export type Team = AnswerOf<typeof api.api.teams.$get>['data'][number]
export type User = AnswerOf<typeof api.api.users.$get>['data'][number]
export type Invitation = AnswerOf<typeof api.api.invitations.$get>['data'][number]
export type NewInvitation = AnswerOf<typeof api.api.invitations.$post>
export type Settings = AnswerOf<typeof api.api.settings.$get>
export type Session = AnswerOf<typeof api.api.auth.sessions.$get>['data'][number]
export type AuditEntry = AnswerOf<typeof api.api.audit.$get>['data'][number]
export type Rotation = AnswerOf<typeof api.api.vault.rotate.$post>
/** In OpenAI's shape; other shapes are for the SDKs that ask for them by a header. */
export type Model = Extract<AnswerOf<typeof api.v1.models.$get>, { object: string }>['data'][number]
export type Person = AnswerOf<typeof api.api.auth.me.$patch>
/** The signed-in person with the caps of their account and team. */
export type Self = AnswerOf<typeof api.api.auth.me.$get>
export type Problem = AnswerOf<typeof api.health.ready.$get>['problems'][number]

/** One upstream try that failed on the way to an error. */
export interface FailedAttempt {
  provider: string
  model: string
  verdict: string
}

/** An error of the hub, or `UNREACHABLE` if it did not answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: string
  /** The field that is to blame, by the API's name for it. */
  readonly param: string | undefined
  /** What to do next, if the hub stated it. */
  readonly remedy: string | undefined
  /** When the same request may succeed, in milliseconds since the epoch. */
  readonly retryAt: number | undefined
  readonly trail: FailedAttempt[]
  /** The id of the failed request, for a report. */
  readonly requestId: string | undefined

  constructor(
    code: string,
    message: string,
    details: {
      param?: string
      remedy?: string
      retryAt?: number
      trail?: FailedAttempt[]
      requestId?: string
    } = {},
  ) {
    super(message)
    this.code = code
    this.param = details.param
    this.remedy = details.remedy
    this.retryAt = details.retryAt
    this.trail = details.trail ?? []
    this.requestId = details.requestId
  }
}

/**
 * The body of a good answer.
 * @throws {ApiError} for any other.
 */
export async function ask<Response extends Sent & Spoken>(
  sending: Promise<Response>,
): Promise<BodyOf<Response>> {
  const response = await send(sending)
  // `json` promises just this, which its own type forgets where the response is still a type
  // parameter.
  return response.json() as Promise<BodyOf<Response>>
}

/**
 * The response to a request, if it is a good one; the body is left to the caller.
 * @throws {ApiError} for any other.
 */
export async function send<Response extends Sent>(sending: Promise<Response>): Promise<Response> {
  const response = await sending.catch((thrown: unknown) => {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown
    throw new ApiError('UNREACHABLE', '')
  })
  if (response.ok) return response
  throw readError(await response.text())
}

type Sent = Pick<ClientResponse<unknown>, 'ok' | 'text'>

/** An error body in our own shape or in OpenAI's. */
export function readError(body: string): ApiError {
  const { error = {}, hub = {} } = parseErrorBody(body)
  const code = hub.code ?? error.code ?? 'INTERNAL_ERROR'
  return new ApiError(code, error.message ?? '', {
    ...(error.param && { param: error.param }),
    ...(error.remedy && { remedy: error.remedy }),
    ...(hub.retryAt && { retryAt: Date.parse(hub.retryAt) }),
    ...(hub.trail && { trail: hub.trail }),
    ...(hub.requestId && { requestId: hub.requestId }),
  })
}

interface ErrorBody {
  error?: { message?: string; code?: string; param?: string | null; remedy?: string }
  hub?: { code?: string; retryAt?: string; trail?: FailedAttempt[]; requestId?: string }
}

function parseErrorBody(body: string): ErrorBody {
  try {
    const parsed: unknown = JSON.parse(body)
    // The shape of the hub's errors. A proxy's answer is an object without these fields, or no
    // object.
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}

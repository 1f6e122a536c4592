/**
 * How a route declares itself: its guard, what it takes and what it answers, once. The guard and the checks are made from the
 * declaration, and so are the API document and the test that lists all routes.
 *
 *     .post('/api/keys', endpoint({ guard: 'user', summary: 'Adds a key.', body: KeyInput, status: 201, answer: Key }), handler)
 */
import { zValidator } from '@hono/zod-validator'
import type { Handler, Hono, MiddlewareHandler } from 'hono'
import type { z } from 'zod'
import { identifyCaller } from '../auth/caller.ts'
import { readCredential } from '../auth/credentials.ts'
import { identifyOpenCaller } from '../auth/open-access.ts'
import { HubError } from '../errors.ts'
import { clientAddress } from '../http/client-address.ts'
import { validationError } from '../http/validation.ts'
import type { HubContext } from './context.ts'
import { keepSession } from './session-cookie.ts'

/**
 * Who may call: anyone; a caller with a token or a session, or with neither where open access is on; a person with a session; an admin with a session.
 * Credentials are checked before anything that was sent is looked at.
 */
export type Guard = 'public' | 'caller' | 'user' | 'admin'

/** The action of the entry that a change makes in the audit log, or why it makes none. */
export type AuditDeclaration = `${string}.${string}` | `none: ${string}`

export interface Declaration {
  guard: Guard
  summary: string
  /** Every route of people that is not a GET has one; a test calls each and looks for its entry. */
  audit?: AuditDeclaration
  /** What is taken from the body, the query string and the path. */
  body?: z.ZodType
  query?: z.ZodType
  params?: z.ZodType
  /** A dialect's own parser checks the body; `body` then only documents it. */
  bodyIsParsedByHandler?: true
  /** The status of a good answer (200), and its shape; absent where it is not JSON of ours. */
  status?: 200 | 201 | 204
  answer?: z.ZodType
}

type Input<D extends Declaration, Side extends 'in' | 'out'> = {
  [
    Target in 'json' | 'query' | 'param' as D[SourceOf[Target]] extends z.ZodType ? Target : never
  ]: D[SourceOf[Target]] extends infer Schema extends z.ZodType
    ? Side extends 'in'
      ? z.input<Schema>
      : z.output<Schema>
    : never
}
interface SourceOf {
  json: 'body'
  query: 'query'
  param: 'params'
}

const declarations = new WeakMap<object, Declaration>()

/** The middleware that stands before a handler and enforces its declaration. */
export function endpoint<const D extends Declaration>(
  declaration: D,
): MiddlewareHandler<HubContext, string, { in: Input<D, 'in'>; out: Input<D, 'out'> }> {
  const guard = guards[declaration.guard]
  const validators = [
    declaration.params && validate('param', declaration.params),
    declaration.query && validate('query', declaration.query),
    declaration.bodyIsParsedByHandler ? undefined : declaration.body && validate('json', declaration.body),
  ].filter((validator) => validator !== undefined)

  const enforce: MiddlewareHandler<HubContext> = async (context, next) => {
    await guard(context, async () => {})
    for (const validator of validators) await validator(context, async () => {})
    await next()
  }
  declarations.set(enforce, declaration)
  // The validators put what they checked where `c.req.valid` finds it; the declared type says what that is.
  return enforce
}

/** A route with its declaration, as documents and tests read it. */
export interface DeclaredRoute {
  method: string
  path: string
  declaration: Declaration
}

/**
 * All routes of an app with their declarations.
 * @throws {Error} naming a route that has none: it would be open to everyone.
 */
export function declaredRoutes(app: Pick<Hono<HubContext>, 'routes'>): DeclaredRoute[] {
  const found = new Map<string, Declaration | undefined>()
  for (const { method, path, handler } of app.routes) {
    if (method === 'ALL') continue
    const name = `${method} ${path}`
    found.set(name, found.get(name) ?? declarations.get(handler as Handler))
  }
  return [...found].map(([name, declaration]) => {
    const [method = '', path = ''] = name.split(' ')
    if (!declaration) throw new Error(`The route ${name} declares no guard.`)
    return { method, path, declaration }
  })
}

const identify: MiddlewareHandler<HubContext> = async (context, next) => {
  const credential = readCredential(context)
  const presented = { credential: credential?.text, address: clientAddress(context.req.raw.headers) }
  const caller = await identifyCaller(context.env, presented, Date.now(), (work) =>
    context.executionCtx.waitUntil(work),
  )
  context.set('caller', caller)
  await next()
}

/** A request without a credential may be let in; one with a bad credential is a mistake that its sender wants to know of. */
const identifyOrOpen: MiddlewareHandler<HubContext> = async (context, next) => {
  if (readCredential(context)) return identify(context, next)
  const address = clientAddress(context.req.raw.headers)
  context.set('caller', await identifyOpenCaller(context.env, address, Date.now()))
  await next()
}

const person: MiddlewareHandler<HubContext> = (context, next) =>
  identify(context, async () => {
    if (context.var.caller.token) {
      throw new HubError('FORBIDDEN', 'A token may not do this: log in, and send the session instead.')
    }
    const { session } = context.var.caller
    // Here and not for callers at large: an answer that is relayed has no place for a cookie.
    if (session && readCredential(context)?.fromCookie) await keepSession(context, session)
    await next()
  })

const guards: Record<Guard, MiddlewareHandler<HubContext>> = {
  public: (_context, next) => next(),
  caller: identifyOrOpen,
  user: person,
  admin: (context, next) =>
    person(context, async () => {
      if (context.var.caller.configuration.user.role !== 'admin') {
        throw new HubError('FORBIDDEN', 'Only an administrator of this hub may do this.')
      }
      await next()
    }),
}

function validate(target: 'json' | 'query' | 'param', schema: z.ZodType): MiddlewareHandler<HubContext> {
  return zValidator(target, schema, (result) => {
    if (!result.success) throw validationError(result.error)
  })
}

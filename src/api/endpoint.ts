/**
 * The declaration of a route: its guard, its input and its answer, once. The guard, the checks and
 * the test that lists all routes derive from it.
 *
 *     .post('/api/keys', endpoint({ guard: 'user', summary: 'Adds a key.', body: KeyInput, status: 201, answer: Key }), handler)
 */
import { zValidator } from '@hono/zod-validator'
import type { Context, Handler, Hono, MiddlewareHandler, Next } from 'hono'
import { z } from 'zod'
import { identifyCaller } from '../auth/caller.ts'
import { type Credential, readCredential } from '../auth/credentials.ts'
import { beginAttempt, strangerBucket } from '../auth/login-guard.ts'
import { identifyOpenCaller } from '../auth/open-access.ts'
import { looksLikeSession } from '../auth/sessions.ts'
import { HubError } from '../errors.ts'
import { bodiesInWork, type BodyUse } from '../http/body-memory.ts'
import { maxBodyBytes, parseJson, readBody } from '../http/body.ts'
import { clientAddress } from '../http/client-address.ts'
import { noteReachedHost } from '../http/own-hosts.ts'
import { validationError } from '../http/validation.ts'
import type { HubContext } from './context.ts'
import { keepSession } from './session-cookie.ts'

/**
 * Who may call: anyone; a caller with a token or a session, or with neither where open access is
 * on; a person with a session; an admin with a session. Credentials are checked before anything
 * that was sent is looked at.
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
  /** The largest body in bytes, where it is not the usual one of the guard. */
  maxBodyBytes?: number
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

/**
 * The largest body of a route in bytes, by who may call it: strangers send a login, people send
 * settings, and callers send whole conversations with files. Anthropic takes 32 MB.
 */
const bodyBounds: Readonly<Record<Guard, number>> = {
  public: 16 * 1024,
  user: 1024 * 1024,
  admin: 1024 * 1024,
  caller: maxBodyBytes,
}

/** The kind of body that a route takes, by who may call it. */
const bodyUses: Readonly<Record<Guard, BodyUse>> = {
  public: 'stranger',
  user: 'people',
  admin: 'people',
  caller: 'chat',
}

/** What a route of people takes that declares no query: nothing is ignored silently. */
const noQuery = z.strictObject({})

const declarations = new WeakMap<object, Declaration>()

/** The middleware that stands before a handler and enforces its declaration. */
export function endpoint<const D extends Declaration>(
  declaration: D,
): MiddlewareHandler<HubContext, string, { in: Input<D, 'in'>; out: Input<D, 'out'> }> {
  const guard = guards[declaration.guard]
  const isForPeople = declaration.guard === 'user' || declaration.guard === 'admin'
  const query = declaration.query ?? (isForPeople ? noQuery : undefined)
  const validators = [
    declaration.params && validate('param', declaration.params),
    query && validate('query', query),
  ].filter((validator) => validator !== undefined)

  const enforce: MiddlewareHandler<HubContext> = async (context, next) => {
    await guard(context, async () => {})
    for (const validator of validators) await validator(context, async () => {})
    if (!takesBody(declaration)) return next()
    // Before the body is read: a stranger is counted by address, and nothing of the request is
    // known yet.
    if (declaration.guard === 'public') await countStranger(context)
    await withBody(context, declaration, next)
  }
  declarations.set(enforce, declaration)
  // `withBody` and the validators put what they checked where `c.req.valid` finds it; the declared
  // type says what that is.
  return enforce
}

/** The largest body that a route takes, in bytes; 0 where it takes none. */
export function maxBodyOf(declaration: Declaration): number {
  return takesBody(declaration) ? (declaration.maxBodyBytes ?? bodyBounds[declaration.guard]) : 0
}

function takesBody({ body, bodyIsParsedByHandler }: Declaration): boolean {
  return body !== undefined || bodyIsParsedByHandler === true
}

async function countStranger({ env, req }: Context<HubContext>): Promise<void> {
  await beginAttempt(env, [strangerBucket(clientAddress(req.raw.headers, env))])
}

/** Reads and checks the body, and counts it as in work until the call is over. */
async function withBody(context: Context<HubContext>, declaration: Declaration, next: Next): Promise<void> {
  const { raw } = context.req
  const caller = declaration.guard === 'public' ? undefined : context.var.caller.configuration.user.id
  const address = clientAddress(raw.headers, context.env)
  const hold = bodiesInWork.open(caller ?? address, bodyUses[declaration.guard])
  const works: Promise<unknown>[] = []
  try {
    // Forms and plain texts, which any page may send, are no bodies of ours.
    const isRead = declaration.bodyIsParsedByHandler || isJson(context)
    const body = new ReadBody(isRead ? await readBody(raw, maxBodyOf(declaration), hold, address) : '{}')
    const parse = (): unknown => body.parse()
    const takeText = (): string => {
      hold.letGoOfText()
      return body.takeText()
    }
    const heldBy = (work: Promise<unknown>): void => void works.push(work)
    context.set('sent', { takeText, parse, grow: hold.grow, heldBy })
    if (declaration.body && !declaration.bodyIsParsedByHandler) {
      const checked = await declaration.body.safeParseAsync(parse())
      if (!checked.success) throw validationError(checked.error)
      // The declared type of the route says which type this is.
      context.req.addValidatedData('json', checked.data as object)
    }
    await next()
  } finally {
    void Promise.allSettled(works).then(hold.release)
  }
}

/** A body that was read: its text is let go of as soon as it was taken. */
class ReadBody {
  #text: string
  #parsed: { value: unknown } | undefined

  constructor(text: string) {
    this.#text = text
  }

  parse(): unknown {
    return (this.#parsed ??= { value: parseJson(this.#text) }).value
  }

  takeText(): string {
    const text = this.#text
    this.#text = ''
    return text
  }
}

/** RFC 8259 and its relatives: https://www.rfc-editor.org/rfc/rfc6839#section-3.1 */
function isJson({ req }: Context<HubContext>): boolean {
  const mediaType = req.header('content-type')?.split(';', 1)[0]?.trim() ?? ''
  return /^application\/(?:[\w.-]+\+)?json$/i.test(mediaType)
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
  const presented = {
    credential: credential?.text,
    address: clientAddress(context.req.raw.headers, context.env),
  }
  const caller = await identifyCaller(context.env, presented, Date.now(), (work) =>
    context.executionCtx.waitUntil(work),
  )
  context.set('caller', caller)
  noteReachedHost(context.env, context.req.url)
  await next()
}

/**
 * A request without a credential may be let in. SDKs must send some key: one that cannot be the
 * hub's counts as none. A bad credential of the hub's is a mistake that its sender wants to know
 * of.
 */
const identifyOrOpen: MiddlewareHandler<HubContext> = async (context, next) => {
  const credential = readCredential(context)
  if (credential && !isPlaceholder(credential)) return identify(context, next)
  const address = clientAddress(context.req.raw.headers, context.env)
  try {
    context.set('caller', await identifyOpenCaller(context.env, address, Date.now()))
  } catch (thrown) {
    const isClosed = thrown instanceof HubError && thrown.code === 'UNAUTHORIZED'
    // Where nobody is let in without a credential, the sender of one learns what is wrong with it.
    if (credential && isClosed) return identify(context, next)
    throw thrown
  }
  await next()
}

function isPlaceholder({ text, fromCookie }: Credential): boolean {
  return !fromCookie && !text.startsWith('llm_') && !looksLikeSession(text)
}

const person: MiddlewareHandler<HubContext> = (context, next) =>
  identify(context, async () => {
    if (context.var.caller.token) {
      throw new HubError('FORBIDDEN', 'Tokens can’t do this. Log in and send the session instead.')
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
        throw new HubError('FORBIDDEN', 'Only admins can do this.')
      }
      await next()
    }),
}

function validate(target: 'query' | 'param', schema: z.ZodType): MiddlewareHandler<HubContext> {
  return zValidator(target, schema, (result) => {
    if (!result.success) throw validationError(result.error)
  })
}

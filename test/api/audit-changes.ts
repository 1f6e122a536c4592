/**
 * One call of each route by which people change something, for the tests that ask after its entry
 * in the audit log. A route that is not here fails them.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { app } from '../../src/index.ts'

/** What a call sends. `as` is a session; absent where nobody is logged in. */
export interface Call {
  params?: Record<string, string>
  query?: string
  body?: unknown
  as?: string | undefined
  env?: Record<string, unknown>
}

export interface Hub {
  session: string
  userId: string
}

const password = 'correct horse battery'
let names = 0
const fresh = (prefix: string): string => `${prefix}-${++names}`

/** Sends the hub a request, with other variables where a test wants some. */
export async function send(
  method: string,
  path: string,
  { body, as, env: more }: Call = {},
): Promise<Response> {
  const context = createExecutionContext()
  const response = await app.fetch(
    new Request(`http://localhost${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(as !== undefined && { authorization: `Bearer ${as}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
    { ...env, ...more },
    context,
  )
  await waitOnExecutionContext(context)
  return response
}

/** Calls the hub for the setting of a scene. @throws where it refuses. */
async function make<T>(method: string, path: string, body?: unknown, as?: string): Promise<T> {
  const response = await send(method, path, { body, as })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
  return JSON.parse(text || 'null') as T
}

interface WithId {
  id: string
}

/** Registers the administrator of the hub. */
export async function claim(): Promise<Hub> {
  const { token, user } = await make<{ token: string; user: WithId }>('POST', '/api/auth/register', {
    username: 'ada',
    password,
  })
  return { session: token, userId: user.id }
}

const key = (as: string): Promise<WithId> =>
  make('POST', '/api/keys', { provider: 'openai', apiKey: fresh('sk-changes-0123456789') }, as)
const account = (as: string): Promise<WithId> =>
  make('POST', '/api/accounts', { provider: 'openai', name: fresh('account') }, as)
const token = (as: string): Promise<WithId> => make('POST', '/api/tokens', { name: fresh('token') }, as)
const route = async (as: string): Promise<string> => {
  const name = fresh('route')
  await make('POST', '/api/routes', { name, candidates: [{ provider: 'openai' }] }, as)
  return name
}
const provider = (id: string) => ({
  id,
  name: id,
  baseUrl: 'http://127.0.0.1:9/v1',
  dialect: 'openai-chat',
  models: ['m1'],
})
const person = async (as: string): Promise<WithId & { username: string }> => {
  const username = fresh('person')
  const { id } = await make<WithId>('POST', '/api/users', { username, password }, as)
  return { id, username }
}
const login = (username: string): Promise<{ token: string }> =>
  make('POST', '/api/auth/login', { login: username, password })
const team = (as: string): Promise<WithId> => make('POST', '/api/teams', { name: fresh('team') }, as)
const invitation = (as: string): Promise<WithId & { invitation: string }> =>
  make('POST', '/api/invitations', {}, as)

/**
 * What is made ready for each route, and the call that is then to succeed. By the route's first
 * name.
 */
export const changes: Record<string, (hub: Hub) => Promise<Call> | Call> = {
  'POST /api/auth/register': async ({ session }) => ({
    body: { username: fresh('guest'), password, invitation: (await invitation(session)).invitation },
  }),
  'POST /api/auth/login': async ({ session }) => ({
    body: { login: (await person(session)).username, password },
  }),
  'POST /api/auth/logout': async ({ session }) => ({
    as: (await login((await person(session)).username)).token,
  }),
  'PATCH /api/auth/me': ({ session }) => ({ as: session, body: { email: `${fresh('ada')}@example.com` } }),
  'POST /api/auth/password': async ({ session }) => ({
    as: (await login((await person(session)).username)).token,
    body: { oldPassword: password, newPassword: `${password} too` },
  }),
  'DELETE /api/auth/sessions': async ({ session }) => {
    const { username } = await person(session)
    await login(username)
    return { as: (await login(username)).token }
  },
  'DELETE /api/auth/sessions/:id': async ({ session }) => {
    const as = (await login((await person(session)).username)).token
    const { data } = await make<{ data: WithId[] }>('GET', '/api/auth/sessions', undefined, as)
    return { as, params: { id: data[0]?.id ?? '' } }
  },
  'POST /api/keys': ({ session }) => ({
    as: session,
    body: { provider: 'openai', apiKey: fresh('sk-changes-9876543210') },
  }),
  'POST /api/keys/import': ({ session }) => ({
    as: session,
    body: {
      text: `${fresh('sk-imported-0123456789')}\n${fresh('sk-imported-0123456789')}`,
      provider: 'openai',
      apply: true,
    },
  }),
  'PATCH /api/keys/:id': async ({ session }) => ({
    as: session,
    params: { id: (await key(session)).id },
    body: { note: 'changed', shared: true },
  }),
  'DELETE /api/keys/:id': async ({ session }) => ({
    as: session,
    params: { id: (await key(session)).id },
  }),
  'POST /api/keys/:id/restore': async ({ session }) => ({
    as: session,
    params: { id: (await key(session)).id },
  }),
  'POST /api/accounts': ({ session }) => ({
    as: session,
    body: { provider: 'openai', name: fresh('account') },
  }),
  'PATCH /api/accounts/:id': async ({ session }) => ({
    as: session,
    params: { id: (await account(session)).id },
    body: { name: fresh('renamed') },
  }),
  'DELETE /api/accounts/:id': async ({ session }) => ({
    as: session,
    params: { id: (await account(session)).id },
  }),
  'POST /api/tokens': ({ session }) => ({ as: session, body: { name: fresh('token') } }),
  'PATCH /api/tokens/:id': async ({ session }) => ({
    as: session,
    params: { id: (await token(session)).id },
    body: { name: fresh('renamed') },
  }),
  'DELETE /api/tokens/:id': async ({ session }) => ({
    as: session,
    params: { id: (await token(session)).id },
  }),
  'POST /api/routes': ({ session }) => ({
    as: session,
    body: { name: fresh('route'), candidates: [{ provider: 'openai' }] },
  }),
  'PUT /api/routes/:name': async ({ session }) => ({
    as: session,
    params: { name: await route(session) },
    body: { candidates: [{ provider: 'groq' }] },
  }),
  'DELETE /api/routes/:name': async ({ session }) => ({
    as: session,
    params: { name: await route(session) },
  }),
  'POST /api/providers': ({ session }) => ({ as: session, body: provider(fresh('custom')) }),
  'PATCH /api/providers/:id': async ({ session }) => {
    const id = fresh('custom')
    await make('POST', '/api/providers', provider(id), session)
    return { as: session, params: { id }, body: { name: 'renamed', strategy: 'round-robin' } }
  },
  'DELETE /api/providers/:id': async ({ session }) => {
    const id = fresh('custom')
    await make('POST', '/api/providers', provider(id), session)
    return { as: session, params: { id } }
  },
  'POST /api/users': ({ session }) => ({ as: session, body: { username: fresh('person'), password } }),
  'PATCH /api/users/:id': async ({ session }) => ({
    as: session,
    params: { id: (await person(session)).id },
    body: { enabled: false },
  }),
  'DELETE /api/users/:id': async ({ session }) => ({
    as: session,
    params: { id: (await person(session)).id },
  }),
  'POST /api/teams': ({ session }) => ({ as: session, body: { name: fresh('team') } }),
  'PATCH /api/teams/:id': async ({ session }) => ({
    as: session,
    params: { id: (await team(session)).id },
    body: { name: fresh('renamed'), maxConcurrent: 3 },
  }),
  'DELETE /api/teams/:id': async ({ session }) => ({
    as: session,
    params: { id: (await team(session)).id },
  }),
  'POST /api/invitations': ({ session }) => ({ as: session, body: {} }),
  'DELETE /api/invitations/:id': async ({ session }) => ({
    as: session,
    params: { id: (await invitation(session)).id },
  }),
  'PATCH /api/settings': ({ session }) => ({ as: session, body: { logRetentionDays: 20 + names++ } }),
  'POST /api/vault/rotate': async ({ session }) => {
    await key(session)
    const number = 2 + (names++ % 90)
    const newer = btoa(String.fromCharCode(...Array.from({ length: 32 }, (_, i) => (i * 7 + number) % 256)))
    return { as: session, body: {}, env: { [`MASTER_KEY_${number}`]: newer } }
  },
}

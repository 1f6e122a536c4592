/**
 * Secrets that are easy to recognise go through a whole life of a hub in which everything fails
 * that can. Afterwards they are looked for in every answer, header, log line, row of D1 and row of
 * the Durable Objects, as they are and as they might be written.
 */
import {
  createExecutionContext,
  listDurableObjectIds,
  runInDurableObject,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { signSession } from '../../src/auth/sessions.ts'
import type { Env } from '../../src/env.ts'
import { app } from '../../src/index.ts'
import { completionBody } from '../hub.workerd.ts'

const masterBytes = (seed: number): string =>
  btoa(String.fromCharCode(...Array.from({ length: 32 }, (_, i) => (i * 53 + seed) % 256)))

/** What must be found nowhere. Some have no shape that anyone would recognise. */
const canaries: Record<string, string> = {
  'master key': masterBytes(9),
  'newer master key': masterBytes(77),
  'signing secret': 'JwtCanary+mZ8q1Vt5Xc3Lb7Nd0Rf2Kj4Hg6',
  'setup token': 'setupcanary7f3c9e1a5b2d8064',
  password: 'PasswordCanary horse 41 battery',
  'wrong password': 'WrongPasswordCanary 17 staple',
  'openai key': 'sk-proj-CanaryOpenAi0123456789abcdef',
  'anthropic key': 'sk-ant-CanaryAnthropic0123456789',
  'gemini key': 'AIzaCanaryGemini0123456789_abcdefghijk',
  'groq key of the deployment': 'gsk_CanaryGroq0123456789abcdef',
  'shapeless key': 'QxvtCanaryShapeless77Zr',
  'replaced key': 'QxvtCanaryReplaced88Yq',
  'imported key': 'gsk_CanaryImported0123456789abcdef',
  'imported key of no known shape': 'ZmwkCanaryImported55Pd',
  'header value': 'HeaderCanary91Xb55Wd27Kc',
  'idempotency key': 'IdempotencyCanary-5d1e9a',
  'kept answer': 'AnswerCanary with forty-two swans',
}
const of = (name: string): string => canaries[name] ?? ''

/** A namespace that notes what its objects are called: names outlive what is stored in them. */
function noting<T extends Rpc.DurableObjectBranded>(
  kind: string,
  namespace: DurableObjectNamespace<T>,
): DurableObjectNamespace<T> {
  return new Proxy(namespace, {
    get(target, name) {
      if (name !== 'getByName') return Reflect.get(target, name)
      return (objectName: string) => {
        note(`the name of an object of ${kind}`, objectName)
        return target.getByName(objectName)
      }
    },
  })
}

const deployed: Env = {
  ...env,
  KEY_POOL: noting('KEY_POOL', env.KEY_POOL),
  USER_OBJECT: noting('USER_OBJECT', env.USER_OBJECT),
  THROTTLE: noting('THROTTLE', env.THROTTLE),
  HUB_LOCAL: '0',
  MASTER_KEY: of('master key'),
  JWT_SECRET: of('signing secret'),
  SETUP_TOKEN: of('setup token'),
  GROQ_API_KEY: of('groq key of the deployment'),
}
const rotated: Env = { ...deployed, MASTER_KEY_2: of('newer master key') }

/** Everything that was said, with where it was said. */
const said: { where: string; text: string }[] = []
const note = (where: string, text: string): void => void said.push({ where, text })

/** How the provider fails, for as long as it is set. */
let provider: (request: { url: string; key: string; header: string; body: string }) => Response

beforeAll(() => {
  for (const level of ['debug', 'error', 'info', 'log', 'warn'] as const) {
    vi.spyOn(console, level).mockImplementation((...words: unknown[]) =>
      note(`console.${level}`, words.map(written).join(' ')),
    )
  }
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = input instanceof Request ? input.url : new URL(input).href
    const headers = new Headers(init?.headers)
    const key =
      headers.get('authorization')?.replace('Bearer ', '') ??
      headers.get('x-api-key') ??
      headers.get('x-goog-api-key') ??
      ''
    const body = typeof init?.body === 'string' ? init.body : ''
    note('the address of a call', url)
    note('the body of a call', body)
    return provider({ url, key, header: headers.get('x-gateway-key') ?? '', body })
  })
})
afterAll(() => vi.restoreAllMocks())

/** A value as a log would show it, with all that hangs on an error. */
function written(value: unknown): string {
  if (!(value instanceof Error)) return typeof value === 'string' ? value : JSON.stringify(value)
  const more = Object.entries(value).map(([name, member]) => `${name}=${written(member)}`)
  return [value.name, value.message, value.stack, ...more, value.cause ? written(value.cause) : ''].join('\n')
}

interface Ask {
  as?: string
  body?: unknown
  text?: string
  headers?: Record<string, string>
  bindings?: Env
}

async function send(method: string, path: string, ask: Ask = {}): Promise<{ status: number; text: string }> {
  const { as, body, text = body === undefined ? undefined : JSON.stringify(body), headers, bindings } = ask
  const context = createExecutionContext()
  const request = new Request(`https://hub.canary.net${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(as !== undefined && { authorization: `Bearer ${as}` }),
      ...headers,
    },
    ...(text !== undefined && { body: text }),
  })
  const response = await app.fetch(request, bindings ?? deployed, context)
  const answer = await response.text()
  await waitOnExecutionContext(context)
  const where = `${method} ${path.replace(/\?.*/, '')} → ${response.status}`
  note(`headers of ${where}`, JSON.stringify([...response.headers]))
  note(`body of ${where}`, answer)
  return { status: response.status, text: answer }
}

/** The same, for an answer in which a secret is handed out: it is not held against it. */
async function receive<Body = { token: string }>(method: string, path: string, ask: Ask): Promise<Body> {
  const before = said.length
  const { status, text } = await send(method, path, ask)
  if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text}`)
  // What was said elsewhere meanwhile is.
  said.push(...said.splice(before).filter(({ where }) => !/^(headers|body) of /.test(where)))
  return JSON.parse(text)
}

const json = (body: unknown, status: number, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers })
const stream = (...events: object[]): Response =>
  new Response(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''), {
    headers: { 'content-type': 'text/event-stream' },
  })
const delta = (content: string): object => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }],
})

/** Every way in which a provider may repeat the key that it was called with. */
const failures: Record<string, typeof provider> = {
  'a refusal of the key that quotes it': ({ key }) =>
    json(
      {
        error: {
          message: `Incorrect API key provided: ${key}.`,
          type: key,
          code: 'invalid_api_key',
          param: key,
        },
      },
      401,
    ),
  'a bad request that quotes the headers': ({ key }) =>
    json(
      { error: { message: `Bad header: {"authorization": "Bearer ${key}"}`, code: key, param: key } },
      400,
    ),
  'a server error with a page of HTML': ({ key }) =>
    new Response(`<html><body>Debug: key=${key} x-api-key: ${key}</body></html>`, { status: 500 }),
  'a limit, with the key in every header': ({ key }) =>
    json({ error: { message: `Rate limit reached for key ${key}` } }, 429, {
      'retry-after': key,
      'x-request-id': key,
      'set-cookie': `key=${key}`,
      'x-ratelimit-reset-requests': key,
      server: key,
    }),
  'a good status and no JSON': ({ key }) => new Response(`OK ${key}`),
  'broken JSON': ({ key }) =>
    new Response(`{"choices": [{"message": "${key}"`, { headers: { 'content-type': 'application/json' } }),
  'a bad request that quotes a header of the provider': ({ header }) =>
    json({ error: { message: `Unexpected x-gateway-key=${header}`, type: header, code: header } }, 400),
  'an error in the middle of a stream that quotes such a header': ({ header }) =>
    stream(delta('Hello'), { error: { message: `Overloaded: ${header}`, code: header } }),
  'an error with a good status': ({ key }) => json({ error: { message: `No: ${key}`, code: key } }, 200),
  'a redirect to where the key is in the address': ({ key }) =>
    new Response(null, { status: 307, headers: { location: `https://evil.public.net/?key=${key}` } }),
  'an exception that quotes it': ({ key }) => {
    throw new Error(`connect ECONNREFUSED with authorization: ${key}`)
  },
  'an error as the first event of a stream': ({ key }) =>
    stream({ error: { message: `No: ${key}`, type: key } }),
  'an error in the middle of a stream': ({ key }) =>
    stream(delta('Hello'), { error: { message: `Overloaded: ${key}`, code: key } }),
  'a stream that is cut in the middle of the key': ({ key }) =>
    new Response(
      `data: ${JSON.stringify(delta('Hello'))}\n\ndata: {"error": {"message": "${key.slice(0, 12)}`,
      {
        headers: { 'content-type': 'text/event-stream' },
      },
    ),
}

const messages = [{ role: 'user', content: 'Hello' }]
const calls: [path: string, body: (model: string, isStream: boolean) => object][] = [
  ['/v1/chat/completions', (model, isStream) => ({ model, messages, stream: isStream })],
  ['/v1/responses', (model, isStream) => ({ model, input: 'Hello', stream: isStream })],
  ['/v1/messages', (model, isStream) => ({ model, messages, max_tokens: 9, stream: isStream })],
  ['/api/chat', (model, isStream) => ({ model, messages, stream: isStream })],
]
const providers = ['openai', 'anthropic', 'gemini', 'groq', 'shapeless']

it('no secret is said or stored in the clear, whatever fails', { timeout: 240_000 }, async () => {
  provider = () => json(completionBody, 200)
  const password = of('password')
  const person = { username: 'ada', password }

  // A hub is claimed, with every mistake that can be made.
  await send('POST', '/api/auth/register', { body: person })
  await send('POST', '/api/auth/register', { body: { ...person, setupToken: `${of('setup token')}x` } })
  await send('POST', '/api/auth/register', { text: `{"username": "ada", "password": ${password}` })
  const claimed = await receive('POST', '/api/auth/register', {
    body: { ...person, setupToken: of('setup token') },
  })
  await send('POST', '/api/auth/register', { body: { ...person, setupToken: of('setup token') } })
  for (const wrong of [of('wrong password'), { text: of('wrong password') }, '']) {
    await send('POST', '/api/auth/login', { body: { login: 'ada', password: wrong } })
    await send('POST', '/api/auth/login', { body: { login: 'nobody', password: wrong } })
  }
  const { token: session } = await receive('POST', '/api/auth/login', { body: { login: 'ada', password } })
  canaries.session = session
  canaries['first session'] = claimed.token

  // Keys are entered, some of them wrongly.
  const custom = {
    id: 'shapeless',
    name: 'Mine',
    baseUrl: 'https://93.184.215.14/v1',
    dialect: 'openai-chat',
    models: ['m'],
    headers: { 'x-gateway-key': of('header value') },
  }
  await send('POST', '/api/providers', { as: session, body: custom })
  const entered: [string, string][] = [
    ['openai', of('openai key')],
    ['anthropic', of('anthropic key')],
    ['gemini', of('gemini key')],
    ['shapeless', of('replaced key')],
  ]
  for (const [name, apiKey] of entered) {
    const added = await send('POST', '/api/keys', { as: session, body: { provider: name, apiKey } })
    expect(added.status, added.text).toBe(201)
    for (const body of [
      { provider: name, apiKey },
      { provider: name, apiKey: `${apiKey}\n${apiKey}` },
      { provider: name, apiKey: [apiKey] },
      { provider: name, apiKey, weight: apiKey },
      { provider: apiKey, apiKey },
    ].slice(0, 4)) {
      expect((await send('POST', '/api/keys', { as: session, body })).status).toBeGreaterThanOrEqual(400)
    }
    await send('POST', '/api/keys', { as: session, text: `{"provider": "${name}", "apiKey": ${apiKey}}` })
  }
  const all = JSON.parse((await send('GET', '/api/keys', { as: session })).text) as {
    data: { id: string; provider: string }[]
  }
  const { data } = all
  const mine = data.find((key) => key.provider === 'shapeless')?.id ?? ''
  await send('PATCH', `/api/keys/${mine}`, { as: session, body: { apiKey: of('shapeless key') } })

  // More are imported, and lines that are no keys.
  const lines = [
    of('imported key'),
    `${of('imported key')} twice`,
    of('imported key of no known shape'),
    `OPENAI_API_KEY="${of('openai key')}`,
    `provider,key\nnowhere,${of('imported key of no known shape')}`,
  ]
  for (const body of [
    { text: lines.join('\n') },
    { text: lines.join('\n'), format: 'csv' },
    { text: lines.join('\n'), format: 'env' },
    { text: [of('imported key')] },
    { text: of('imported key'), apply: of('imported key') },
    { text: lines.join('\n'), apply: true },
  ]) {
    await send('POST', '/api/keys/import', { as: session, body })
  }
  const imported = JSON.parse((await send('GET', '/api/keys', { as: session })).text) as typeof all
  expect(imported.data.length).toBe(data.length + 1)

  // A token, and what is no token.
  const { token } = await receive('POST', '/api/tokens', { as: session, body: { name: 'canary' } })
  canaries.token = token
  for (const as of [`${token}x`, `${session}x`, session.replace(/\.[^.]*$/, '.'), of('setup token')]) {
    await send('GET', '/v1/models', { as })
    await send('GET', '/api/keys', { as })
    await send('POST', `/v1beta/models/m:generateContent?key=${encodeURIComponent(as)}`, { body: {} })
  }
  const expired = await signSession(
    deployed,
    { userId: 'usr_x', sessionId: 'ses_x', generation: 1 },
    Date.now() - 60_000,
  )
  await send('GET', '/api/keys', { as: expired })

  // Every provider fails in every way, in every dialect.
  let turn = 0
  for (const fail of Object.values(failures)) {
    for (const name of providers) {
      for (const [path, body] of calls) {
        provider = fail
        // Another model each time: what rests after a failure would not be called again. Streamed
        // in every second cell.
        const isStream = (turn + Math.floor(turn / calls.length)) % 2 === 0
        const answer = await send('POST', path, { as: token, body: body(`${name}/m-${turn}`, isStream) })
        const id = data.find((key) => key.provider === name)?.id
        if (id && answer.text.includes('"blame":"key"'))
          await send('POST', `/api/keys/${id}/restore`, { as: session })
        turn++
      }
    }
  }

  // A key is tried, and fails in every way; a person lifts what that made of it.
  const tried = data.find((key) => key.provider === 'openai')?.id ?? ''
  for (const fail of [...Object.values(failures), () => json(completionBody, 200)]) {
    provider = fail
    await send('POST', `/api/keys/${tried}/test`, { as: session, body: {} })
    await send('POST', `/api/keys/${tried}/restore`, { as: session })
  }

  // A request is sent twice, and its answer kept; then another one under the same key, and keys
  // that are none.
  const message = { role: 'assistant', content: of('kept answer') }
  const answered = { ...completionBody, choices: [{ index: 0, message, finish_reason: 'stop' }] }
  provider = () => json(answered, 200)
  const once = { 'idempotency-key': of('idempotency key') }
  for (const again of [false, true]) {
    const request = { as: token, headers: once, body: { model: 'openai/m-once', messages } }
    const { choices } = await receive<typeof answered>('POST', '/v1/chat/completions', request)
    expect(choices[0]?.message.content, `again: ${again}`).toBe(of('kept answer'))
  }
  for (const headers of [once, { 'idempotency-key': of('idempotency key').padEnd(300, 'x') }]) {
    const request = { as: token, headers, body: { model: 'openai/m-other', messages } }
    expect((await send('POST', '/v1/chat/completions', request)).status).toBeGreaterThanOrEqual(400)
  }
  provider = failures['an error in the middle of a stream'] ?? provider
  await send('POST', '/v1/chat/completions', {
    as: token,
    headers: { 'idempotency-key': `${of('idempotency key')} of a stream` },
    body: { model: 'openai/m-stream', messages, stream: true },
  })

  // The database fails under what is about to be stored.
  const broken = { ...deployed, DB: failingOn(/^insert into/i) }
  await send('POST', '/api/keys', {
    as: session,
    body: { provider: 'mistral', apiKey: of('openai key') },
    bindings: broken,
  })
  await send('POST', '/api/auth/login', { body: { login: 'ada', password }, bindings: broken })
  await send('POST', '/api/tokens', { as: session, body: { name: 'lost' }, bindings: broken })
  const gone = { ...deployed, DB: failingOn(/./) }
  for (const as of [session, token]) await send('GET', '/v1/models', { as, bindings: gone })

  // The master key is rotated, and the hub asked for all that it knows.
  provider = () => json(completionBody, 200)
  await send('POST', '/api/vault/rotate', { as: session, body: {}, bindings: rotated })
  for (const path of [
    '/api/keys',
    '/api/tokens',
    '/api/providers',
    '/api/routes',
    '/api/logs?limit=200',
    '/api/audit?limit=200',
    '/api/audit/verify',
    '/api/auth/me',
    '/v1/models',
    '/health/ready',
  ]) {
    expect((await send('GET', path, { as: session })).status, path).toBe(200)
  }

  await noteDatabase()
  await noteObjects()

  // The session did all this; else there would be nothing to look through.
  expect(said.length).toBeGreaterThan(600)
  expect(said.some(({ where }) => where.startsWith('console.'))).toBe(true)
  for (const status of [200, 400, 401, 403, 409, 429, 502, 503]) {
    expect(
      said.some(({ where }) => where.endsWith(`→ ${status}`)),
      `an answer with ${status}`,
    ).toBe(true)
  }
  expect(said.some(({ text }) => text.includes('[redacted]'))).toBe(true)
  expect(findCanaries()).toEqual([])
})

/** D1 as it is, but for statements that match: those throw with their text, as a driver does. */
function failingOn(pattern: RegExp): D1Database {
  return new Proxy(env.DB, {
    get(target, name) {
      if (name !== 'withSession') return Reflect.get(target, name)
      return (constraint: string) => {
        const real = target.withSession(constraint)
        return {
          batch: (statements: D1PreparedStatement[]) => real.batch(statements),
          prepare: (text: string) => {
            if (pattern.test(text)) throw new Error(`D1_ERROR: no such table in ${text}`)
            return real.prepare(text)
          },
        }
      }
    },
  })
}

async function noteDatabase(): Promise<void> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  ).all<{ name: string }>()
  expect(results.length).toBeGreaterThan(10)
  for (const { name } of results) {
    const rows = await env.DB.prepare(`SELECT * FROM "${name}"`).all()
    note(`table ${name}`, JSON.stringify(rows.results))
  }
}

async function noteObjects(): Promise<void> {
  expect(await noteObjectsOf('KEY_POOL', env.KEY_POOL)).toBeGreaterThan(20)
  // A claim with its answer, and the epoch.
  expect(await noteObjectsOf('USER_OBJECT', env.USER_OBJECT)).toBeGreaterThan(2)
  expect(await noteObjectsOf('THROTTLE', env.THROTTLE)).toBeGreaterThan(1)
}

/**
 * Notes what every object of a namespace has stored, in rows and under keys.
 * @returns how much that is.
 */
async function noteObjectsOf<T extends Rpc.DurableObjectBranded>(
  kind: string,
  namespace: DurableObjectNamespace<T>,
): Promise<number> {
  let entries = 0
  for (const id of await listDurableObjectIds(namespace)) {
    const dump = await runInDurableObject(namespace.get(id), (_object, { storage: { sql, kv } }) => [
      ...sql
        .exec<{ name: string }>(
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
        )
        .toArray()
        .flatMap((table): unknown[] => sql.exec(`SELECT * FROM "${table.name}"`).toArray()),
      ...kv.list(),
    ])
    entries += dump.length
    note(`an object of ${kind}`, JSON.stringify(dump))
  }
  return entries
}

/**
 * Where a secret was found, as it is, as JSON or a URL would have it, or in an encoding; and large
 * parts of it.
 */
function findCanaries(): { secret: string; where: string; text: string }[] {
  return Object.entries(canaries).flatMap(([secret, canary]) => {
    const bytes = new TextEncoder().encode(canary)
    const base64 = btoa(String.fromCharCode(...bytes)).replace(/=+$/, '')
    const forms = [
      canary,
      encodeURIComponent(canary),
      JSON.stringify(canary).slice(1, -1),
      base64.slice(0, -2),
      [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
      // A quarter of it is too much.
      canary.slice(0, Math.max(16, canary.length / 4)),
    ]
    return said
      .filter(({ text }) => forms.some((form) => text.includes(form)))
      .map(({ where, text }) => ({ secret, where, text: text.slice(0, 300) }))
  })
}

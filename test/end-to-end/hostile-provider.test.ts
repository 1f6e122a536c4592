/**
 * A provider that does everything wrong at once: endless lines, answers and errors of a gigabyte,
 * absurd usage, resets in ten years, and the key in every escaping. It costs its owner's requests,
 * and nobody else's.
 */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addFake, type Hub, type LogEntry, type Person, readLog, settleIn, startHub } from './hub.ts'
import {
  chunks,
  completion,
  type FakeProvider,
  openStream,
  type Received,
  sendEvent,
  sendJson,
  startProvider,
  streamCompletion,
  usage,
} from './provider.ts'

let hub: Hub
let admin: Person
let bob: Person
let good: FakeProvider
let hostile: FakeProvider

/** Mixed case and digits, so that no escaping leaves it as it is. */
const hostileKey = 'Hostile+Key/Of=Mallory&9f3A<7c>21b5D'
const gigabyte = 1024 ** 3
const tenYears = String(10 * 366 * 86_400)

/** Bytes that an attack wrote before the hub hung up, by the name of the attack. */
const written = new Map<string, number>()

beforeAll(async () => {
  ;[hub, good, hostile] = await Promise.all([startHub(), startProvider(), startProvider()])
  admin = await settleIn(hub)
  await addFake(hub, admin.session, good)
  await hub.call('POST', '/api/keys', {
    as: admin.session,
    body: { provider: 'fake', apiKey: 'a-good-key-of-ada', name: 'good' },
  })
  await hub.call('POST', '/api/providers', {
    as: admin.session,
    body: {
      id: 'hostile',
      name: 'Hostile',
      baseUrl: hostile.baseUrl,
      dialect: 'openai-chat',
      models: attacks.map(([name]) => name),
      prices: Object.fromEntries(attacks.map(([name]) => [name, { input: 1, output: 1 }])),
    },
  })
  await hub.call('POST', '/api/keys', {
    as: admin.session,
    body: { provider: 'hostile', apiKey: hostileKey },
  })
  bob = await addBob()
  hostile.behave((response, received) => behaviourOf(received)(response, received))
  good.behave((response, received) =>
    received.body.stream
      ? streamCompletion(response, received, ['still', ' here'])
      : sendJson(response, 200, completion('still here')),
  )
})
afterAll(() => Promise.all([hub?.stop(), good?.stop(), hostile?.stop()]))

/** A plain user whose key at the good provider is the administrator's, shared by scope. */
async function addBob(): Promise<Person> {
  await hub.call('POST', '/api/users', {
    as: admin.session,
    body: { username: 'bob', password: 'correct horse battery' },
  })
  const { token: session } = await hub.call<{ token: string }>('POST', '/api/auth/login', {
    body: { login: 'bob', password: 'correct horse battery' },
  })
  await hub.call('POST', '/api/keys', { as: session, body: { provider: 'sandbox', apiKey: 'of-bob' } })
  const { token } = await hub.call<{ token: string }>('POST', '/api/tokens', {
    as: session,
    body: { name: 'bob' },
  })
  return { session, token }
}

/** Writes pieces until the hub hangs up or a gigabyte is out. */
async function pour(name: string, response: ServerResponse, piece: string): Promise<void> {
  let bytes = 0
  const closed = once(response, 'close')
  while (!response.destroyed && bytes < gigabyte) {
    bytes += piece.length
    written.set(name, bytes)
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), closed])
  }
  response.end()
}

const word = 'x'.repeat(64 * 1024)

const escapings: readonly ((key: string) => string)[] = [
  (key) => key,
  encodeURIComponent,
  (key) => encodeURIComponent(key).toLowerCase(),
  (key) => key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  (key) => Array.from(key, (letter) => `&#${letter.charCodeAt(0)};`).join(''),
  (key) => Array.from(key, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  (key) => key.replaceAll('/', '\\/'),
  (key) => key.toUpperCase(),
]

const claims: readonly object[] = [
  { prompt_tokens: -1e9, completion_tokens: -1e9, total_tokens: -2e9 },
  { prompt_tokens: 1e308, completion_tokens: 1e308, total_tokens: 1e308 },
  { prompt_tokens: 5, completion_tokens: 0.5, prompt_tokens_details: { cached_tokens: 1e12 } },
]

type Attack = (response: ServerResponse, received: Received) => void | Promise<void>

/** Each attack is a model of the hostile provider. */
const attacks: readonly (readonly [name: string, attack: Attack])[] = [
  [
    'endless-line',
    (response) => (openStream(response), response.write('data: '), pour('endless-line', response, word)),
  ],
  [
    'endless-comments',
    (response) => (openStream(response), pour('endless-comments', response, ': ping\n\n'.repeat(8_192))),
  ],
  [
    'huge-answer',
    (response) => (
      response.writeHead(200, { 'content-type': 'application/json' }),
      pour('huge-answer', response, word)
    ),
  ],
  [
    'huge-error',
    (response) => (
      response.writeHead(400, { 'content-type': 'application/json' }),
      pour('huge-error', response, word)
    ),
  ],
  ...claims.map((claim, index): readonly [string, Attack] => [
    `claim-${index}`,
    (response, received) => {
      if (!received.body.stream) return sendJson(response, 200, { ...completion('ok'), usage: claim })
      openStream(response)
      for (const chunk of chunks(['ok'])) sendEvent(response, chunk)
      sendEvent(response, { ...chunks([])[0], choices: [], usage: claim })
      sendEvent(response, '[DONE]')
      response.end()
    },
  ]),
  [
    'reset-in-ten-years',
    (response) =>
      sendJson(
        response,
        429,
        { error: { message: `Try again in ${tenYears}s.`, type: 'requests', code: 'rate_limit_exceeded' } },
        { 'retry-after': tenYears, 'x-ratelimit-reset-requests-day': tenYears },
      ),
  ],
  ...escapings.map((escape, index): readonly [string, Attack] => [
    `echo-${index}`,
    (response, received) =>
      sendJson(response, 400, {
        error: {
          message: `${'y'.repeat(470)} ${escape(received.key)} is wrong`,
          type: 'bad',
          code: escape(received.key),
        },
      }),
  ]),
  [
    'deep-answer',
    (response) => (
      response.writeHead(200, { 'content-type': 'application/json' }),
      void response.end('['.repeat(2_000_000))
    ),
  ],
]

function behaviourOf({ body }: Received): Attack {
  return attacks.find(([name]) => name === body.model)?.[1] ?? ((response) => void response.destroy())
}

function ask(model: string, token: string, stream = false): Promise<Response> {
  return fetch(`${hub.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Hello' }] }),
  })
}

/**
 * Whether any run of eight characters of the key is in a text, in any case, once every escaping is
 * undone.
 */
function showsKey(text: string): boolean {
  const plain = text
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/&(amp|lt|gt);/g, (_, name: 'amp' | 'lt' | 'gt') => ({ amp: '&', lt: '<', gt: '>' })[name])
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll('\\/', '/')
    .toLowerCase()
  const key = hostileKey.toLowerCase()
  return Array.from({ length: key.length - 7 }, (_, at) => key.slice(at, at + 8)).some((run) =>
    plain.includes(run),
  )
}

describe('a provider that does everything wrong at once', () => {
  const said: string[] = []
  const requestIds: (string | null)[] = []
  const others: number[] = []

  it('leaves every call of other people and providers answered', async () => {
    const end = new AbortController()
    const bystander = async (model: string, token: string): Promise<void> => {
      for (let calls = 0; !end.signal.aborted || calls < 5; calls++) {
        const response = await ask(model, token, calls % 2 === 0)
        await response.text()
        others.push(response.status)
      }
    }
    const victims = Promise.all([bystander('fake/fake-1', admin.token), bystander('sandbox/echo', bob.token)])
    await Promise.all(
      attacks.flatMap(([name]) =>
        [false, true].map(async (stream) => {
          const response = await ask(`hostile/${name}`, admin.token, stream)
          requestIds.push(response.headers.get('x-hub-request-id'))
          const text = await response.text().catch(String)
          said.push(JSON.stringify([...response.headers]), text.slice(0, 1_000_000))
        }),
      ),
    )
    end.abort()
    await victims
    expect(others.length).toBeGreaterThanOrEqual(10)
    expect(new Set(others)).toEqual(new Set([200]))
  })

  it('is read no further than the bounds', () => {
    const megabyte = 1024 ** 2
    // A whole answer is read up to 32 MB. Sockets and both processes hold some more in between.
    for (const name of ['endless-line', 'endless-comments', 'huge-answer']) {
      expect.soft(written.get(name), name).toBeLessThan(64 * megabyte)
    }
    expect(written.get('huge-error')).toBeLessThan(16 * megabyte)
  })

  it('shows its key to no client and in no log', async () => {
    const logs = await Promise.all(
      requestIds.map(async (id) => JSON.stringify(await readLog(hub, admin.session, id))),
    )
    const lists = await hub.call('GET', '/api/logs?limit=100', { as: admin.session })
    for (const text of [...said, ...logs, JSON.stringify(lists)]) expect(showsKey(text), text).toBe(false)
  })

  it('makes no sum negative or infinite', async () => {
    interface Sums {
      requests: number
      inputTokens: number
      outputTokens: number
      cost: number | null
    }
    const { data } = await hub.call<{ data: Sums[] }>('GET', '/api/usage', { as: admin.session })
    const [sums] = data
    expect(sums?.requests).toBeGreaterThan(attacks.length)
    for (const sum of [sums?.inputTokens, sums?.outputTokens, sums?.cost]) {
      expect(Number.isFinite(sum)).toBe(true)
      expect(sum).toBeGreaterThanOrEqual(0)
      // Some fifty short requests, most of them to a provider at a dollar for a million tokens.
      expect(sum).toBeLessThan(10_000_000)
    }
    const entries = await Promise.all(requestIds.map((id) => readLog(hub, admin.session, id)))
    const counts = entries.flatMap(({ usage: counted }: LogEntry) =>
      counted
        ? [counted.inputTokens, counted.outputTokens, counted.cachedTokens, counted.reasoningTokens]
        : [],
    )
    expect(counts.length).toBeGreaterThan(0)
    for (const tokens of counts) expect(tokens >= 0 && tokens < 1e6, `${tokens} tokens`).toBe(true)
  })

  it('cools down no key but its own, and that no longer than a day', async () => {
    interface Key {
      provider: string
      state: { status: string; coolingUntil?: string | null }
    }
    const { data } = await hub.call<{ data: Key[] }>('GET', '/api/keys', { as: admin.session })
    expect(data.find(({ provider }) => provider === 'fake')?.state).toMatchObject({ status: 'active' })
    const own = data.find(({ provider }) => provider === 'hostile')?.state
    const until = Date.parse(JSON.stringify(own).match(/\d{4}-\d\d-\d\dT[\d:.]+Z/)?.[0] ?? '')
    if (own?.status === 'cooling') expect(until - Date.now()).toBeLessThanOrEqual(86_400_000)
  })

  it('still serves what it does well', async () => {
    hostile.behave((response) => sendJson(response, 200, { ...completion('tamed'), usage }))
    await hub.call('POST', '/api/providers', {
      as: admin.session,
      body: { id: 'tamed', name: 'Tamed', baseUrl: hostile.baseUrl, dialect: 'openai-chat', models: ['m'] },
    })
    await hub.call('POST', '/api/keys', {
      as: admin.session,
      body: { provider: 'tamed', apiKey: 'k-1234567' },
    })
    expect((await ask('tamed/m', admin.token)).status).toBe(200)
  })
})

/** Hubs for test files: the built Worker under workerd, on a free loopback port. */
import type { Shared, Started, Wanted } from './hubs.ts'

/** The environment variable with the address of the service that starts hubs. */
export const hubsVariable = 'HUB_TESTS_SERVICE'
/** The environment variable with the folder of the build that hubs run. */
export const buildVariable = 'HUB_TESTS_BUILD'

/** The password of every account that tests make. */
export const password = 'correct horse battery'

export interface Hub {
  url: string
  /**
   * Calls the hub; a body is sent as JSON. Throws on a status that is not expected (2xx by
   * default).
   */
  call<T = unknown>(method: string, path: string, options?: CallOptions): Promise<T>
  stop(): Promise<void>
}

interface CallOptions {
  body?: unknown
  as?: string
  expect?: number
}

/**
 * Starts a hub with empty state.
 * @param variables over those of a local run.
 * @param kept a folder with the state of an earlier one, which outlives this one too.
 */
export async function startHub(variables: Record<string, string> = {}, kept?: string): Promise<Hub> {
  const { number, origin } = await askService<Started>('POST', '/', { variables, kept })
  return {
    url: origin,
    call: callerOf(origin),
    async stop() {
      await askService('DELETE', `/${number}`)
    },
  }
}

/**
 * Joins the hub that files share, as a new person. Providers, keys, routes and the log belong to
 * that person alone, so files do not see each other. The person is an administrator, because only
 * administrators may name a provider on loopback. A file that looks at the hub as a whole starts
 * its own.
 */
export async function joinHub(): Promise<{ hub: Hub } & Person> {
  const { origin, session: admin } = await askService<Shared>('GET', '/shared')
  const hub: Hub = { url: origin, call: callerOf(origin), stop: async () => {} }
  const username = `person-${crypto.randomUUID().slice(0, 8)}`
  await hub.call('POST', '/api/users', { as: admin, body: { username, password, role: 'admin' } })
  const body = { login: username, password }
  const { token: session } = await hub.call<{ token: string }>('POST', '/api/auth/login', { body })
  return { hub, session, token: await makeToken(hub, session) }
}

function callerOf(origin: string): Hub['call'] {
  return async function call<T>(
    method: string,
    where: string,
    { body, as, expect }: CallOptions = {},
  ): Promise<T> {
    const response = await fetch(`${origin}${where}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(as !== undefined && { authorization: `Bearer ${as}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (expect === undefined ? !response.ok : response.status !== expect) {
      throw new Error(`${method} ${where} answered ${response.status}: ${text}`)
    }
    // The caller says what it expects; a test that is wrong about it fails in its assertions.
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
}

/** Asks the service that starts hubs. @throws where a hub does not start. */
async function askService<T>(method: string, path: string, wanted?: Wanted): Promise<T> {
  const response = await fetch(`${process.env[hubsVariable]}${path}`, {
    method,
    ...(wanted && { body: JSON.stringify(wanted) }),
  })
  if (!response.ok) throw new Error(`The hub did not start: ${await response.text()}`)
  return response.json<T>()
}

export interface Person {
  session: string
  token: string
}

/** Registers the first person and makes them a token. */
export async function settleIn(hub: Hub): Promise<Person> {
  const { token: session } = await hub.call<{ token: string }>('POST', '/api/auth/register', {
    body: { username: 'ada', password },
  })
  return { session, token: await makeToken(hub, session) }
}

async function makeToken(hub: Hub, as: string): Promise<string> {
  return (await hub.call<{ token: string }>('POST', '/api/tokens', { as, body: { name: 'test' } })).token
}

/** Adds the provider of a test as `fake`, with the model `fake-1`. @param as a session. */
export async function addFake(hub: Hub, as: string, { baseUrl }: { baseUrl: string }): Promise<void> {
  await hub.call('POST', '/api/providers', {
    as,
    body: { id: 'fake', name: 'Fake', baseUrl, dialect: 'openai-chat', models: ['fake-1'] },
  })
}

/** A row of the log. */
export interface LogEntry {
  id: string
  status: number
  code: string | null
  attempts: number
  provider: string | null
  usage: {
    inputTokens: number
    outputTokens: number
    cachedTokens: number
    reasoningTokens: number
    estimated: boolean
  } | null
  trail: {
    provider: string
    keyId: string
    status: number | null
    verdict: string
    blame: string | null
    retryAt: string | null
  }[]
}

/** Returns the log entry of a request as soon as it is there. @throws where it never comes. */
export async function readLog(hub: Hub, session: string, requestId: string | null): Promise<LogEntry> {
  const deadlineAt = Date.now() + 30_000
  for (;;) {
    const response = await fetch(`${hub.url}/api/logs/${requestId}`, {
      headers: { authorization: `Bearer ${session}` },
    })
    if (response.ok) return await response.json<LogEntry>()
    if (Date.now() > deadlineAt) throw new Error(`The request ${requestId} did not reach the log.`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

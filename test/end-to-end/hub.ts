/** A hub of its own for a test file: the built Worker under workerd, on a free loopback port, with empty state. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { migrateLocal, serve } from '../../.scripts/local.mjs'

export interface Hub {
  url: string
  /** Calls the hub; a body is sent as JSON. Throws on a status that is not expected (2xx by default). */
  call<T = unknown>(method: string, path: string, options?: CallOptions): Promise<T>
  stop(): Promise<void>
}

interface CallOptions {
  body?: unknown
  as?: string
  expect?: number
}

/**
 * Starts a hub.
 * @param variables over those of a local run.
 * @param kept a folder with the state of an earlier one, which outlives this one too.
 */
export async function startHub(variables: Record<string, string> = {}, kept?: string): Promise<Hub> {
  const state = kept ?? mkdtempSync(path.join(tmpdir(), 'hub-test-'))
  if (readdirSync(state).length === 0) migrateLocal(state)
  const { url, stop } = await serve({
    port: 0,
    state,
    variables: {
      MASTER_KEY: randomBytes(32).toString('base64'),
      JWT_SECRET: randomBytes(32).toString('base64'),
      HUB_LOCAL: '1',
      ALLOW_PRIVATE_UPSTREAMS: 'true',
      ...variables,
    },
  })
  const origin = url.origin
  return {
    url: origin,
    async call<T>(method: string, where: string, { body, as, expect }: CallOptions = {}) {
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
    },
    async stop() {
      await stop()
      if (kept === undefined) rmSync(state, { recursive: true, force: true })
    },
  }
}

export interface Person {
  session: string
  token: string
}

/** Registers the first person and makes them a token. */
export async function settleIn(hub: Hub): Promise<Person> {
  const { token: session } = await hub.call<{ token: string }>('POST', '/api/auth/register', {
    body: { username: 'ada', password: 'correct horse battery' },
  })
  const { token } = await hub.call<{ token: string }>('POST', '/api/tokens', {
    as: session,
    body: { name: 'test' },
  })
  return { session, token }
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

/** The log entry of a request, as soon as it is there; it must come within five seconds. */
export async function readLog(hub: Hub, session: string, requestId: string | null): Promise<LogEntry> {
  const deadlineAt = Date.now() + 5_000
  for (;;) {
    const response = await fetch(`${hub.url}/api/logs/${requestId}`, {
      headers: { authorization: `Bearer ${session}` },
    })
    if (response.ok) return await response.json<LogEntry>()
    if (Date.now() > deadlineAt)
      throw new Error(`The request ${requestId} did not reach the log in five seconds.`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

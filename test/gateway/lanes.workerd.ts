/** Routes over providers that answer from memory: what a test says each of them does. */
import { beforeAll, beforeEach, vi } from 'vitest'
import { call, send, sentText, settleIn, type Settled } from '../hub.workerd.ts'

/** A call as a provider receives it. */
export interface Sent {
  model: string
  key: string
  url: string
  signal: AbortSignal | null
}

export interface Asked {
  status: number
  attempts: number
  headers: Headers
  trail: { model: string; verdict: string }[]
  body: string
}

/** One test file's person, and two providers that no test before has taught anything. */
export interface Lane {
  ada: Settled
  first: string
  second: string
  /** What a provider answers. */
  answer: (sent: Sent) => Response | Promise<Response>
  /** Every call so far. */
  calls: Sent[]
  /** Adds a key to a provider, and returns its id. */
  addKey: (provider: string, more?: object) => Promise<string>
  /** Asks a route of these candidates, each `provider/model` or a provider alone. */
  ask: (candidates: string[], more?: object, headers?: Record<string, string>) => Promise<Asked>
}

/** Sets a lane up for each test of the file. */
export function useLane(): Lane {
  let turn = 0
  const lane: Lane = {
    ada: { session: '', token: '', userId: '' },
    first: '',
    second: '',
    answer: () => new Response(null, { status: 500 }),
    calls: [],
    addKey: async (provider, more = {}) => {
      const apiKey = `secret-${turn}-${Math.random()}`
      const key = { provider, apiKey, ...more }
      return (await call<{ id: string }>('POST', '/api/keys', key, lane.ada.session)).id
    },
    ask: async (names, more = {}, headers = {}) => {
      const name = `lane-${turn}`
      await call('PUT', `/api/routes/${name}`, { candidates: names.map(candidateOf) }, lane.ada.session)
      const body = { model: name, messages: [{ role: 'user', content: 'Hello' }], ...more }
      const response = await send('POST', '/v1/chat/completions', { body, as: lane.ada.token, headers })
      const text = await response.text()
      const { hub } = JSON.parse(text) as { hub?: Pick<Asked, 'trail'> }
      return {
        status: response.status,
        attempts: Number(response.headers.get('x-hub-attempts')),
        headers: response.headers,
        trail: hub?.trail ?? [],
        body: text,
      }
    },
  }
  beforeAll(async () => {
    lane.ada = await settleIn({ provider: 'sandbox', apiKey: 'x' })
  })
  beforeEach(async () => {
    turn++
    lane.first = `first-${turn}`
    lane.second = `second-${turn}`
    lane.calls = []
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const sent = readCall(input, init)
      lane.calls.push(sent)
      return lane.answer(sent)
    })
    for (const id of [lane.first, lane.second]) {
      const row = {
        id,
        name: id,
        baseUrl: `http://127.0.0.1:9/${id}`,
        dialect: 'openai-chat',
        models: ['m1'],
      }
      await call('POST', '/api/providers', row, lane.ada.session)
    }
  })
  return lane
}

/** A route's candidate, written `provider/model`. */
export function candidateOf(name: string): { provider: string; model?: string } {
  const slash = name.indexOf('/')
  return slash < 0 ? { provider: name } : { provider: name.slice(0, slash), model: name.slice(slash + 1) }
}

/** An error as OpenAI's servers write it. */
export function failWith(status: number, error: object, headers: Record<string, string> = {}): Response {
  return Response.json({ error }, { status, headers })
}

/** The call that the hub made. */
export function readCall(input: RequestInfo | URL, init: RequestInit | undefined): Sent {
  const { url } = new Request(input)
  const headers = new Headers(init?.headers)
  const key =
    headers.get('authorization')?.replace('Bearer ', '') ??
    headers.get('x-api-key') ??
    headers.get('x-goog-api-key') ??
    ''
  const { model = /models\/([^:]+):/.exec(url)?.[1] ?? '' } = JSON.parse(sentText(init)) as { model?: string }
  return { model, key, url, signal: init?.signal ?? null }
}

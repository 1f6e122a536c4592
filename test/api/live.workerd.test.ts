/**
 * The live view: what changes arrives without being asked for, to whom it belongs, for as long as
 * they may look.
 */
import { env, exports } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { SseDecoder } from '../../src/http/sse.ts'
import { call, type Settled, settleIn } from '../hub.workerd.ts'

let ada: Settled
let bob: Settled
let adasKey: string
const open: Live[] = []

beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'adas own secret 1234' })
  bob = await settleIn({ provider: 'sandbox', apiKey: 'bobs own secret 5678' }, 'bob')
  adasKey = (await keysOf(ada))[0]?.id ?? ''
})
afterEach(async () => {
  for (const live of open.splice(0)) await live.leave()
})

async function keysOf(person: Settled): Promise<{ id: string }[]> {
  return (await call<{ data: { id: string }[] }>('GET', '/api/keys', undefined, person.session)).data
}

interface Live {
  response: Response
  /** Reads on until an event of this name is accepted; undefined where the stream ends before. */
  until(event: string, accept?: (data: string) => boolean): Promise<string | undefined>
  /** Everything that was sent so far. */
  text(): string
  leave(): Promise<void>
}

async function look(session: string, headers: Record<string, string> = {}, query = ''): Promise<Live> {
  const controller = new AbortController()
  const response = await exports.default.fetch(
    new Request(`http://localhost/api/live${query}`, {
      headers: { authorization: `Bearer ${session}`, ...headers },
      signal: controller.signal,
    }),
  )
  const reader = response.body?.getReader()
  const decoder = new SseDecoder()
  const waiting: { event?: string | undefined; data?: string | undefined }[] = []
  let sent = ''
  let ended = false
  let arrived = Promise.withResolvers<void>()
  // Read as a browser does, whether or not somebody looks at what came.
  const reading = (async () => {
    while (!ended) {
      const { done, value } = (await reader?.read()) ?? { done: true }
      if (value) {
        sent += new TextDecoder().decode(value)
        waiting.push(...decoder.push(value))
      }
      ended = done
      arrived.resolve()
      arrived = Promise.withResolvers()
    }
  })()
  const live: Live = {
    response,
    text: () => sent,
    async leave() {
      controller.abort()
      await reader?.cancel()
      await reading.catch(() => {})
    },
    async until(event, accept = () => true) {
      for (;;) {
        const next = waiting.shift()
        if (next?.event === event && next.data !== undefined && accept(next.data)) return next.data
        if (next) continue
        if (ended) return undefined
        await arrived.promise
      }
    },
  }
  open.push(live)
  return live
}

describe('the live view', () => {
  it('says that it begins, and tells the states of one’s own keys and pools as they change, and nobody else’s', async () => {
    const live = await look(ada.session)
    expect(live.response.headers.get('content-type')).toContain('text/event-stream')
    expect(await live.until('begun')).toBe('{}')
    expect(live.text()).not.toContain(adasKey)
    const [bobsKey] = await keysOf(bob)
    for (const enabled of [false, true]) {
      await call('PATCH', `/api/keys/${bobsKey?.id}`, { enabled }, bob.session)
      await call('PATCH', `/api/keys/${adasKey}`, { enabled }, ada.session)
      const status = enabled ? 'active' : 'disabled'
      const keys = JSON.parse((await live.until('keys', (data) => data.includes(status))) ?? '') as {
        changed: Record<string, { status: string }>
      }
      expect(Object.keys(keys.changed)).toEqual([adasKey])
    }
    const pools = JSON.parse((await live.until('pools')) ?? '') as { changed: object }
    expect(Object.keys(pools.changed)).toEqual(['user/sandbox'])
    expect(live.text()).not.toContain(bobsKey?.id)
    expect(live.text()).not.toContain('secret')
    expect(live.text()).not.toContain('ciphertext')
  })

  it('tells that a key was disabled, enabled and removed, without being asked', async () => {
    const live = await look(ada.session)
    await live.until('begun')
    await call('PATCH', `/api/keys/${adasKey}`, { enabled: false }, ada.session)
    expect(await live.until('keys', (data) => data.includes('"status":"disabled"'))).toContain(adasKey)
    await call('PATCH', `/api/keys/${adasKey}`, { enabled: true }, ada.session)
    expect(await live.until('keys', (data) => data.includes('"status":"active"'))).toContain(adasKey)
    const { id } = await call<{ id: string }>(
      'POST',
      '/api/keys',
      { provider: 'groq', apiKey: 'gsk_0123456789012345678901234567890123456789012345678901' },
      ada.session,
    )
    expect(await live.until('pools', (data) => data.includes('user/groq'))).toContain('"active":1')
    await call('DELETE', `/api/keys/${id}`, undefined, ada.session)
    expect(await live.until('keys', (data) => data.includes(`"gone":["${id}"]`))).toBeDefined()
    expect(await live.until('pools', (data) => data.includes('"gone":["user/groq"]'))).toBeDefined()
  })

  it('tells of a request when it is in the log, to its owner alone', async () => {
    const [mine, other] = [await look(ada.session), await look(bob.session)]
    await mine.until('begun')
    await other.until('begun')
    const { id } = await call<{ id: string }>(
      'POST',
      '/api/chat',
      { model: 'sandbox/echo', messages: [{ role: 'user', content: 'Live, please' }] },
      ada.token,
    )
    expect(id).not.toBe('')
    const rows = JSON.parse((await mine.until('log')) ?? '[]') as { asked: string; status: number }[]
    expect(rows).toMatchObject([{ asked: 'sandbox/echo', status: 200 }])
    await call('PATCH', `/api/keys/${(await keysOf(bob))[0]?.id}`, { enabled: false }, bob.session)
    await other.until('keys')
    expect(other.text()).not.toContain('event: log')
    await call('PATCH', `/api/keys/${(await keysOf(bob))[0]?.id}`, { enabled: true }, bob.session)
  })

  it('tells an admin of everyone’s requests, and calls them by their names', async () => {
    const refused = await look(bob.session, {}, '?owner=all')
    expect(refused.response.status).toBe(403)
    const live = await look(ada.session, {}, '?owner=all')
    await live.until('begun')
    await call(
      'POST',
      '/api/chat',
      { model: 'sandbox/echo', messages: [{ role: 'user', content: 'Hear me' }] },
      bob.token,
    )
    const rows = JSON.parse((await live.until('log')) ?? '[]')
    expect(rows).toMatchObject([{ owner: bob.userId, names: { [bob.userId]: 'bob' } }])
  })

  it('tells an admin nothing more of others who is none any more', async () => {
    const live = await look(ada.session, {}, '?owner=all')
    await live.until('begun')
    await env.DB.prepare("UPDATE users SET role = 'user', epoch = epoch + 1 WHERE id = ?")
      .bind(ada.userId)
      .run()
    expect(await live.until('ended')).toBe('{}')
    await env.DB.prepare("UPDATE users SET role = 'admin', epoch = epoch + 1 WHERE id = ?")
      .bind(ada.userId)
      .run()
  })

  it('goes on after the request that an earlier stream told last', async () => {
    const [newest] = (await call<{ data: { id: string }[] }>('GET', '/api/logs', undefined, ada.session)).data
    const before = newest?.id.slice(0, -1) ?? ''
    const live = await look(ada.session, { 'last-event-id': before })
    expect(JSON.parse((await live.until('log')) ?? '[]')).toMatchObject([{ id: newest?.id }])
  })

  it('ends when the session is closed meanwhile', async () => {
    const { token: session } = await call<{ token: string }>('POST', '/api/auth/login', {
      login: 'ada',
      password: 'correct horse battery',
    })
    const live = await look(session)
    await live.until('begun')
    await call('POST', '/api/auth/logout', undefined, session)
    expect(await live.until('never')).toBeUndefined()
  })

  it('ends when the person is disabled meanwhile', async () => {
    const live = await look(bob.session)
    await live.until('begun')
    await env.DB.prepare('UPDATE users SET disabled_at = 1, epoch = epoch + 1 WHERE id = ?')
      .bind(bob.userId)
      .run()
    expect(await live.until('never')).toBeUndefined()
  })
})

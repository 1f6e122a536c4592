/**
 * What was said in a request: kept only for who wants it, shown to nobody else, and forgotten when
 * it is time.
 */
import {
  createExecutionContext,
  runDurableObjectAlarm,
  runInDurableObject,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { changeUser } from '../../src/db/users.ts'
import { noCaps } from '../../src/db/settings.ts'
import { Transcript } from '../../src/transcripts/transcript.ts'
import { timeOrderedId } from '../../src/ids.ts'
import { app } from '../../src/index.ts'
import { userStub } from '../../src/user/stub.ts'
import { transcriptMs } from '../../src/user/transcripts.ts'
import { call, completionBody, refusal, send, settleIn, type Settled } from '../hub.workerd.ts'

// Each test is a life of a hub, and machines may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let turn = 0
let ada: Settled
let behave: () => Response

beforeEach(async () => {
  turn++
  behave = () => Response.json(completionBody)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => behave())
  ada = await settleIn({ provider: 'mistral', apiKey: `sk-said-${turn}-0123456789` }, `ada${turn}`)
})
afterEach(() => vi.restoreAllMocks())

interface Side {
  text: string
  leftOut: number
  spoken: { role: string; type: string; text: string; name: string | null }[] | null
}
interface Kept {
  dialect: string
  request: Side
  answer: Side
  keptUntil: string
}

const keep = (keepTranscripts: boolean) =>
  call<{ keepTranscripts: boolean }>('PATCH', '/api/auth/me', { keepTranscripts }, ada.session)

/** Sends a request as a client of a dialect, until all of it is over. */
async function ask(
  path = '/v1/chat/completions',
  body: object = { model: 'mistral/m', messages: [{ role: 'user', content: 'Is it raining?' }] },
  headers: Record<string, string> = {},
): Promise<{ id: string; sent: string; got: string; status: number }> {
  const context = createExecutionContext()
  const sent = JSON.stringify(body)
  const request = new Request(`http://localhost${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.token}`, ...headers },
    body: sent,
  })
  const response = await app.fetch(request, env, context)
  const got = await response.text()
  await waitOnExecutionContext(context)
  return { id: response.headers.get('x-hub-request-id') ?? '', sent, got, status: response.status }
}

/** The first person of the hub is its administrator. */
const logInAsAdmin = () =>
  call<{ token: string }>('POST', '/api/auth/login', { login: 'ada1', password: 'correct horse battery' })

async function transcriptOf(id: string): Promise<Kept | null> {
  const answer = await call<{ transcript: Kept | null }>(
    'GET',
    `/api/logs/${id}/transcript`,
    undefined,
    ada.session,
  )
  return answer.transcript
}

async function requireTranscript(id: string): Promise<Kept> {
  const kept = await transcriptOf(id)
  if (!kept) throw new Error('Nothing is kept.')
  return kept
}

/** Has the log written, which may take its time. */
const journal = () => runDurableObjectAlarm(env.KEY_POOL.getByName(`${ada.userId}/mistral`))

/** That of a request whose isolate takes it for wanted. */
function transcript(bindings = env): Transcript {
  const sent = {
    env: bindings,
    requestId: timeOrderedId('req', Date.now()),
    request: { origin: { dialect: 'openai-chat' as const, body: {} } },
    sent: { text: '{}', leftOut: 0 },
  }
  return new Transcript(sent, () => ({
    id: ada.userId,
    name: 'ada',
    role: 'user',
    keepTranscripts: true,
    ...noCaps,
    maxShare: null,
  }))
}

const object = () => userStub(env, ada.userId)

/** Everything that the person's object has stored of requests, as it is stored. */
function stored(): Promise<{ request: string; part: number; text: string }[]> {
  return runInDurableObject(object(), (_instance, { storage: { sql } }) =>
    sql
      .exec<{ request: string; part: number; text: string }>(
        'SELECT * FROM transcripts ORDER BY request, part',
      )
      .toArray(),
  )
}

function streamOf(...chunks: object[]): Response {
  const events = [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]']
  return new Response(events.map((data) => `data: ${data}\n\n`).join(''), {
    headers: { 'content-type': 'text/event-stream' },
  })
}

const chunk = (delta: object, finish: string | null = null) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
})

const rain = () => streamOf(chunk({ content: 'It ' }), chunk({ content: 'pours.' }), chunk({}, 'stop'))

describe('a person who has not asked for it', () => {
  it('finds nothing kept, and nothing is stored', async () => {
    const { id } = await ask()
    await journal()
    expect(await call('GET', '/api/auth/me', undefined, ada.session)).toMatchObject({
      keepTranscripts: false,
    })
    expect(await transcriptOf(id)).toBeNull()
    expect(await stored()).toEqual([])
  })
})

describe('a person who keeps what is said', () => {
  it('finds it from the first request on, wherever they were known before', async () => {
    await ask()
    await keep(true)
    const { id } = await ask()
    expect(await transcriptOf(id)).not.toBeNull()
  })
})

describe('what a person keeps', () => {
  beforeEach(() => keep(true))

  it('finds what they sent and got, to the letter, for a week', async () => {
    const { id, sent, got } = await ask()
    const kept = await requireTranscript(id)
    expect(kept).toEqual({
      dialect: 'openai-chat',
      request: {
        text: sent,
        leftOut: 0,
        spoken: [{ role: 'user', type: 'text', text: 'Is it raining?', name: null }],
      },
      answer: {
        text: got,
        leftOut: 0,
        spoken: [{ role: 'assistant', type: 'text', text: 'Hello.', name: null }],
      },
      keptUntil: expect.any(String),
    })
    const left = Date.parse(kept.keptUntil) - Date.now()
    expect(left).toBeGreaterThan(transcriptMs - 60_000)
    expect(left).toBeLessThanOrEqual(transcriptMs)
  })

  it.each<[string, string, object]>([
    ['openai-chat', '/v1/chat/completions', { messages: [{ role: 'user', content: 'Hi' }], stream: true }],
    [
      'anthropic',
      '/v1/messages',
      { messages: [{ role: 'user', content: 'Hi' }], stream: true, max_tokens: 9 },
    ],
    ['openai-responses', '/v1/responses', { input: 'Hi', stream: true }],
    [
      'gemini',
      '/v1beta/models/mistral%2Fm:streamGenerateContent?alt=sse',
      { contents: [{ parts: [{ text: 'Hi' }] }] },
    ],
    [
      'gemini',
      '/v1beta/models/mistral%2Fm:streamGenerateContent',
      { contents: [{ parts: [{ text: 'Hi' }] }] },
    ],
  ])('reads a stream in the dialect %s as it came, and what it says (%s)', async (dialect, path, body) => {
    behave = rain
    const named = dialect === 'gemini' ? body : { ...body, model: 'mistral/m' }
    const { id, sent, got } = await ask(path, named)
    const kept = await requireTranscript(id)
    expect([kept.request.text, kept.answer.text]).toEqual([sent, got])
    expect(kept).toMatchObject({
      dialect,
      request: { spoken: [{ role: 'user', type: 'text', text: 'Hi' }] },
      answer: { spoken: [{ role: 'assistant', type: 'text', text: 'It pours.' }] },
    })
  })

  it('reads whatever the canonical form has a name for', async () => {
    behave = () =>
      streamOf(
        chunk({ reasoning_content: 'Clouds.' }),
        chunk({
          tool_calls: [{ index: 0, id: 'call_1', function: { name: 'look', arguments: '{"at":"sky"}' } }],
        }),
        chunk({}, 'tool_calls'),
      )
    const { id } = await ask('/v1/chat/completions', {
      model: 'mistral/m',
      stream: true,
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And here?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_0', type: 'function', function: { name: 'look', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'call_0', content: 'dark' },
      ],
    })
    const { request, answer } = await requireTranscript(id)
    expect(request.spoken).toEqual([
      { role: 'system', type: 'text', text: 'Be brief.', name: null },
      { role: 'user', type: 'text', text: 'And here?', name: null },
      { role: 'user', type: 'file', text: 'image/png', name: 'image' },
      { role: 'assistant', type: 'tool-call', text: '{}', name: 'look' },
      { role: 'tool', type: 'tool-result', text: 'dark', name: 'call_0' },
    ])
    expect(answer.spoken).toEqual([
      { role: 'assistant', type: 'reasoning', text: 'Clouds.', name: null },
      { role: 'assistant', type: 'tool-call', text: '{"at":"sky"}', name: 'look' },
    ])
  })

  it('finds the error, where nobody could serve', async () => {
    const refused = await ask('/v1/chat/completions', {
      model: 'nobody/m',
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect(refused.status).toBe(404)
    expect(await requireTranscript(refused.id)).toMatchObject({
      request: { text: refused.sent },
      answer: { text: refused.got, spoken: null },
    })
    behave = () =>
      Response.json({ error: { message: 'Too hot.', type: 'invalid_request_error' } }, { status: 400 })
    const streamed = await ask('/v1/chat/completions', {
      model: 'mistral/m',
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
      temperature: 9,
    })
    expect(streamed.got).toContain('Too hot.')
    expect((await requireTranscript(streamed.id)).answer.text).toBe(streamed.got)
  })

  it('finds a stream that broke, with what ended it', async () => {
    behave = () =>
      new Response(`data: ${JSON.stringify(chunk({ content: 'It ' }))}\n\n`, {
        headers: { 'content-type': 'text/event-stream' },
      })
    const { id, got } = await ask('/v1/chat/completions', {
      model: 'mistral/m',
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect(got).toContain('PROVIDER_ERROR')
    expect((await requireTranscript(id)).answer).toEqual({
      text: got,
      leftOut: 0,
      spoken: [{ role: 'assistant', type: 'text', text: 'It ', name: null }],
    })
  })

  it('finds it once, under the request that made it, where an answer was given again', async () => {
    const by = { 'idempotency-key': `said-${turn}` }
    const first = await ask(undefined, undefined, by)
    const again = await ask(undefined, undefined, by)
    expect([again.id, again.got]).toEqual([first.id, first.got])
    expect((await requireTranscript(first.id)).answer.text).toBe(first.got)
    expect(await stored()).toHaveLength(1)
  })

  it('finds the beginning of what is too long, and how much is missing', async () => {
    const content = 'long '.repeat(300_000)
    const { id, sent, got } = await ask(undefined, {
      model: 'mistral/m',
      messages: [{ role: 'user', content }],
    })
    const { request, answer } = await requireTranscript(id)
    expect(request.text.length + request.leftOut).toBe(sent.length)
    expect(request.text).toBe(sent.slice(0, 1_000_000))
    expect(request.spoken).toBeNull()
    expect(answer.text).toBe(got)
  })

  it('has it sealed: what is stored says nothing, and opens in no other place', async () => {
    const { id } = await ask()
    const [row] = await stored()
    expect(row).toMatchObject({ request: id, part: 0 })
    expect(row?.text).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+$/)
    const other = timeOrderedId('req', Date.now())
    await object().keepTranscript(other, row?.text ?? '')
    expect(await refusal('GET', `/api/logs/${other}/transcript`, undefined, ada.session)).toMatchObject({
      status: 500,
      code: 'INTERNAL_ERROR',
    })
    const { results } = await env.DB.prepare(
      "SELECT detail FROM audit WHERE subject = ? AND action = 'secret.refused'",
    )
      .bind(other)
      .all<{ detail: string }>()
    expect(results).toEqual([{ detail: JSON.stringify({ what: 'transcript', owner: ada.userId }) }])
  })

  it('loses all of it when they turn it off, and what is under way then is not kept', async () => {
    const before = await ask()
    const late = transcript()
    expect(await keep(false)).toMatchObject({ keepTranscripts: false })
    await late.keep()
    expect(await stored()).toEqual([])
    await journal()
    expect(await transcriptOf(before.id)).toBeNull()
    const after = await ask()
    await journal()
    expect(await transcriptOf(after.id)).toBeNull()
  })

  it('loses what was about to be kept while they turned it off', async () => {
    const id = timeOrderedId('req', Date.now())
    await runInDurableObject(object(), async (instance) => {
      const keeping = instance.keepTranscript(id, 'sealed')
      // The database still says yes: the question is on its way.
      await instance.forgetTranscripts()
      await keeping
    })
    expect(await stored()).toEqual([])
  })

  it('is not failed by a store that is down', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue()
    const broken = { ...env, USER_OBJECT: undefined } as unknown as typeof env
    await transcript(broken).keep()
    expect(warned).toHaveBeenCalledOnce()
  })

  it('takes it along when they are removed', async () => {
    const admin = await logInAsAdmin()
    const gone = ada
    await ask()
    await settleIn({ provider: 'mistral', apiKey: 'sk-said-other-0123456789' }, `other${turn}`)
    await call('DELETE', `/api/users/${gone.userId}`, undefined, admin.token)
    expect(await stored()).toEqual([])
    await object().keepTranscript(timeOrderedId('req', Date.now()), 'sealed')
    expect(await stored()).toEqual([])
  })

  it('loses it to nobody: an administrator who gives them a password finds nothing', async () => {
    const { id } = await ask()
    await journal()
    const admin = await logInAsAdmin()
    const path = `/api/users/${ada.userId}`
    await call('PATCH', path, { role: 'admin' }, admin.token)
    expect(await transcriptOf(id)).not.toBeNull()
    await call('PATCH', path, { password: 'another horse battery' }, admin.token)
    expect(await stored()).toEqual([])
  })

  it('shows it to nobody else, not to an administrator either', async () => {
    const { id } = await ask()
    await journal()
    const admin = await logInAsAdmin()
    expect(await call('GET', `/api/logs/${id}?owner=all`, undefined, admin.token)).toMatchObject({ id })
    const path = `/api/logs/${id}/transcript`
    expect((await send('GET', path, { as: admin.token })).status).toBe(404)
    expect((await send('GET', `${path}?owner=all`, { as: admin.token })).status).toBe(400)
    expect((await send('GET', path, { as: ada.token })).status).toBe(403)
    const change = { keepTranscripts: true }
    expect(await refusal('PATCH', `/api/users/${ada.userId}`, change, admin.token)).toMatchObject({
      status: 400,
    })
  })
})

describe('the object of a person who keeps what is said', () => {
  /** Far in the future, so that no alarm goes off by itself while a test runs. */
  const start = Date.UTC(2100, 0, 1)
  let now = start

  beforeEach(async () => {
    now = start
    await changeUser(
      env.DB,
      ada.userId,
      { keepTranscripts: true },
      { actor: ada.userId, action: 'user.changed', subject: ada.userId },
    )
    await runInDurableObject(object(), (instance) => {
      instance.clock = () => now
    })
  })

  it('has the newest two hundred', async () => {
    const ids = Array.from({ length: 203 }, (_, index) => timeOrderedId('req', start + index))
    for (const id of ids) await object().keepTranscript(id, `sealed ${id}`)
    const kept = await stored()
    expect(kept.map(({ request }) => request)).toEqual(ids.slice(3))
    expect(await object().readTranscript(ids[2] ?? '')).toBeUndefined()
    expect(await object().readTranscript(ids[3] ?? '')).toBe(`sealed ${ids[3]}`)
  })

  it('keeps a large one in parts', async () => {
    const id = timeOrderedId('req', start)
    const sealed = 'x'.repeat(2_500_000)
    await object().keepTranscript(id, sealed)
    expect(await stored()).toHaveLength(3)
    expect(await object().readTranscript(id)).toBe(sealed)
  })

  it('looks past what is a week old, and sweeps it later', async () => {
    const [old, young] = [timeOrderedId('req', start), timeOrderedId('req', start + 5_000)]
    await object().keepTranscript(old, 'sealed')
    await object().keepTranscript(young, 'sealed')
    now = start + transcriptMs
    expect(await object().readTranscript(old)).toBe('sealed')
    now += 1
    expect(await object().readTranscript(old)).toBeUndefined()
    expect(await runDurableObjectAlarm(object())).toBe(true)
    expect((await stored()).map(({ request }) => request)).toEqual([young])
    now = start + transcriptMs + 60_000
    expect(await runDurableObjectAlarm(object())).toBe(true)
    expect(await stored()).toEqual([])
    expect(await runDurableObjectAlarm(object())).toBe(false)
  })
})

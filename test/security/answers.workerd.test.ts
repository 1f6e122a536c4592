/**
 * Answers of providers have bounds, with and without a stated length, and our own errors are nobody
 * else's.
 */
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { poolStub } from '../../src/quota/stub.ts'
import { completionBody, send, settleIn, type Settled } from '../hub.workerd.ts'

let ada: Settled
const megabyte = 1024 * 1024

beforeAll(async () => {
  ada = await settleIn({ provider: 'groq', apiKey: 'gsk_answers0123456789' })
})
afterEach(() => vi.restoreAllMocks())

/**
 * A provider that repeats a chunk for as long as it is listened to.
 * @returns the bytes that it got rid of.
 */
function endless(chunk: string, init: ResponseInit, most = 400 * megabyte, before = '') {
  const seen = { bytes: 0, cancelled: false }
  const bytes = new TextEncoder().encode(chunk)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
    let begun = before === ''
    const body = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        if (!begun) {
          begun = true
          return controller.enqueue(new TextEncoder().encode(before))
        }
        seen.bytes += bytes.length
        if (seen.bytes > most) return controller.close()
        controller.enqueue(bytes.slice())
      },
      cancel() {
        seen.cancelled = true
      },
    })
    return new Response(body, init)
  })
  return seen
}

let turn = 0
async function ask(more: object = {}, path = '/v1/chat/completions') {
  // A circuit of one test must not shut another out.
  const model = `groq/m${++turn}`
  const body = { model, max_tokens: 5, messages: [{ role: 'user', content: 'hi' }], ...more }
  const response = await send('POST', path, { as: ada.token, body })
  const text = await response.text()
  return { status: response.status, text, trail: trailOf(text) }
}

function trailOf(text: string): { verdict: string; blame: string }[] {
  try {
    return (JSON.parse(text) as { hub?: { trail?: { verdict: string; blame: string }[] } }).hub?.trail ?? []
  } catch {
    return []
  }
}

const keyStates = async () =>
  (await poolStub(env, ada.userId, 'groq').report()).keys.map(({ status }) => status)
const json = { headers: { 'content-type': 'application/json' } }
const stream = { headers: { 'content-type': 'text/event-stream' } }

describe('an answer', () => {
  it('without an end is cancelled at 32 MB, and is malformed', async () => {
    const seen = endless(' '.repeat(megabyte), json)
    const { status, trail } = await ask()
    expect(status).toBe(502)
    expect(trail[0]).toMatchObject({ verdict: 'malformed-answer', blame: 'provider' })
    expect(seen.cancelled).toBe(true)
    // Three tries, and the circuit of this model opens.
    expect(seen.bytes).toBeLessThan(3 * 40 * megabyte)
  }, 60_000)

  it('that is an error is read to 64 kB, and judged by its status', async () => {
    const seen = endless('x'.repeat(64 * 1024), { status: 400 })
    const { status } = await ask()
    expect(status).toBe(400)
    expect(seen.cancelled).toBe(true)
    expect(seen.bytes).toBeLessThan(megabyte)
    expect(await keyStates()).toEqual(['active'])
  })

  it.each([
    ['in the dialect of its client', '/v1/chat/completions'],
    ['translated', '/v1/messages'],
  ])(
    'that is one line without an end is cancelled, %s',
    async (_how, path) => {
      const seen = endless('x'.repeat(64 * 1024), stream, 400 * megabyte, 'data: ')
      const { status, trail } = await ask({ stream: true }, path)
      expect(status).toBe(502)
      expect(trail[0]).toMatchObject({ verdict: 'malformed-answer', blame: 'provider' })
      expect(seen.bytes).toBeLessThan(3 * 10 * megabyte)
    },
    60_000,
  )

  it('that begins and never comes to content is cancelled', async () => {
    const seen = endless(`: ${'x'.repeat(60_000)}\n\n`, stream)
    const { trail } = await ask({ stream: true })
    // A request can bring that about: no circuit, and no second try.
    expect(trail).toMatchObject([{ verdict: 'malformed-answer', blame: 'unknown' }])
    expect(seen.bytes).toBeLessThan(10 * megabyte)
  }, 60_000)

  it('whose line has no end after content breaks off with an error', async () => {
    const first = `data: ${JSON.stringify({ ...completionBody, object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'Hi' } }] })}\n\ndata: `
    const seen = endless('x'.repeat(256 * 1024), stream, 400 * megabyte, first)
    const { status, text } = await ask({ stream: true })
    expect(status).toBe(200)
    expect(text).toContain('Hi')
    expect(text).toContain('PROVIDER_ERROR')
    expect(seen.bytes).toBeLessThan(20 * megabyte)
  }, 60_000)

  it('that nests without end is malformed', async () => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(
      async () => new Response('{"1":'.repeat(5_000) + '0' + '}'.repeat(5_000), json),
    )
    expect((await ask()).trail[0]).toMatchObject({ verdict: 'malformed-answer' })
  })
})

describe('an error of the hub’s own code', () => {
  it.each([
    ['while an answer is rendered', 'renderResponse', false],
    ['while a stream begins', 'renderStream', true],
  ] as const)('%s is a 500, and touches no key and no circuit', async (_when, method, isStream) => {
    const listener = inbound.anthropic
    if (!listener) throw new Error('The dialect is not there.')
    vi.spyOn(listener, method).mockImplementation(() => {
      throw new TypeError('A mistake of ours.')
    })
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const chunk = {
      ...completionBody,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content: 'Hi' } }],
    }
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
      isStream ? new Response(`data: ${JSON.stringify(chunk)}\n\n`, stream) : Response.json(completionBody),
    )
    const model = `groq/ours${isStream}`
    for (let time = 0; time < 4; time++) {
      const { status, text } = await ask({ model, stream: isStream }, '/v1/messages')
      expect(status).toBe(500)
      expect(text).toContain('INTERNAL_ERROR')
      expect(text).not.toContain('A mistake of ours')
    }
    expect(await keyStates()).toEqual(['active'])
    vi.restoreAllMocks()
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(completionBody))
    expect((await ask({ model })).status).toBe(200)
  })

  it('before the call gives the lease back', async () => {
    const speaker = outbound['openai-chat']
    if (!speaker) throw new Error('The dialect is not there.')
    const build = speaker.buildCall.bind(speaker)
    // A body that cannot be written as JSON.
    vi.spyOn(speaker, 'buildCall').mockImplementation((...sent) => {
      const call = build(...sent)
      return { ...call, body: { ...call.body, x: 1n as never } }
    })
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const fetching = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () => Response.json(completionBody))
    const model = 'groq/unwritable'
    for (let time = 0; time < 4; time++) expect((await ask({ model })).status).toBe(500)
    expect(fetching).not.toHaveBeenCalled()
    vi.restoreAllMocks()
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json(completionBody))
    expect((await ask({ model })).status).toBe(200)
    const { keys } = await poolStub(env, ada.userId, 'groq').report()
    expect(keys.map(({ status }) => status)).toEqual(['active'])
  })
})

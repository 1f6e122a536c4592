/**
 * Recorded conversations, replayed turn by turn through the built hub to a provider of the same
 * dialect: what the provider receives is what was recorded, signatures byte for byte, and what the
 * client receives is what the provider sent.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Exchange, readRecordings } from '../recordings.ts'
import { type Hub, joinHub, type Person } from './hub.ts'
import { type FakeProvider, sendJson, startProvider } from './provider.ts'

/**
 * The dialects by the names that recordings have for their APIs, and what follows the base URL in
 * each.
 */
const dialects = {
  'openai-chat': { dialect: 'openai-chat', from: '/chat/completions', to: () => '/v1/chat/completions' },
  'openai-responses': { dialect: 'openai-responses', from: '/responses', to: () => '/v1/responses' },
  'anthropic-messages': { dialect: 'anthropic', from: '/messages', to: () => '/v1/messages' },
  'gemini-generateContent': { dialect: 'gemini', from: ':generateContent', to: geminiPath },
  'gemini-streamGenerateContent': { dialect: 'gemini', from: ':streamGenerateContent', to: geminiPath },
} as const

const spoken = Object.entries(dialects)

/** The turns of each recording that a provider answered well, with the dialect they are in. */
const conversations = readRecordings().flatMap(({ name, exchanges }) => {
  const turns = exchanges.flatMap((exchange) => {
    const { request, response } = exchange
    const found = spoken.find(([, { from }]) => request && new URL(request.url).pathname.endsWith(from))
    return found && request?.body && response.status < 400 ? [{ exchange, ...found[1] }] : []
  })
  return turns.length > 0 ? [{ name, turns }] : []
})

/** `/v1beta/models/<provider>/<model>:<method>`: the model stands in the address. */
function geminiPath(recorded: URL, provider: string): string {
  const call = recorded.pathname.slice(recorded.pathname.indexOf('/models/') + '/models/'.length)
  return `/v1beta/models/${provider}/${call}${recorded.search}`
}

let hub: Hub
let person: Person
let provider: FakeProvider

beforeAll(async () => {
  if (conversations.length === 0) return
  provider = await startProvider()
  ;({ hub, ...person } = await joinHub())
  for (const dialect of ['openai-chat', 'openai-responses', 'anthropic', 'gemini']) {
    const id = `played-${dialect}`
    await hub.call('POST', '/api/providers', {
      as: person.session,
      body: { id, name: id, baseUrl: provider.baseUrl, dialect },
    })
    await hub.call('POST', '/api/keys', {
      as: person.session,
      body: { provider: id, apiKey: `sk-${dialect}-key` },
    })
  }
})
afterAll(() => provider?.stop())

/** Plays the recorded answer to whoever asks. */
function play({ response }: Exchange): void {
  provider.behave((reply) => {
    if (response.sse === undefined) return sendJson(reply, response.status, response.body)
    reply.writeHead(200, { 'content-type': 'text/event-stream' })
    reply.end(response.sse)
  })
}

/** What the hub may change on the way: whether usage is asked for in a stream is its own affair. */
function comparable(body: unknown): unknown {
  const { stream_options: _usage, ...rest } = body as Record<string, unknown>
  return rest
}

// Without recordings there is nothing to replay, and no suite.
if (conversations.length > 0) {
  describe('a recorded conversation', () => {
    it.each(conversations)('$name arrives as it was recorded', async ({ turns }) => {
      for (const { exchange, dialect, to } of turns) {
        const { request } = exchange
        if (!request) continue
        play(exchange)
        const url = new URL(request.url)
        const id = `played-${dialect}`
        const body = request.body as Record<string, unknown>
        const sent = 'model' in body ? { ...body, model: `${id}/${String(body.model)}` } : body
        const answer = await fetch(`${hub.url}${to(url, id)}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' },
          body: JSON.stringify(sent),
        })
        const text = await answer.text()
        expect(provider.received, text).toHaveLength(1)
        expect(comparable(provider.received[0]?.body)).toEqual(comparable(body))
        if (dialect === 'gemini')
          expect(provider.received[0]?.path.split('?')[0]).toMatch(
            new RegExp(`${url.pathname.split('/').at(-1)}$`),
          )
        if (exchange.response.sse === undefined) expect(JSON.parse(text)).toEqual(exchange.response.body)
      }
    })
  })
} else {
  it('needs RECORDINGS_DIR to be set, and has nothing to show without it', () =>
    expect(conversations).toEqual([]))
}

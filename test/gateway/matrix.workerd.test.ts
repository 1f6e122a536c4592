/**
 * Law 4: every client dialect reaches every provider. The cells are made from the registry and the
 * catalogue, so that none can be missing; each goes through the whole hub, with only the provider
 * at the other end played by `matrix/providers.ts`.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { foldEvents } from '../../src/chat/fold.ts'
import { unfold } from '../../src/chat/fold.ts'
import type { JsonObject } from '../../src/chat/json.ts'
import type { ChatResponse } from '../../src/chat/response.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { encodeSse, SseDecoder } from '../../src/http/sse.ts'
import { chooseDialect } from '../../src/gateway/choose-dialect.ts'
import { catalog } from '../../src/providers/catalog.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { anyRequest } from '../any-request.ts'
import { call, sentText, settleIn } from '../hub.workerd.ts'
import { app } from '../../src/index.ts'
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { type Ask, type Client, clients, system, type Turn } from './matrix/clients.ts'
import { type Heard, type ProviderSide, type Says, sides } from './matrix/providers.ts'

/** The sandbox answers inside the hub, where nobody can listen; it has tests of its own. */
const rows: [string, Provider][] = Object.entries(catalog)
const providers = rows.filter(([id, { retired }]) => id !== 'sandbox' && retired === undefined)

const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const tools = ['get_weather', 'get_time'].map((name) => ({ name, schema }))
const image =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const twoCalls = [
  { id: 'call_abc12345', name: 'get_weather', args: { city: 'Paris' } },
  { id: 'call_def67890', name: 'get_time', args: { city: 'Oslo' } },
]

/** As MCP servers and connectors make them. */
const longName = `mcp__8b383b1d-b46a-4b70-994c-c7c26b866287__check.domain:${'x'.repeat(90)}`

let token = ''

beforeAll(async () => {
  const { session, token: made } = await settleIn({ provider: 'openai', apiKey: 'sk-matrix-openai-0000' })
  token = made
  for (const [provider] of providers) {
    const apiKey = provider === 'workers-ai' ? `${'a'.repeat(32)}:matrix-token` : `sk-matrix-${provider}-0123`
    if (provider !== 'openai') await call('POST', '/api/keys', { provider, apiKey }, session)
  }
})
afterEach(() => vi.restoreAllMocks())

/** The dialect of a call, by its address. */
function dialectAt(url: string): DialectId {
  const { pathname } = new URL(url)
  const [, dialect] = paths.find(([path]) => path.test(pathname)) ?? []
  if (!dialect) throw new Error(`No dialect has the address ${url}.`)
  return dialect
}

const paths: [RegExp, DialectId][] = [
  [/\/chat\/completions$/, 'openai-chat'],
  [/\/responses$/, 'openai-responses'],
  [/\/messages$/, 'anthropic'],
  [/:(?:streamG|g)enerateContent$/, 'gemini'],
  [/\/chat$/, 'cohere'],
]

/**
 * A stream as a provider of this dialect sends it. Cohere's is written out: nothing here renders
 * it.
 */
function streamOf(dialect: DialectId, answer: JsonObject): string {
  const listener = inbound[dialect]
  const speaker = outbound[dialect]
  if (!speaker) throw new Error(`Nobody speaks ${dialect}.`)
  if (!listener) return cohereStream(speaker.parseResponse(answer))
  const renderer = listener.renderStream(anyRequest)
  const messages = unfold(speaker.parseResponse(answer)).flatMap((event) => renderer.push(event))
  return [...messages, ...renderer.end()].map(encodeSse).join('')
}

function cohereStream(response: ChatResponse): string {
  const [part] = response.choices[0]?.content ?? []
  const text = part?.type === 'text' ? part.text : ''
  return [
    { type: 'message-start', id: 'c1', delta: { message: { role: 'assistant', content: [] } } },
    { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
    { type: 'content-delta', index: 0, delta: { message: { content: { text } } } },
    { type: 'content-end', index: 0 },
    {
      type: 'message-end',
      delta: { finish_reason: 'COMPLETE', usage: { tokens: { input_tokens: 11, output_tokens: 7 } } },
    },
  ]
    .map((event) => encodeSse({ event: event.type, data: JSON.stringify(event) }))
    .join('')
}

interface Exchange {
  heard: Heard
  raw: JsonObject
  /** The dialect in which the provider was called. */
  dialect: DialectId
  answer: JsonObject
  text: string
}

/** One request through the hub, to a provider that says what it is told to. */
async function exchange(
  client: Client,
  id: string,
  provider: Provider,
  ask: Ask,
  says: Says,
  turn?: Turn,
): Promise<Exchange> {
  let heard: { dialect: DialectId; side: ProviderSide; raw: JsonObject } | undefined
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const dialect = dialectAt(input instanceof Request ? input.url : input.toString())
    const side = sides[dialect]
    if (!side) throw new Error(`Nobody plays a provider that speaks ${dialect}.`)
    heard = { dialect, side, raw: JSON.parse(sentText(init)) }
    const answer = side.answer(says)
    return ask.stream
      ? new Response(streamOf(dialect, answer), { headers: { 'content-type': 'text/event-stream' } })
      : Response.json(answer)
  })
  const { path, body } = client.send(`${id}/matrix-model`, ask, turn)
  const context = createExecutionContext()
  const response = await app.fetch(
    new Request(`http://localhost${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
    env,
    context,
  )
  const text = await response.text()
  await waitOnExecutionContext(context)
  if (response.status !== 200 || !heard) throw new Error(`${response.status}: ${text}`)
  const { side, raw, dialect } = heard
  return { heard: side.hear(raw), raw, dialect, answer: ask.stream ? {} : JSON.parse(text), text }
}

/** What an answer ends with, in each client's words. */
const finished: Record<string, { stop: string; calls: string }> = {
  'openai-chat': { stop: 'stop', calls: 'tool_calls' },
  'openai-responses': { stop: 'completed', calls: 'completed' },
  anthropic: { stop: 'end_turn', calls: 'tool_use' },
  gemini: { stop: 'STOP', calls: 'STOP' },
  'hub-chat': { stop: 'stop', calls: 'tool-calls' },
  'hub-query': { stop: '', calls: '' },
}

it('has a row for every client dialect and a column for every dialect of a provider', () => {
  const spoken = Object.keys(inbound).filter((dialect) => dialect !== 'openai-embeddings')
  expect(clients.map(({ dialect }) => dialect).toSorted()).toEqual(spoken.toSorted())
  const spokenDialects = Object.keys(outbound) as DialectId[]
  const columns = new Set(
    clients.flatMap(({ dialect }) =>
      providers.map(([, provider]) =>
        chooseDialect(provider, { clientDialect: dialect, spoken: spokenDialects }),
      ),
    ),
  )
  expect([...columns].map(String).toSorted()).toEqual(
    Object.keys(outbound)
      .filter((dialect) => dialect !== 'openai-embeddings')
      .toSorted(),
  )
})

describe.each(clients.map((client) => [client.dialect, client] as const))('%s', (dialect, client) => {
  const can = (...what: (keyof Ask)[]): boolean => !what.some((one) => client.lacks?.includes(one))
  const ends = finished[dialect]

  describe.each(providers)('reaches %s', (id, provider) => {
    it('plainly', async () => {
      const { heard, answer } = await exchange(
        client,
        id,
        provider,
        { text: 'Hello?' },
        { text: 'Grüße, 世界!' },
      )
      expect(heard.text).toBe('Hello?')
      if (dialect !== 'hub-query') expect(heard.system).toBe(system)
      expect(client.read(answer)).toEqual({ text: 'Grüße, 世界!', calls: [], finish: ends?.stop })
    })

    if (can('stream')) {
      it('streamed', async () => {
        const {
          heard,
          raw,
          dialect: called,
          text,
        } = await exchange(client, id, provider, { text: 'Hello?', stream: true }, { text: 'Grüße, 世界!' })
        expect(heard.text).toBe('Hello?')
        if (called !== 'gemini') expect(raw.stream).toBe(true)
        const speaker = outbound[dialect]
        if (speaker) {
          const decoder = new SseDecoder()
          const parser = speaker.parseStream()
          const events = [...decoder.push(text), ...decoder.end()].flatMap((message) => parser.push(message))
          const folded = foldEvents([...events, ...parser.end()])
          expect(folded.choices[0]?.content).toEqual([{ type: 'text', text: 'Grüße, 世界!' }])
          expect(folded.choices[0]?.finish.reason).toBe('stop')
        } else {
          expect(text).toContain('Grüße, 世界!')
          expect(text).toContain('"finishReason":"stop"')
        }
      })
    }

    if (can('image')) {
      it('with an image', async () => {
        const { heard, answer } = await exchange(
          client,
          id,
          provider,
          { text: 'What is it?', image },
          { text: 'A dot.' },
        )
        expect(heard).toMatchObject({ text: 'What is it?', image })
        expect(client.read(answer).text).toBe('A dot.')
      })
    }

    if (can('schema')) {
      it('with structured output', async () => {
        const { heard, raw, answer } = await exchange(
          client,
          id,
          provider,
          { text: 'Where?', schema },
          { text: '{"city":"Paris"}' },
        )
        // Where a provider takes no schema it is told in words.
        if (heard.schema === 'json_object')
          expect(JSON.stringify(raw.messages)).toContain('additionalProperties')
        else expect(heard.schema).toMatchObject({ properties: schema.properties, required: ['city'] })
        expect(JSON.parse(client.read(answer).text)).toEqual({ city: 'Paris' })
      })
    }

    if (can('tools')) {
      it('with tools in parallel and their results', async () => {
        const ask = { text: 'Weather and time?', tools }
        const first = await exchange(client, id, provider, ask, { calls: twoCalls })
        expect(first.heard.tools).toEqual(['get_weather', 'get_time'])
        const read = client.read(first.answer)
        expect(read.calls.map(({ name, args }) => ({ name, args }))).toEqual(
          twoCalls.map(({ name, args }) => ({ name, args })),
        )
        expect(new Set(read.calls.map((one) => one.id)).size).toBe(2)
        expect(read.finish).toBe(ends?.calls)

        const results = read.calls.map((one) => ({ ...one, text: `result of ${one.name}` }))
        const second = await exchange(
          client,
          id,
          provider,
          ask,
          { text: 'Done.' },
          { answer: first.answer, results },
        )
        const { calls, results: heard } = second.heard
        expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_time'])
        // Each result stands under the id of its own call.
        expect(heard).toEqual(
          calls.map(({ id: callId, name }) => ({ id: callId, text: `result of ${name}` })),
        )
        expect(client.read(second.answer).text).toBe('Done.')
      })

      it('with a tool whose name is longer than any provider takes', async () => {
        const ask = { text: 'Check.', tools: [{ name: longName, schema }] }
        const hear = (says: Says, turn?: Turn): Promise<Exchange> =>
          exchange(client, id, provider, ask, says, turn)
        const { heard, dialect: called } = await hear({ text: 'Fine.' })
        const [name = ''] = heard.tools
        // A relay leaves the client's own words alone.
        if (called === dialect) expect(name).toBe(longName)
        else expect(name.length).toBeLessThanOrEqual(called === 'anthropic' ? 128 : 64)
        const calls = [{ id: 'call_abc12345', name, args: { city: 'Paris' } }]
        const { answer } = await hear({ calls })
        const [one] = client.read(answer).calls
        expect(one?.name).toBe(longName)
        if (!one) throw new Error('The client saw no call.')
        const second = await hear({ text: 'Done.' }, { answer, results: [{ ...one, text: 'free' }] })
        expect(second.heard.calls.map((made) => made.name)).toEqual([name])
        expect(second.heard.results.map(({ text }) => text)).toEqual(['free'])
      })

      it('with thinking over two turns', async () => {
        const ask: Ask = { text: 'Think.', effort: 'low', tools: tools.slice(0, 1) }
        const says: Says = { thinks: 'I should look outside.', calls: twoCalls.slice(0, 1) }
        const first = await exchange(client, id, provider, ask, says)
        const [one] = client.read(first.answer).calls
        if (!one) throw new Error('The client saw no call.')
        const turn: Turn = { answer: first.answer, results: [{ ...one, text: 'sunny' }] }
        const second = await exchange(client, id, provider, ask, { text: 'Sunny.' }, turn)
        expect(second.heard.calls.map(({ name }) => name)).toEqual(['get_weather'])
        expect(second.heard.results.map(({ text }) => text)).toEqual(['sunny'])
        expect(client.read(second.answer).text).toBe('Sunny.')
        const { seal } = sides[second.dialect] ?? {}
        // What the provider signed comes back to it exactly, whatever the client speaks.
        if (seal) expect(JSON.stringify(second.raw)).toContain(seal)
        expect(JSON.stringify(second.raw)).not.toContain('hub1-')
        expect(JSON.stringify(second.raw)).not.toContain('reasoning.hub')
      })
    }
  })
})

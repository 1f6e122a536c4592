/**
 * State that one account sealed, at another account that cannot read it; and refusals of translated
 * requests.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { app } from '../../src/index.ts'
import { call, completionBody, sentText, settleIn, type Settled } from '../hub.workerd.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let turn = 0
let ada: Settled
/** What was called, in order: the provider's host and the body. */
let calls: { host: string; key: string; body: Record<string, unknown> }[]
let answers: Record<string, (body: Record<string, unknown>, key: string) => Response>

beforeAll(async () => {
  ada = await settleIn({ provider: 'sandbox', apiKey: 'x' })
})
beforeEach(() => {
  turn++
  calls = []
  answers = {}
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const host = new URL(input instanceof Request ? input.url : input).port
    const body = JSON.parse(sentText(init)) as Record<string, unknown>
    const sent = new Headers(init?.headers)
    const bearer = sent.get('authorization') ?? sent.get('x-api-key') ?? sent.get('x-goog-api-key') ?? ''
    const key = bearer.slice(bearer.lastIndexOf('-') + 1)
    calls.push({ host, key, body })
    const answer = answers[host]
    if (!answer) throw new Error(`Nobody listens at ${host}.`)
    return answer(body, key)
  })
})
afterEach(() => vi.restoreAllMocks())

/** Adds a provider at a port of its own, with keys. @returns its id. */
async function addProvider(port: number, dialect: string, keys = 1): Promise<string> {
  const id = `p${port}-${turn}`
  const baseUrl = `http://127.0.0.1:${port}/v1`
  await call('POST', '/api/providers', { id, name: id, baseUrl, dialect, models: ['m'] }, ada.session)
  for (let key = 0; key < keys; key++)
    await call('POST', '/api/keys', { provider: id, apiKey: `secret-${id}-${key}` }, ada.session)
  return id
}

async function post(path: string, body: object) {
  const context = createExecutionContext()
  const headers = { authorization: `Bearer ${ada.token}`, 'anthropic-version': '2023-06-01' }
  const init = { method: 'POST', headers, body: JSON.stringify(body) }
  const response = await app.fetch(new Request(`http://localhost${path}`, init), env, context)
  const text = await response.text()
  await waitOnExecutionContext(context)
  return { status: response.status, text, dropped: response.headers.get('x-hub-dropped') }
}

const restingKeys = async (provider: string): Promise<number> => {
  const { data } = await call<{ data: { provider: string; state: { status: string } }[] }>(
    'GET',
    '/api/keys',
    undefined,
    ada.session,
  )
  return data.filter((key) => key.provider === provider && key.state.status !== 'active').length
}

/** Ends the rest of all keys of a provider. */
async function restoreKeys(provider: string): Promise<void> {
  const { data } = await call<{ data: { id: string; provider: string }[] }>(
    'GET',
    '/api/keys',
    undefined,
    ada.session,
  )
  for (const key of data)
    if (key.provider === provider) await call('POST', `/api/keys/${key.id}/restore`, {}, ada.session)
}

const ended = {
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  model: 'm',
  output: [
    { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'Done.' }] },
  ],
  usage: { input_tokens: 5, output_tokens: 2, total_tokens: 7 },
}
const answered = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Done.' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 5, output_tokens: 2 },
}
const refused = (message: string, more: object = {}) =>
  Response.json({ error: { message, type: 'invalid_request_error', ...more } }, { status: 400 })

/** Server-sent events. */
const streamOf = (events: object[]): Response =>
  new Response(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''), {
    headers: { 'content-type': 'text/event-stream' },
  })
const limited = () => Response.json({ error: { message: 'Rate limit reached.' } }, { status: 429 })

describe('thoughts that a Chat client hands back', () => {
  it.each([
    ["'messages.1' : property 'reasoning_content' is unsupported", 9140],
    ['body.messages.1.assistant.reasoning_content: Extra inputs are not permitted', 9141],
    ["Unknown parameter: 'messages[1].reasoning_content'.", 9142],
  ])('go once more without them where they are refused: %s', async (words, port) => {
    const provider = await addProvider(port, 'openai-chat')
    answers[port] = (body) =>
      JSON.stringify(body).includes('reasoning_content') ? refused(words) : Response.json(completionBody)
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'Hm.', reasoning_content: 'Made elsewhere.' },
      { role: 'user', content: 'go on' },
    ]
    const { status, dropped } = await post('/v1/chat/completions', { model: `${provider}/m`, messages })
    expect([status, calls.length]).toEqual([200, 2])
    expect(dropped).toContain('messages[].reasoning_content')
    expect(await restingKeys(provider)).toBe(0)
  })
})

/** A session of an agent with tools, over several turns, at a pool of two accounts. */
describe('state of two accounts of a pool', () => {
  /** Items of a client that keeps its own history, as Codex does. */
  const session = () => {
    const items: Record<string, unknown>[] = [{ role: 'user', content: 'Look around.' }]
    return {
      items,
      body: (model: string, stream: boolean) => ({
        model,
        stream,
        store: false,
        include: ['reasoning.encrypted_content'],
        input: items,
      }),
      /** Takes what was answered, and answers its call. */
      hear: (text: string, stream: boolean): void => {
        const output = stream
          ? text.split('\n').flatMap((line) => {
              const event = line.startsWith('data: {') ? JSON.parse(line.slice(6)) : {}
              return event.type === 'response.output_item.done' ? [event.item] : []
            })
          : JSON.parse(text).output
        items.push(...output)
        for (const { type, call_id } of output)
          if (type === 'function_call') items.push({ type: 'function_call_output', call_id, output: 'ok' })
      },
    }
  }
  /** An account that reads what it sealed itself, and refuses the rest. */
  const accountAnswer = (resting: { key: string }, refusals: string[]) => {
    let count = 0
    return ({ input, stream }: Record<string, unknown>, key: string): Response => {
      if (key === resting.key) return limited()
      const foreign = JSON.stringify(input)
        .match(/sealed-by-\d/g)
        ?.find((seal) => seal !== `sealed-by-${key}`)
      if (foreign !== undefined) {
        refusals.push(key)
        return refused('The encrypted content could not be verified.', { code: 'invalid_encrypted_content' })
      }
      count++
      const reasoning = {
        type: 'reasoning',
        id: `rs_${key}${count}`,
        summary: [],
        encrypted_content: `sealed-by-${key}-${count}`,
      }
      const toolCall = {
        type: 'function_call',
        id: `fc_${key}${count}`,
        call_id: `call_${key}${count}`,
        name: 'ls',
        arguments: '{}',
      }
      const response = { ...ended, output: [reasoning, toolCall] }
      if (!stream) return Response.json(response)
      const items = response.output.map((item) => ({ type: 'response.output_item.done', item }))
      return streamOf([
        { type: 'response.created', response },
        ...items,
        { type: 'response.completed', response },
      ])
    }
  }

  it.each([
    [9120, false],
    [9121, true],
  ])(
    'goes to the one that made it, without a refusal, there and back (port %i, streamed %s)',
    async (port, stream) => {
      const provider = await addProvider(port, 'openai-responses', 2)
      const resting = { key: '' }
      const refusals: string[] = []
      answers[port] = accountAnswer(resting, refusals)
      const { items, body, hear } = session()
      const turnTo = async (): Promise<{ key: string; sent: string; dropped: string | null }> => {
        const { status, text, dropped } = await post('/v1/responses', body(`${provider}/m`, stream))
        expect([status, text.slice(0, 200)]).toEqual([200, expect.any(String)])
        hear(text, stream)
        const last = calls.at(-1)
        return { key: last?.key ?? '', sent: JSON.stringify(last?.body.input), dropped }
      }
      const first = await turnTo()
      // It stays on its key.
      const second = await turnTo()
      expect(second.key).toBe(first.key)
      expect(second.sent).toContain(`sealed-by-${first.key}`)
      expect(second.dropped).toBeNull()
      resting.key = first.key
      const third = await turnTo()
      expect(third.key).not.toBe(first.key)
      expect(third.sent).not.toContain('sealed-by')
      expect(third.sent).toContain(`call_${first.key}1`)
      expect(third.sent).not.toContain(`fc_${first.key}`)
      expect(third.dropped).toContain('encrypted_content')
      const fourth = await turnTo()
      expect(fourth.sent).toContain(`sealed-by-${third.key}`)
      expect(fourth.sent).not.toContain(`sealed-by-${first.key}`)
      resting.key = third.key
      await restoreKeys(provider)
      const fifth = await turnTo()
      expect(fifth.key).toBe(first.key)
      expect(fifth.sent).toContain(`sealed-by-${first.key}-1`)
      expect(fifth.sent).not.toContain(`sealed-by-${third.key}`)
      expect(refusals).toEqual([])
      expect(items.filter(({ type }) => type === 'reasoning')).toHaveLength(5)
    },
  )
})

describe('a provider that cannot read the state in a request', () => {
  const reasoning = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'of-another-account' }
  const history = {
    store: false,
    include: ['reasoning.encrypted_content'],
    input: [
      { role: 'user', content: 'Look.' },
      reasoning,
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'ls', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'a.txt' },
    ],
  }

  it.each([
    ['by its code', { code: 'invalid_encrypted_content' }, 'Bad request.'],
    ['in words', {}, 'Encrypted content organization_id did not match the target organization.'],
    ['as an item that is not there', {}, 'Item with id ‘rs_1’ not found.'],
  ])('is asked once more without it, said %s', async (_how, more, words) => {
    const provider = await addProvider(9101, 'openai-responses', 2)
    answers['9101'] = ({ input }) =>
      JSON.stringify(input).includes('rs_1') ? refused(words, more) : Response.json(ended)
    const { status, dropped } = await post('/v1/responses', { model: `${provider}/m`, ...history })
    expect(status).toBe(200)
    expect(dropped).toContain('encrypted_content')
    expect(calls).toHaveLength(2)
    const types = ['function_call', 'function_call_output'].map((type) => ({ type }))
    expect(calls[1]?.body.input).toMatchObject([{ role: 'user' }, ...types])
    expect(await restingKeys(provider)).toBe(0)
  })

  it('is asked once more by an Anthropic client, without thinking that it did not sign', async () => {
    const provider = await addProvider(9102, 'anthropic')
    answers['9102'] = (body) =>
      JSON.stringify(body).includes('signature')
        ? refused('messages.1.content.0: Invalid `signature` in `thinking` block')
        : Response.json(answered)
    const body = {
      model: `${provider}/m`,
      max_tokens: 4_000,
      thinking: { type: 'enabled', budget_tokens: 1_024 },
      messages: [
        { role: 'user', content: 'Look.' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'of-another-vendor' },
            { type: 'tool_use', id: 'toolu_1', name: 'ls', input: {} },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'a.txt' }] },
      ],
    }
    expect((await post('/v1/messages', body)).status).toBe(200)
    expect(calls).toHaveLength(2)
    // Anthropic refuses thinking where the turn that called did not think.
    expect(calls[1]?.body.thinking).toEqual({ type: 'disabled' })
    expect(JSON.stringify(calls[1]?.body)).toContain('toolu_1')
  })

  it('is asked once more by a Gemini client, with the stand-in for its signature', async () => {
    const provider = await addProvider(9103, 'gemini')
    answers['9103'] = (body) =>
      JSON.stringify(body).includes('c2lnbmVk')
        ? Response.json(
            { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'Corrupted thought signature.' } },
            { status: 400 },
          )
        : Response.json({
            candidates: [{ content: { role: 'model', parts: [{ text: 'Done.' }] }, finishReason: 'STOP' }],
          })
    const contents = [
      { role: 'user', parts: [{ text: 'Look.' }] },
      { role: 'model', parts: [{ functionCall: { name: 'ls', args: {} }, thoughtSignature: 'c2lnbmVk' }] },
      { role: 'user', parts: [{ functionResponse: { name: 'ls', response: { result: 'a.txt' } } }] },
    ]
    const { status } = await post(`/v1beta/models/${provider}/m:generateContent`, { contents })
    expect(status).toBe(200)
    expect(JSON.stringify(calls[1]?.body)).toContain('skip_thought_signature_validator')
  })

  it('is not asked again where the request holds no state, nor a third time', async () => {
    const provider = await addProvider(9104, 'openai-responses', 3)
    answers['9104'] = () => refused('Bad.', { code: 'invalid_encrypted_content' })
    const plain = { model: `${provider}/m`, input: 'Hello.' }
    expect((await post('/v1/responses', plain)).status).toBe(400)
    expect(calls).toHaveLength(1)
    expect((await post('/v1/responses', { model: `${provider}/m`, ...history })).status).toBe(400)
    expect(calls).toHaveLength(3)
    expect(await restingKeys(provider)).toBe(0)
  })
})

describe('a refusal of a request that the hub translated', () => {
  async function route(...providers: string[]): Promise<string> {
    const name = `route-${turn}`
    const candidates = providers.map((provider) => ({ provider, model: 'm' }))
    await call('PUT', `/api/routes/${name}`, { candidates }, ada.session)
    return name
  }
  const ask = (model: string) =>
    post('/v1/messages', { model, max_tokens: 50, messages: [{ role: 'user', content: 'Hello.' }] })

  it('goes on to other providers, and rests nobody', async () => {
    const strict = await addProvider(9111, 'openai-chat', 2)
    const other = await addProvider(9112, 'openai-responses')
    answers['9111'] = () => refused('Function tools are not supported here.')
    answers['9112'] = () => Response.json(ended)
    const { status, text } = await ask(await route(strict, other))
    expect(status, text).toBe(200)
    expect(calls.map(({ host }) => host)).toEqual(['9111', '9112'])
    expect(await restingKeys(strict)).toBe(0)
  })

  it('is told as the first said it, after two further providers', async () => {
    const names = []
    for (const port of [9121, 9122, 9123, 9124]) {
      names.push(await addProvider(port, 'openai-chat'))
      answers[`${port}`] = () => refused(`No, says ${port}.`)
    }
    const { status, text } = await ask(await route(...names))
    expect(status).toBe(400)
    expect(text).toContain('No, says 9121.')
    expect(calls.map(({ host }) => host)).toEqual(['9121', '9122', '9123'])
  })

  it('is the client’s own where nothing was translated, and where it is about what was said', async () => {
    const own = await addProvider(9131, 'anthropic')
    const chat = await addProvider(9132, 'openai-chat')
    const next = await addProvider(9133, 'openai-chat')
    answers['9131'] = () => refused('temperature: must be between 0 and 1.')
    answers['9132'] = () => refused('Blocked.', { code: 'content_policy_violation' })
    answers['9133'] = () => Response.json(completionBody)
    expect((await ask(await route(own, next))).status).toBe(400)
    turn++
    expect((await ask(await route(chat, next))).status).toBe(400)
    expect(calls.map(({ host }) => host)).toEqual(['9131', '9132'])
  })
})

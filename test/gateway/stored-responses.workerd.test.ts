/** Going on from an earlier answer by its id, on whatever provider serves next. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { isJsonObject, type Json, type JsonObject } from '../../src/chat/json.ts'
import { keepResponses } from '../../src/db/stored-responses.ts'
import { bodiesInWork } from '../../src/http/body-memory.ts'
import { app } from '../../src/index.ts'
import { call, completionBody, sentText, settleIn, type Settled } from '../hub.workerd.ts'

let ada: Settled
let bob: Settled
let cara: Settled
let answers = 0

beforeAll(async () => {
  ada = await settleIn({ provider: 'groq', apiKey: 'gsk_conversation_0001' })
  await call('POST', '/api/keys', { provider: 'mistral', apiKey: 'conversation-0002' }, ada.session)
  bob = await settleIn({ provider: 'groq', apiKey: 'gsk_conversation_0003' }, 'bob')
  cara = await settleIn({ provider: 'groq', apiKey: 'gsk_conversation_0004' }, 'cara')
})
afterEach(() => vi.restoreAllMocks())

interface Asked {
  status: number
  text: string
  dropped: string | null
}

/**
 * Asks as somebody; answers with the response and what the provider was sent. It says hello unless
 * told.
 */
async function ask(
  who: Settled,
  body: JsonObject,
  answer?: JsonObject,
): Promise<Asked & { sent: JsonObject | undefined }> {
  let sent: JsonObject | undefined
  const asked = await askWith(who, body, (text) => {
    sent = JSON.parse(text)
    return Response.json(answer ?? { ...completionBody, id: `chatcmpl-${++answers}` })
  })
  return { ...asked, sent }
}

/** @param answer gets the body that the provider is sent. */
async function askWith(who: Settled, body: JsonObject, answer: (sent: string) => Response): Promise<Asked> {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => answer(sentText(init)))
  const context = createExecutionContext()
  const request = new Request('http://localhost/v1/responses', {
    method: 'POST',
    headers: { authorization: `Bearer ${who.token}` },
    body: JSON.stringify(body),
  })
  const response = await app.fetch(request, env, context)
  const text = await response.text()
  await waitOnExecutionContext(context)
  return { status: response.status, text, dropped: response.headers.get('x-hub-dropped') }
}

const idOf = (text: string): string => JSON.parse(text).id

describe('an answer of the Responses dialect', () => {
  it('can be gone on from at another provider, over several turns', async () => {
    const first = await ask(ada, { model: 'groq/m', input: 'One' })
    const second = await ask(ada, {
      model: 'mistral/m',
      input: 'Two',
      previous_response_id: idOf(first.text),
    })
    const third = await ask(ada, { model: 'groq/m', input: 'Three', previous_response_id: idOf(second.text) })
    expect(third.sent?.messages).toMatchObject([
      { role: 'user', content: 'One' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'Two' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'Three' },
    ])
  })

  it('can be gone on from when it was streamed', async () => {
    const first = await ask(ada, { model: 'groq/m', input: 'One', stream: true })
    const [, id = ''] = /"id":"(resp_[^"]+)"/.exec(first.text) ?? []
    const second = await ask(ada, { model: 'mistral/m', input: 'Two', previous_response_id: id })
    expect(second.sent?.messages).toHaveLength(3)
  })

  // https://api-docs.deepseek.com/guides/responses_api: DeepSeek keeps no answers.
  it.each([
    ['openai', true],
    ['deepseek', false],
  ])('is referred to at %s by its id only where it is kept there', async (provider, keeps) => {
    const said = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Heron.' }] }
    const kept = { id: `resp_${provider}`, status: 'completed', model: 'm', output: [said] }
    await call('POST', '/api/keys', { provider, apiKey: `sk-${provider}-0123456789` }, ada.session)
    const model = `${provider}/m`
    const first = await ask(ada, { model, input: 'One' }, kept)
    const second = await ask(ada, { model, input: 'Two', previous_response_id: idOf(first.text) }, kept)
    if (keeps) expect(second.sent).toMatchObject({ previous_response_id: kept.id, input: 'Two' })
    else {
      expect(second.sent).not.toHaveProperty('previous_response_id')
      expect(JSON.stringify(second.sent?.input)).toMatch(/One.*Heron.*Two/)
    }
  })

  it('can have its items referred to one by one', async () => {
    const first = await ask(ada, { model: 'groq/m', input: 'One' })
    const [item] = JSON.parse(first.text).output
    const input = [
      { role: 'user', content: 'One' },
      { type: 'item_reference', id: item.id },
      { role: 'user', content: 'Two' },
    ]
    const second = await ask(ada, { model: 'mistral/m', input })
    expect(second.sent?.messages).toMatchObject([
      { content: 'One' },
      { role: 'assistant', content: 'Hello.' },
      { content: 'Two' },
    ])
    const unknown = await ask(ada, {
      model: 'mistral/m',
      input: [{ type: 'item_reference', id: 'msg_elsewhere' }],
    })
    expect(unknown.status).toBe(400)
  })

  describe('with items that a provider named', () => {
    const asked = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'look', arguments: '{"a":1}' }
    const said = {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Heron.', annotations: [] }],
    }
    const answerOf = (id: string): JsonObject => ({
      id,
      status: 'completed',
      model: 'm',
      output: [said, asked].map((item) => ({ ...item, id: `${item.id}_${id}` })),
    })
    const nextTurn = (id: string): Json[] => [
      { role: 'user', content: 'One' },
      { type: 'item_reference', id: `msg_1_${id}` },
      { id: `fc_1_${id}` },
      { type: 'function_call_output', call_id: 'call_1', output: 'seen' },
    ]

    it.each(['openai', 'deepseek', 'mistral'])('says at %s what they refer to', async (next) => {
      for (const provider of new Set(['deepseek', next]))
        await call(
          'POST',
          '/api/keys',
          { provider, apiKey: `sk-items-${next}-${provider}-0123` },
          ada.session,
        )
      const id = `resp_at_${next}`
      await ask(ada, { model: 'deepseek/m', input: 'One' }, answerOf(id))
      const answer = next === 'mistral' ? completionBody : answerOf(`${id}_2`)
      const { status, sent } = await ask(ada, { model: `${next}/m`, input: nextTurn(id) }, answer)
      expect(status).toBe(200)
      expect(JSON.stringify(sent)).toMatch(/One.*Heron\..*look.*seen/)
      expect(JSON.stringify(sent)).not.toMatch(/item_reference|fc_1|msg_1/)
    })

    it('refers to them where they are kept, and says them where they are gone', async () => {
      await call('POST', '/api/keys', { provider: 'openai', apiKey: 'sk-items-openai-0001' }, cara.session)
      await ask(cara, { model: 'openai/m', input: 'One' }, answerOf('resp_kept'))
      const input = nextTurn('resp_kept')
      const again = await ask(cara, { model: 'openai/m', input }, answerOf('resp_next'))
      expect(again.sent).toMatchObject({ input })
      for (const [message, status] of [
        ["Item with id 'fc_1_resp_kept' not found.", 404],
        ["input[1]: unsupported type 'item_reference'", 422],
      ] as const) {
        const gone = { error: { message, type: 'invalid_request_error' } }
        const sent: string[] = []
        const whole = await askWith(cara, { model: 'openai/m', input }, (body) => {
          sent.push(body)
          return sent.length === 1 ? Response.json(gone, { status }) : Response.json(answerOf('resp_last'))
        })
        expect([whole.status, sent.length]).toEqual([200, 2])
        expect(sent[1]).toMatch(/One.*Heron\..*look.*seen/)
        expect(sent[1]).not.toContain('item_reference')
      }
    })

    it('gives them to no other person', async () => {
      await call('POST', '/api/keys', { provider: 'deepseek', apiKey: 'sk-items-ada-0001' }, ada.session)
      await call('POST', '/api/keys', { provider: 'deepseek', apiKey: 'sk-items-bob-0001' }, bob.session)
      await ask(ada, { model: 'deepseek/m', input: 'One' }, answerOf('resp_hers'))
      const { status, sent, dropped } = await ask(
        bob,
        { model: 'deepseek/m', input: nextTurn('resp_hers') },
        answerOf('resp_his'),
      )
      expect(status).toBe(200)
      expect(sent?.input).toEqual([{ role: 'user', content: 'One' }])
      expect(dropped).toContain('input[].item_reference')
    })
  })

  describe('of a large conversation', () => {
    const long = 'x'.repeat(800_000)
    let counted = 0

    /** Asks for three answers with a long question each, and for what follows from them. */
    async function goOn(refer: (turns: JsonObject[]) => JsonObject): Promise<string> {
      const turns: JsonObject[] = []
      for (let turn = 0; turn < 3; turn++)
        turns.push(JSON.parse((await ask(ada, { model: 'groq/m', input: long })).text))
      let sent = ''
      await askWith(ada, { model: 'groq/m', ...refer(turns) }, (text) => {
        sent = text
        counted = bodiesInWork.bytes
        return Response.json(completionBody)
      })
      return sent
    }

    it('counts with the body, until the call is over', async () => {
      const sent = await goOn(([first]) => ({ input: 'Two', previous_response_id: first?.id ?? null }))
      expect(sent).toContain(long)
      expect(counted).toBeGreaterThan(800_000)
      await vi.waitFor(() => expect(bodiesInWork.bytes).toBe(0))
    })

    it('counts no more than the items that are wanted of it', async () => {
      const sent = await goOn((turns) => ({
        input: turns.map(({ output }) => {
          const [item] = Array.isArray(output) ? output : []
          return { type: 'item_reference', id: isJsonObject(item) ? (item.id ?? null) : null }
        }),
      }))
      expect(sent.match(/Hello\./g)).toHaveLength(3)
      expect(counted).toBeLessThan(10_000)
    })

    it('is refused where one request cannot hold all that it refers to', async () => {
      const ids = Array.from({ length: 12 }, (_, place) => `large_${place}`)
      const row = { owner: ada.userId, expiresAt: Date.now() + 60_000, items: 'x'.repeat(1_400_000) }
      for (const id of ids) await keepResponses(env.DB, [{ ...row, id: `item ${id}` }])
      const input = ids.map((id) => ({ type: 'item_reference', id }))
      const { status, text, sent } = await ask(ada, { model: 'groq/m', input })
      await env.DB.prepare("DELETE FROM kept_responses WHERE id LIKE 'item large%'").run()
      expect([status, sent]).toEqual([413, undefined])
      expect(text).toContain('more stored items than one request may hold')
    })
  })

  it('makes room for itself where its owner keeps much, and takes none from others', async () => {
    const dora = await settleIn({ provider: 'groq', apiKey: 'gsk_conversation_0005' }, 'dora')
    const others = await ask(bob, { model: 'groq/m', input: 'One' })
    await ask(dora, { model: 'groq/m', input: 'First' })
    for (let at = 0; at < 40; at++) {
      const row = { id: `resp_${at}`, expiresAt: Date.now() + 1_000 * at, items: 'x'.repeat(1_400_000) }
      await keepResponses(env.DB, [{ ...row, owner: dora.userId }])
    }
    const latest = []
    for (let turn = 0; turn < 5; turn++)
      latest.push(idOf((await ask(dora, { model: 'groq/m', input: 'x'.repeat(1_000_000) })).text))
    const { results } = await env.DB.prepare(
      'SELECT id, octet_length(items) AS bytes FROM kept_responses WHERE owner = ? ORDER BY expires_at DESC',
    )
      .bind(dora.userId)
      .all<{ id: string; bytes: number }>()
    expect(results.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(55_000_000)
    expect(results.slice(0, 6).map(({ id }) => id)).toEqual(expect.arrayContaining(latest))
    expect(results.map(({ id }) => id)).toContain('resp_39')
    expect(results.map(({ id }) => id)).not.toContain('resp_0')
    const next = await ask(bob, { model: 'groq/m', input: 'Two', previous_response_id: idOf(others.text) })
    expect(next.sent?.messages).toHaveLength(3)
  })

  it('is not kept under an id that is too long for a row', async () => {
    const first = await ask(
      ada,
      { model: 'groq/m', input: 'One' },
      { ...completionBody, id: 'r'.repeat(600) },
    )
    const asked = { model: 'groq/m', input: 'Two', previous_response_id: idOf(first.text) }
    expect((await ask(ada, asked)).status).toBe(400)
  })

  it('is kept sealed, and not at all where the client asks for that', async () => {
    await ask(ada, { model: 'groq/m', input: 'A very particular question' })
    const { results } = await env.DB.prepare('SELECT items FROM kept_responses').all<{ items: string }>()
    expect(results.length).toBeGreaterThan(0)
    expect(JSON.stringify(results)).not.toContain('particular')
    const count = results.length
    await ask(ada, { model: 'groq/m', input: 'One', store: false })
    expect((await env.DB.prepare('SELECT id FROM kept_responses').all()).results).toHaveLength(count)
  })

  it('is nobody else’s, and one that is not kept is refused with the reason', async () => {
    const first = await ask(ada, { model: 'groq/m', input: 'One' })
    const stolen = await ask(bob, { model: 'groq/m', input: 'Two', previous_response_id: idOf(first.text) })
    expect(stolen.status).toBe(400)
    expect(stolen.sent).toBeUndefined()
    expect(stolen.text).toContain('previous_response_id is stored at another provider')
  })
})

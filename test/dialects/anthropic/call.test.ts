import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import type { ChatRequest } from '../../../src/chat/request.ts'
import type { Upstream } from '../../../src/dialects/dialect.ts'
import { anthropicInbound } from '../../../src/dialects/anthropic/inbound.ts'
import { anthropicOutbound } from '../../../src/dialects/anthropic/outbound.ts'
import { wrapState } from '../../../src/dialects/opaque-state.ts'
import { readRecordings } from '../../recordings.ts'

const hello = { role: 'user', content: 'Hello' }

/** The call for a client of this dialect. */
function call(fields: JsonObject, upstream: Partial<Upstream> = {}, change: Partial<ChatRequest> = {}) {
  const request = anthropicInbound.parseRequest({
    model: 'hub-name',
    max_tokens: 5000,
    messages: [hello],
    ...fields,
  })
  const { body, ...rest } = anthropicOutbound.buildCall(
    { ...request, ...change },
    { baseUrl: 'https://p.example/v1', model: 'theirs', quirks: {}, ...upstream },
  )
  const { model, messages, max_tokens, ...others } = body
  return { ...rest, model, messages, max_tokens, others }
}

function budget(budget_tokens: number) {
  return { thinking: { type: 'enabled', budget_tokens } }
}

describe('the call for a client of this dialect', () => {
  it('goes to the path of the dialect, for the model of the provider, without what is meant for the hub', () => {
    expect(call({ hub: { cache: true }, unknown: 1 })).toEqual({
      url: 'https://p.example/v1/messages',
      model: 'theirs',
      messages: [hello],
      max_tokens: 5000,
      others: { unknown: 1 },
      dropped: [],
    })
  })

  it('asks for a stream only where the pipeline wants one', () => {
    expect(call({ stream: true }, {}, { stream: false }).others).toEqual({ stream: false })
    expect(call({}, {}, { stream: true }).others).toEqual({ stream: true })
  })

  it('writes the output limit that a budget set, and keeps the thinking inside of it', () => {
    expect(call({}, {}, { maxOutputTokens: 9 }).max_tokens).toBe(9)
    const limited = (maxOutputTokens: number) => call(budget(4000), {}, { maxOutputTokens })
    expect(limited(4500).others).toEqual(budget(4000))
    expect(limited(2000)).toMatchObject({ max_tokens: 2000, others: budget(1600), dropped: [] })
    expect(limited(1000)).toMatchObject({
      max_tokens: 1000,
      others: { thinking: { type: 'disabled' } },
      dropped: ['thinking'],
    })
  })

  it('leaves out what the provider refuses, and names it', () => {
    expect(call({ speed: 'fast' }, { quirks: { refuses: ['speed', 'container'] } })).toMatchObject({
      others: {},
      dropped: ['speed'],
    })
  })

  it('takes ids of calls that other vendors made into the letters that are allowed', () => {
    const messages = [
      hello,
      { role: 'assistant', content: [{ type: 'tool_use', id: 'f:0', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'f:0', content: '1', extra: 1 }] },
    ]
    expect(call({ messages }).messages).toEqual([
      hello,
      { role: 'assistant', content: [{ type: 'tool_use', id: 'f-3a-0', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'f-3a-0', content: '1', extra: 1 }] },
    ])
  })

  it('does not think on from the thinking of another model', () => {
    const use = { type: 'tool_use', id: 'a', name: 'f', input: {} }
    const signature = wrapState({ opaque: { dialect: 'gemini', data: 's' }, text: '' })
    const amid = (...before: JsonObject[]) => [
      hello,
      { role: 'assistant', content: [...before, use] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: '1' }] },
    ]
    const foreign = amid({ type: 'thinking', thinking: 'Hm.', signature })
    expect(call({ ...budget(2000), messages: foreign })).toMatchObject({
      messages: amid(),
      others: { thinking: { type: 'disabled' } },
      dropped: ['thinking'],
    })
    const adaptive = { thinking: { type: 'adaptive' } }
    expect(call({ ...adaptive, messages: foreign })).toMatchObject({ others: adaptive, dropped: [] })
    const native = amid({ type: 'thinking', thinking: 'Hm.', signature: 'c2ln' })
    expect(call({ ...budget(2000), messages: native })).toMatchObject({ others: budget(2000), dropped: [] })
  })
})

describe('a body fitted to the model that answers', () => {
  it('has no sampling where that is refused', () => {
    const fields = { temperature: 1, top_k: null, speed: 'fast' }
    expect(call(fields, { facts: { sampling: false } })).toMatchObject({
      others: { top_k: null, speed: 'fast' },
      dropped: ['temperature'],
    })
    expect(call(fields, { facts: { sampling: true } }).others).toEqual(fields)
  })

  const effort = (word: string) => ({ output_config: { effort: word } })
  const adaptive = { thinking: { type: 'adaptive', display: 'omitted' } }
  it.each<[string, JsonObject, JsonObject, string[]]>([
    ['claude-haiku-4-5', adaptive, budget(4000), []],
    ['claude-haiku-4-5', { ...adaptive, ...effort('low') }, budget(1024), ['output_config.effort']],
    ['claude-opus-4-5', { ...adaptive, ...effort('max') }, { ...budget(4000), ...effort('high') }, []],
    ['claude-opus-4-8', budget(2000), { thinking: { type: 'adaptive' }, ...effort('low') }, []],
    ['claude-opus-4-6', { ...adaptive, ...effort('xhigh') }, { ...adaptive, ...effort('high') }, []],
    [
      'claude-fable-5',
      { thinking: { type: 'disabled' } },
      { thinking: { type: 'adaptive' }, ...effort('low') },
      ['thinking'],
    ],
    [
      'claude-haiku-4-5',
      { output_config: { effort: 'low', format: { type: 'grammar' } } },
      { output_config: { format: { type: 'grammar' } } },
      ['output_config.effort'],
    ],
    // What the model knows is left as it is, and so is what is sent to a model that nothing is
    // known of.
    ['claude-opus-4-6', { ...adaptive, ...effort('max') }, { ...adaptive, ...effort('max') }, []],
    ['claude-opus-4-6', budget(2000), budget(2000), []],
    ['claude-opus-4-8', { thinking: { type: 'between_tools' } }, { thinking: { type: 'between_tools' } }, []],
    ['glm-5', { ...adaptive, ...effort('xhigh') }, { ...adaptive, ...effort('xhigh') }, []],
  ])('for %s says %j as %j', (model, fields, others, dropped) => {
    expect(call(fields, { model })).toMatchObject({ others, dropped })
    expect(Object.keys(call(fields, { model }).others)).toEqual(Object.keys(others))
  })

  it('does not think where its budget would have no room', () => {
    expect(call({ ...adaptive, max_tokens: 1000 }, { model: 'claude-haiku-4-5' })).toMatchObject({
      others: { thinking: { type: 'disabled' } },
      dropped: ['thinking'],
    })
  })
})

const recorded = readRecordings()
  .filter(({ api }) => api === 'anthropic-messages')
  .flatMap(({ name, exchanges }) =>
    exchanges.flatMap(({ request, response }, index) => {
      const body: unknown = request?.body
      return response.status === 200 && body ? [{ name: `${name} #${index}`, body }] : []
    }),
  )

if (recorded.length > 0)
  describe('a recorded request', () => {
    it.each(recorded)('reaches its own model byte for byte: $name', ({ body }) => {
      const request = anthropicInbound.parseRequest(body)
      const upstream = { baseUrl: 'u', model: request.model, quirks: {} }
      const { body: sent, dropped } = anthropicOutbound.buildCall(request, upstream)
      expect(JSON.stringify(sent)).toBe(JSON.stringify(body))
      expect(dropped).toEqual([])
    })
  })

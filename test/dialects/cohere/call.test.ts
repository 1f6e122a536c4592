import { describe, expect, it } from 'vitest'
import type { ModelFacts } from '../../../src/chat/model.ts'
import type { ChatRequest } from '../../../src/chat/request.ts'
import { cohereOutbound } from '../../../src/dialects/cohere/outbound.ts'
import type { Quirks } from '../../../src/dialects/dialect.ts'

const hello: ChatRequest = {
  model: 'm',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  sampling: {},
  stream: false,
  streamUsage: false,
  origin: { dialect: 'openai-chat', body: {} },
}
const plain = { model: 'theirs', messages: [{ role: 'user', content: 'Hello' }], stream: false }
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const weather = { name: 'get-weather', description: 'The weather.', parameters }
const time = { name: 'time' }
const writtenWeather = {
  type: 'function',
  function: { name: 'get-weather', description: 'The weather.', parameters },
}
const writtenTime = {
  type: 'function',
  function: { name: 'time', parameters: { type: 'object', properties: {} } },
}

function call(fields: Partial<ChatRequest>, facts?: ModelFacts, quirks: Quirks = {}) {
  const upstream = { baseUrl: 'https://co.example/v2', model: 'theirs', quirks, ...(facts && { facts }) }
  return cohereOutbound.buildCall({ ...hello, ...fields }, upstream)
}

describe('the call to Cohere', () => {
  it('goes to the path of the dialect under the base URL', () => {
    expect(call({})).toEqual({ url: 'https://co.example/v2/chat', body: plain, dropped: [] })
  })

  it('says every setting in its words', () => {
    const sampling = {
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      seed: 7,
      frequencyPenalty: 0.25,
      presencePenalty: 0.5,
    }
    const { body, dropped } = call({
      sampling,
      stop: ['END'],
      maxOutputTokens: 100,
      logprobs: { alternatives: 0 },
      stream: true,
    })
    expect(dropped).toEqual([])
    expect(body).toEqual({
      ...plain,
      temperature: 0.5,
      p: 0.9,
      k: 40,
      seed: 7,
      frequency_penalty: 0.25,
      presence_penalty: 0.5,
      stop_sequences: ['END'],
      max_tokens: 100,
      logprobs: true,
      stream: true,
    })
  })

  it('brings numbers to the nearest that it takes', () => {
    const sampling = { temperature: 1.7, topP: 1, topK: 1000, frequencyPenalty: 2, presencePenalty: -1 }
    expect(call({ sampling }).body).toEqual({
      ...plain,
      temperature: 1,
      p: 0.99,
      k: 500,
      frequency_penalty: 1,
    })
    expect(call({ maxOutputTokens: 9000 }, { outputTokens: 4096 }).body).toMatchObject({ max_tokens: 4096 })
  })

  it('names what it leaves out', () => {
    const { body, dropped } = call({
      user: 'u',
      logprobs: { alternatives: 3 },
      tools: [{ ...time, strict: true }],
      parallelToolCalls: false,
    })
    expect(dropped).toEqual(['strict', 'parallel_tool_calls', 'top_logprobs', 'user'])
    expect(body).toEqual({ ...plain, tools: [writtenTime], logprobs: true })
  })

  it('leaves out what the row of the provider refuses', () => {
    const { body, dropped } = call({ sampling: { seed: 1 } }, undefined, { refuses: ['seed', 'p'] })
    expect(body).toEqual(plain)
    expect(dropped).toEqual(['seed'])
  })

  it('cannot ask for several answers at once', () => {
    expect(() => call({ choices: 2 })).toThrow(
      expect.objectContaining({ code: 'VALIDATION_ERROR', param: 'n' }),
    )
    expect(call({ choices: 1 }).body).toEqual(plain)
  })
})

describe('tools', () => {
  const tools = [weather, time]

  it.each([
    ['auto', undefined],
    ['none', 'NONE'],
    ['required', 'REQUIRED'],
  ] as const)('with the choice %s are offered with %s', (toolChoice, tool_choice) => {
    const expected = { ...plain, tools: [writtenWeather, writtenTime], ...(tool_choice && { tool_choice }) }
    expect(call({ tools, toolChoice }).body).toEqual(expected)
  })

  it('are one where the choice names it, and it must be used', () => {
    const { body } = call({ tools, toolChoice: { name: 'get-weather' } })
    expect(body).toEqual({ ...plain, tools: [writtenWeather], tool_choice: 'REQUIRED' })
  })

  it('must hold the one that the choice names', () => {
    expect(() => call({ tools, toolChoice: { name: 'nope' } })).toThrow(
      expect.objectContaining({ code: 'VALIDATION_ERROR', param: 'tool_choice' }),
    )
  })

  it('are strict where all of them are and require a parameter', () => {
    const strict = { ...weather, strict: true }
    expect(call({ tools: [strict] })).toMatchObject({ body: { strict_tools: true }, dropped: [] })
    const mixed = call({ tools: [strict, time] })
    expect(mixed.body).not.toHaveProperty('strict_tools')
    expect(mixed.dropped).toEqual(['strict'])
  })

  it('that are none have no choice among them', () => {
    expect(call({ toolChoice: 'required', parallelToolCalls: false })).toMatchObject({
      body: plain,
      dropped: [],
    })
  })
})

describe('the shape of the output', () => {
  const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
  const format = { type: 'json-schema' as const, name: 'person', schema }

  it('is a field of its own', () => {
    expect(call({ format: { type: 'json' } }).body.response_format).toEqual({ type: 'json_object' })
    expect(call({ format }).body.response_format).toEqual({ type: 'json_object', json_schema: schema })
  })

  it('is asked for in words beside tools, where the field is refused', () => {
    const { body, dropped } = call({
      format,
      tools: [time],
      messages: [{ role: 'system', content: [{ type: 'text', text: 'Be kind.' }] }, ...hello.messages],
    })
    expect(body).not.toHaveProperty('response_format')
    expect(dropped).toEqual(['response_format'])
    expect(body.messages).toEqual([
      { role: 'system', content: expect.stringMatching(/^Be kind\.\n\nWhen you answer.*JSON Schema/) },
      { role: 'user', content: 'Hello' },
    ])
    expect(JSON.stringify(body.messages)).toContain(JSON.stringify(JSON.stringify(schema)).slice(1, -1))
  })
})

describe('reasoning', () => {
  it.each([
    [{ effort: 'none' }, { type: 'disabled' }],
    [{ effort: 'low' }, { type: 'enabled', token_budget: 1024 }],
    [{ effort: 'medium' }, { type: 'enabled', token_budget: 4096 }],
    [{ effort: 'high' }, { type: 'enabled' }],
    [{ effort: 'constructor' }, { type: 'enabled' }],
    [
      { effort: 'low', budgetTokens: 9 },
      { type: 'enabled', token_budget: 9 },
    ],
    [{ budgetTokens: 0 }, { type: 'disabled' }],
    [{ budgetTokens: -1 }, { type: 'enabled' }],
  ])('of %j is written as %j', (reasoning, thinking) => {
    expect(call({ reasoning }, { reasoning: true }).body.thinking).toEqual(thinking)
  })

  it('is left out where the model is known not to think', () => {
    expect(call({ reasoning: { effort: 'high' } }, { reasoning: false })).toMatchObject({
      body: plain,
      dropped: ['reasoning_effort'],
    })
  })
})

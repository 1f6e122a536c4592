/**
 * What servers of a dialect take and its documents do not say: it is read, and goes on as it came.
 */
import { describe, expect, it } from 'vitest'
import { foldEvents } from '../../src/chat/fold.ts'
import type { ChatEvent } from '../../src/chat/events.ts'
import type { JsonObject } from '../../src/chat/json.ts'
import type { ChatRequest } from '../../src/chat/request.ts'
import type { SseMessage } from '../../src/http/sse.ts'
import { anthropicInbound } from '../../src/dialects/anthropic/inbound.ts'
import { geminiInbound } from '../../src/dialects/gemini/inbound.ts'
import { outbound } from '../../src/dialects/index.ts'
import { openaiChatInbound } from '../../src/dialects/openai-chat/inbound.ts'

const address = { model: 'gemini-3.5-flash', stream: false }
const upstream = { baseUrl: 'u', model: 'gemini-3.5-flash', quirks: {} }

describe('one object of a Gemini client where a list may be', () => {
  const declaration = { name: 'f', parameters: { type: 'OBJECT', properties: {} } }
  const whole = {
    contents: [{ parts: [{ text: 'hi' }] }],
    systemInstruction: { parts: [{ text: 'be a cat' }] },
    tools: [{ functionDeclarations: [declaration] }],
    generationConfig: { stopSequences: ['x'] },
  }

  it.each<[string, JsonObject]>([
    ['contents', { contents: { parts: [{ text: 'hi' }] } }],
    ['parts', { contents: [{ parts: { text: 'hi' } }] }],
    ['systemInstruction', { systemInstruction: { parts: { text: 'be a cat' } } }],
    ['system_instruction', { systemInstruction: null, system_instruction: { parts: { text: 'be a cat' } } }],
    ['tools', { tools: { functionDeclarations: [declaration] } }],
    ['functionDeclarations', { tools: [{ functionDeclarations: declaration }] }],
    ['function_declarations', { tools: { function_declarations: declaration } }],
    ['stopSequences', { generationConfig: { stopSequences: 'x' } }],
  ])('is a list of one: %s', (_name, fields) => {
    const { systemInstruction: given, ...rest } = { ...whole, ...fields }
    const body: JsonObject = { ...rest, ...(given && { systemInstruction: given }) }
    const { origin: _origin, ...read } = geminiInbound.parseRequest(body, address)
    const { origin: _other, ...expected } = geminiInbound.parseRequest(whole, address)
    expect(read).toEqual(expected)
    expect(outbound.gemini?.buildCall(geminiInbound.parseRequest(body, address), upstream).body).toEqual(body)
  })

  it('is signed as a list is', () => {
    const contents = { role: 'model', parts: { functionCall: { name: 'f', args: {} } } }
    const request = geminiInbound.parseRequest({ contents: [{ parts: { text: 'hi' } }, contents] }, address)
    expect(JSON.stringify(outbound.gemini?.buildCall(request, upstream).body)).toContain('thoughtSignature')
  })
})

it('reads numbers that a Gemini client wrote as texts', () => {
  const generationConfig = {
    temperature: '0.5',
    maxOutputTokens: '100',
    topK: '4',
    seed: '7',
    candidateCount: '2',
  }
  const request = geminiInbound.parseRequest(
    { contents: [{ parts: [{ text: 'hi' }] }], generationConfig },
    address,
  )
  expect(request).toMatchObject({
    sampling: { temperature: 0.5, topK: 4, seed: 7 },
    maxOutputTokens: 100,
    choices: 2,
  })
})

it.each(['many', '', '1e', null].map((value) => [value]))('reads no number in %j', (value) => {
  const body = { contents: [{ parts: [{ text: 'hi' }] }], generationConfig: { temperature: value } }
  if (value === null) expect(geminiInbound.parseRequest(body, address).sampling).toEqual({})
  else expect(() => geminiInbound.parseRequest(body, address)).toThrow('temperature')
})

it('shows other models which tools the search of an Anthropic client has found', () => {
  const found = { type: 'tool_reference', tool_name: 'mcp__archive__get' }
  const request = anthropicInbound.parseRequest({
    model: 'm',
    max_tokens: 100,
    messages: [
      { role: 'user', content: 'Look.' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'ToolSearch', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: [found] }] },
    ],
  })
  for (const dialect of ['openai-chat', 'openai-responses', 'gemini', 'cohere'] as const) {
    const { body, dropped } = outbound[dialect]?.buildCall(request, upstream) ?? {}
    expect(JSON.stringify(body)).toContain('The tool mcp__archive__get can be called now.')
    expect(dropped).toEqual([])
  }
})

describe('a Chat client that leaves types out', () => {
  const named = { function: { name: 'f', parameters: { type: 'object', properties: {} } } }
  const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], tools: [named] }

  it('means functions, in tools and in the choice among them', () => {
    const request = openaiChatInbound.parseRequest({ ...body, tool_choice: { function: { name: 'f' } } })
    expect(request.tools).toEqual([{ name: 'f', parameters: named.function.parameters }])
    expect(request.toolChoice).toEqual({ name: 'f' })
  })

  it('has its own words sent to a provider of its dialect', () => {
    const request = openaiChatInbound.parseRequest(body)
    expect(outbound['openai-chat']?.buildCall(request, upstream).body).toEqual({
      ...body,
      model: upstream.model,
    })
  })
})

describe('formats', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
  const targets = ['openai-chat', 'openai-responses', 'gemini', 'cohere', 'anthropic'] as const

  it.each(targets.slice(0, 4))('of the beta name of Anthropic reach %s', (to) => {
    const body = {
      model: 'm',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'Hi' }],
      output_format: { type: 'json_schema', schema },
    }
    const request = anthropicInbound.parseRequest(body)
    const sent = outbound[to]?.buildCall(request, upstream)
    expect(JSON.stringify(sent?.body)).toContain(JSON.stringify(schema))
    expect(sent?.dropped).toEqual([])
  })

  const words = { type: 'STRING', enum: ['up', 'down'] }
  const request = geminiInbound.parseRequest(
    {
      contents: [{ parts: [{ text: 'Where?' }] }],
      generationConfig: { responseMimeType: 'text/x.enum', responseSchema: words },
    },
    address,
  )

  it.each(targets.filter((to) => to !== 'gemini'))('of one word of a list reach %s', (to) => {
    const sent = outbound[to]?.buildCall(request, upstream)
    expect(JSON.stringify(sent?.body)).toContain('"enum":["up","down"]')
    expect(sent?.dropped).toEqual([])
  })

  const answer = (text: string): ChatEvent[] => [
    { type: 'response-start', id: 'r', model: 'm', createdAt: 1 },
    ...(text.match(/[^]{1,4}/g) ?? []).map((each): ChatEvent => ({
      type: 'text-delta',
      choice: 0,
      text: each,
    })),
    { type: 'choice-finish', choice: 0, finish: { reason: 'stop', raw: '' } },
    { type: 'response-end' },
  ]

  it.each([
    ['{"value": "up"}', 'up'],
    ['"up"', 'up'],
    ['up', 'up'],
  ])('of one word give the bare word back: %s', (text, word) => {
    const events = answer(text)
    expect(textIn(geminiInbound.renderResponse(foldEvents(events), request))).toBe(word)
    const renderer = geminiInbound.renderStream(request)
    const messages: SseMessage[] = [...events.flatMap((event) => renderer.push(event)), ...renderer.end()]
    expect(messages.map(({ data = '' }) => textIn(JSON.parse(data) as JsonObject)).join('')).toBe(word)
  })

  it('of other kinds are given back as they are', () => {
    const other: ChatRequest = { ...request, format: { type: 'json-schema', name: 'response', schema } }
    expect(textIn(geminiInbound.renderResponse(foldEvents(answer('{"value":"up"}')), other))).toBe(
      '{"value":"up"}',
    )
  })
})

function textIn(body: JsonObject): string {
  const { candidates } = body as { candidates: { content?: { parts: { text?: string }[] } }[] }
  return candidates.flatMap(({ content }) => content?.parts.map(({ text }) => text ?? '') ?? []).join('')
}

/** What clients and providers of the other dialects really send, through this one. */
import type { DialectId } from '../../../src/domain/dialects.ts'
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../src/chat/events.ts'
import { foldEvents, unfold } from '../../../src/chat/fold.ts'
import { isJsonObject, type Json } from '../../../src/chat/json.ts'
import type { ChatResponse } from '../../../src/chat/response.ts'
import { geminiInbound } from '../../../src/dialects/gemini/inbound.ts'
import { geminiOutbound } from '../../../src/dialects/gemini/outbound.ts'
import { inbound, outbound } from '../../../src/dialects/index.ts'
import { listIn, objectIn, parseJson } from '../../../src/dialects/json-read.ts'
import { HubError } from '../../../src/errors.ts'
import { SseDecoder } from '../../../src/http/sse.ts'
import { anyRequest } from '../../any-request.ts'
import { fixturesOf } from '../fixtures.ts'

const strangers: DialectId[] = ['openai-chat', 'openai-responses', 'anthropic', 'cohere']

/** What a client learns of an answer, whatever its dialect: a call only where it is whole. */
function learned({ choices, usage }: ChatResponse): unknown {
  return {
    output: usage?.outputTokens,
    choices: choices.map(({ content }) => ({
      said: content
        .map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : ''))
        .join(''),
      thought: content.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
      calls: content.flatMap((part) =>
        part.type === 'tool-call' ? [{ name: part.name, args: argumentsOf(part.arguments) }] : [],
      ),
    })),
  }
}

function argumentsOf(text: string): Json {
  return text === '' ? {} : (parseJson(text) ?? text)
}

function parse(dialect: DialectId, sse: string): ChatEvent[] {
  const decoder = new SseDecoder()
  const parser = outbound[dialect]?.parseStream()
  if (!parser) throw new Error(`Nobody speaks ${dialect}.`)
  const messages = [...decoder.push(sse), ...decoder.end()]
  return [...messages.flatMap((message) => parser.push(message)), ...parser.end()]
}

function isWhole({ choices }: ChatResponse): boolean {
  return choices.every(({ content, finish }) =>
    content.every(
      (part) =>
        part.type !== 'tool-call' ||
        (part.arguments === '' ? finish.reason !== 'length' : isJsonObject(argumentsOf(part.arguments))),
    ),
  )
}

describe.each(strangers)('a client of Gemini with a provider of %s', (dialect) => {
  const streams = fixturesOf(dialect).streams.filter(({ ending }) => ending === undefined)

  it.each(streams)('learns all of the answer: $name', ({ sse }) => {
    const events = parse(dialect, sse)
    const response = foldEvents(events)
    const whole = geminiOutbound.parseResponse(geminiInbound.renderResponse(response, anyRequest))
    const renderer = geminiInbound.renderStream(anyRequest)
    const parser = geminiOutbound.parseStream()
    const messages = unfold(response).flatMap((event) => renderer.push(event))
    const streamed = foldEvents([...messages.flatMap((message) => parser.push(message)), ...parser.end()])
    expect(learned(streamed)).toEqual(learned(whole))
    if (isWhole(response)) expect(learned(whole)).toEqual(learned(response))
    else expect(whole.choices.map(({ finish }) => finish.reason)).not.toContain('tool-calls')
  })
})

describe.each(strangers.filter((dialect) => inbound[dialect]))('a client of %s with Gemini', (dialect) => {
  it.each(fixturesOf(dialect).requests)('is understood: $name', ({ body, address }) => {
    const request = inbound[dialect]?.parseRequest(body, address) ?? anyRequest
    const upstream = { baseUrl: 'https://p.example', model: 'gemini-3-flash-preview', quirks: {} }
    let written
    try {
      written = geminiOutbound.buildCall(request, upstream).body
    } catch (error) {
      // What cannot be said is refused in words, and is nothing else than these.
      expect(error).toBeInstanceOf(HubError)
      expect(String(error)).toMatch(/is kept at a provider/)
      return
    }
    const contents = listIn(written.contents).map((content) => objectIn(content) ?? {})
    expect(contents.length).toBeGreaterThan(0)
    const roles = contents.map(({ role }) => role)
    expect(
      roles.filter((role, index) => role === roles[index - 1]),
      'the roles take turns',
    ).toEqual([])
    expect(contents.filter(({ parts }) => listIn(parts).length === 0)).toEqual([])
    const again = geminiInbound.parseRequest(written, { model: 'm' })
    expect(again.tools.length).toBe(request.tools.length)
  })
})

/**
 * A round of Codex at models of every dialect: what it offers, what the model calls, and the
 * history with the results.
 */
import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../src/chat/events.ts'
import type { Json, JsonObject } from '../../src/chat/json.ts'
import type { ChatRequest } from '../../src/chat/request.ts'
import type { Outbound } from '../../src/dialects/dialect.ts'
import { outbound } from '../../src/dialects/index.ts'
import { openaiResponsesInbound } from '../../src/dialects/openai-responses/inbound.ts'
import { listIn, objectIn, textIn } from '../../src/dialects/json-read.ts'
import { speakers } from '../fixtures/codex/answers.ts'
import {
  calendar,
  codexCalls,
  flatNames,
  modelCalls,
  patch,
  results,
  tools,
} from '../fixtures/codex/tools.ts'

const codex = openaiResponsesInbound

const dialects = ['openai-chat', 'anthropic', 'gemini', 'cohere', 'openai-responses'] as const
type Dialect = (typeof dialects)[number]

const first: JsonObject = { model: 'hub', input: [{ role: 'user', content: 'Work.' }], tools, stream: true }
const history: JsonObject = {
  ...first,
  input: [
    ...listIn(first.input),
    ...codexCalls.map((call, index) => ({ ...call, id: `i${index}` })),
    ...results,
  ],
}

function parse(body: JsonObject): ChatRequest {
  return codex.parseRequest(structuredClone(body))
}

function speakerOf(dialect: Dialect): Outbound {
  const speaker = outbound[dialect]
  if (!speaker) throw new Error(`${dialect} is not spoken.`)
  return speaker
}

function callFor(dialect: Dialect, body: JsonObject): { body: JsonObject; dropped: string[] } {
  const quirks = { onlyFunctions: true as const }
  return speakerOf(dialect).buildCall(parse(body), { baseUrl: 'https://p.example', model: 'm', quirks })
}

/** The names of the functions in a body of any dialect. */
function offeredIn({ tools: given }: JsonObject): string[] {
  return listIn(given).flatMap((tool): string[] => {
    const { name, function: called, functionDeclarations } = objectIn(tool) ?? {}
    if (functionDeclarations) return listIn(functionDeclarations).map((each) => nameIn(each))
    return [textIn(name) ?? nameIn(called)]
  })
}

function nameIn(value: Json | undefined): string {
  return textIn(objectIn(value)?.name) ?? ''
}

function answeredWhole(dialect: Dialect, calls = modelCalls, body = first): JsonObject[] {
  const response = speakerOf(dialect).parseResponse(speakers[dialect].whole(calls))
  return bare(codex.renderResponse(response, parse(body)).output)
}

function streamed(dialect: Dialect, calls = modelCalls, body = first): JsonObject[] {
  const parser = speakerOf(dialect).parseStream()
  const renderer = codex.renderStream(parse(body))
  const messages = speakers[dialect].stream(calls).map((event) => ({
    ...(typeof event.type === 'string' && { event: event.type }),
    data: JSON.stringify(event),
  }))
  const done = dialect === 'openai-chat' ? [{ data: '[DONE]' }] : []
  const events: ChatEvent[] = [...messages, ...done].flatMap((message) => parser.push(message))
  return [...events, ...parser.end()]
    .flatMap((event) => renderer.push(event))
    .map(({ data = '' }) => JSON.parse(data) as JsonObject)
}

/** Items without ids, and without reasoning. */
function bare(items: Json | undefined): JsonObject[] {
  return listIn(items).map((item) => {
    const { id, ...rest } = objectIn(item) ?? {}
    expect(id).toBeTypeOf('string')
    return rest
  })
}

describe.each(dialects)('Codex at a provider of %s', (dialect) => {
  it('offers all of its tools, and loses none without a word', () => {
    const { body, dropped } = callFor(dialect, first)
    expect(offeredIn(body).toSorted()).toEqual(flatNames.toSorted())
    expect(dropped).toEqual([])
    const sent = JSON.stringify(body)
    expect(sent).toContain('start: /[^]+/')
    expect(sent).not.toContain('"namespace"')
    expect(sent).not.toContain('"custom"')
  })

  it('is given each call in its own form, whole', () => {
    expect(answeredWhole(dialect)).toEqual(codexCalls)
  })

  it('is given each call in its own form, streamed', () => {
    const events = streamed(dialect)
    const last = events.at(-1)
    expect(last?.type).toBe('response.completed')
    expect(bare(objectIn(last?.response)?.output)).toEqual(codexCalls)
    const done = events
      .filter(({ type }) => type === 'response.output_item.done')
      .map(({ item }) => item ?? null)
    expect(bare(done)).toEqual(codexCalls)
    const deltas = events.filter(({ type }) => type === 'response.custom_tool_call_input.delta')
    const inputs = events.filter(({ type }) => type === 'response.custom_tool_call_input.done')
    expect(deltas.map(({ delta }) => textIn(delta)).join('')).toBe(`ls${patch}`)
    expect(inputs.map(({ input }) => input)).toEqual(['ls', patch])
    const added = events.filter(({ type }) => type === 'response.output_item.added')
    expect(added).toHaveLength(codexCalls.length)
  })

  it('shows the model what it did: every call with its result', () => {
    const { body, dropped } = callFor(dialect, history)
    const sent = JSON.stringify(body)
    expect(dropped).toEqual([])
    for (const { name } of modelCalls) expect(sent).toContain(name)
    for (const said of ['found', 'ran', 'patched', 'calendar__list: Lists events.', 'a.ts', '*** End Patch'])
      expect(sent).toContain(said)
  })

  it('offers what a search has loaded and what comes in the input', () => {
    const extra = { type: 'additional_tools', role: 'developer', tools: [{ type: 'custom', name: 'exec' }] }
    const body = { ...history, input: [extra, ...listIn(history.input)] }
    const offered = offeredIn(callFor(dialect, body).body)
    expect(offered.toSorted()).toEqual([...flatNames, 'exec', 'calendar__list'].toSorted())
    const calls = [
      { id: 'c7', name: 'calendar__list', args: { q: 'now' } },
      { id: 'c8', name: 'exec', args: { input: '1' } },
    ]
    expect(answeredWhole(dialect, calls, body)).toMatchObject([
      { type: 'function_call', namespace: calendar.name, name: 'list' },
      { type: 'custom_tool_call', name: 'exec', input: '1' },
    ])
  })

  it.each([
    [{ type: 'custom', name: 'apply_patch' }, 'apply_patch'],
    [{ type: 'function', namespace: 'mcp__docs', name: 'search' }, 'mcp__docs__search'],
  ])('can insist on %j', (choice, name) => {
    const { body, dropped } = callFor(dialect, { ...first, tool_choice: choice })
    expect(dropped).toEqual([])
    // Cohere is offered that tool alone.
    if (dialect === 'cohere') expect(offeredIn(body)).toEqual([name])
    else expect(JSON.stringify(body.tool_choice ?? body.toolConfig)).toContain(name)
  })

  it.each(['plain text', '"text"', '{"input":"a","why":"b"}', '{"why":"b","input":"a"}', '', '{}'])(
    'is given an input that the model wrote in its own way: %s',
    (args) => {
      if (dialect === 'gemini' || dialect === 'anthropic') return
      const calls = [{ id: 'c', name: 'apply_patch', args: {} }]
      const response = speakerOf(dialect).parseResponse(speakers[dialect].whole(calls))
      const [part] = response.choices[0]?.content ?? []
      if (part?.type === 'tool-call') part.arguments = args
      const [item] = bare(codex.renderResponse(response, parse(first)).output)
      const expected = args.startsWith('{') ? (args === '{}' ? '' : 'a') : args.replaceAll('"', '')
      expect(item).toMatchObject({ type: 'custom_tool_call', input: expected })
    },
  )
})

describe.each(dialects)('a tool of a namespace with a long name, at a provider of %s', (dialect) => {
  const [namespace, name] = ['mcp__archive', 'find_the_entries_of_the_archive_written_on_day_in_full']
  const body: JsonObject = {
    ...first,
    input: [
      { role: 'user', content: 'Look.' },
      { type: 'function_call', call_id: 'c1', namespace, name, arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: 'found' },
    ],
    tools: [{ type: 'namespace', name: namespace, tools: [{ type: 'function', name, parameters: {} }] }],
  }

  it('is no longer than any vendor takes, called as it is offered, and given back whole', () => {
    const sent = callFor(dialect, body).body
    const [offered = ''] = offeredIn(sent)
    expect(offered.length).toBeLessThanOrEqual(64)
    // In the definition and in the call; Gemini names it in the result as well.
    expect(JSON.stringify(sent).split(JSON.stringify(offered)).length).toBeGreaterThanOrEqual(3)
    const calls = [{ id: 'c2', name: offered, args: {} }]
    expect(answeredWhole(dialect, calls, body)).toMatchObject([{ type: 'function_call', namespace, name }])
  })
})

it('leaves a provider that knows all tools of Codex the body as it came', () => {
  const speaker = speakerOf('openai-responses')
  const { body, isTranslated } = speaker.buildCall(parse(history), { baseUrl: 'u', model: 'm', quirks: {} })
  expect(body).toEqual({ ...history, model: 'm' })
  expect(isTranslated).toBeUndefined()
})

it('gives two tools of one flat name two names, and each call to its own', () => {
  const inner = { type: 'function', parameters: {} }
  const body: JsonObject = {
    ...first,
    tools: [
      { type: 'namespace', name: 'a', tools: [{ ...inner, name: 'b__c' }] },
      { type: 'namespace', name: 'a__b', tools: [{ ...inner, name: 'c' }] },
    ],
  }
  const offered = offeredIn(callFor('openai-chat', body).body)
  expect(new Set(offered).size).toBe(2)
  const calls = offered.map((name, index) => ({ id: `c${index}`, name, args: {} }))
  expect(answeredWhole('openai-chat', calls, body)).toMatchObject([
    { namespace: 'a', name: 'b__c' },
    { namespace: 'a__b', name: 'c' },
  ])
})

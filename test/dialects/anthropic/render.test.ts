import { describe, expect, it } from 'vitest'
import { anyRequest } from '../../any-request.ts'
import type { ChatEvent, Finish } from '../../../src/chat/events.ts'
import type { AssistantPart } from '../../../src/chat/request.ts'
import { foldEvents } from '../../../src/chat/fold.ts'
import { anthropicInbound } from '../../../src/dialects/anthropic/inbound.ts'

const start: ChatEvent = { type: 'response-start', id: 'r', model: 'm', createdAt: 5000 }
const end: ChatEvent = { type: 'response-end' }
const usage = { inputTokens: 9, outputTokens: 5, cachedTokens: 4, cacheWriteTokens: 2, reasoningTokens: 3 }
const counted = {
  input_tokens: 3,
  cache_creation_input_tokens: 2,
  cache_read_input_tokens: 4,
  output_tokens: 5,
  output_tokens_details: { thinking_tokens: 3 },
}
const nothing = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 0,
  output_tokens_details: { thinking_tokens: 0 },
}
const head = { id: 'r', type: 'message', role: 'assistant', model: 'm', stop_sequence: null }

function finish(reason: Finish['reason'], raw = ''): ChatEvent {
  return { type: 'choice-finish', choice: 0, finish: { reason, raw } }
}

function text(words: string): ChatEvent {
  return { type: 'text-delta', choice: 0, text: words }
}

function begin(call: number, id: string): ChatEvent {
  return { type: 'tool-call-start', choice: 0, call, id, name: 'f' }
}

function add(call: number, words: string): ChatEvent {
  return { type: 'tool-call-delta', choice: 0, call, arguments: words }
}

interface WireEvent {
  type: string
  index?: number
  content_block?: object
  delta?: object
}

/** What a client reads of these events. The name of each is the type in its data. */
function render(...events: ChatEvent[]): WireEvent[] {
  const renderer = anthropicInbound.renderStream(anyRequest)
  const messages = [...events.flatMap((event) => renderer.push(event)), ...renderer.end()]
  return messages.map(({ event, data = '' }) => {
    const value: WireEvent = JSON.parse(data)
    expect(event).toBe(value.type)
    return value
  })
}

/** The blocks of a stream as short words: what begins, what is added, what ends. */
function steps(...events: ChatEvent[]): string[] {
  return render(start, ...events)
    .slice(1)
    .map(({ type, index, content_block, delta }) => {
      const said = Object.values(content_block ?? delta ?? {}).slice(0, 2)
      return `${type.replace('content_block_', '')} ${index} ${JSON.stringify(said)}`
    })
}

describe('the stream for a client', () => {
  it('is a message with its blocks, and ends with the reason and the counts', () => {
    expect(
      render(start, text('Hi'), text(' there'), finish('stop'), { type: 'usage-report', usage }, end),
    ).toEqual([
      { type: 'message_start', message: { ...head, content: [], stop_reason: null, usage: nothing } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ' there' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: counted },
      { type: 'message_stop' },
    ])
  })

  it('does not end where the provider did not', () => {
    expect(render(start, text('Hi')).map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
    ])
  })

  it('begins a block for each kind of content, with a rising index', () => {
    const thought: ChatEvent = { type: 'reasoning-delta', choice: 0, text: 'Hm.' }
    const seal: ChatEvent = {
      type: 'reasoning-seal',
      choice: 0,
      opaque: { dialect: 'anthropic', data: { signature: 'c2ln' } },
    }
    expect(steps(thought, seal, text('Hi'), begin(0, 'a'), add(0, '{}'), finish('tool-calls'))).toEqual([
      'start 0 ["thinking",""]',
      'delta 0 ["thinking_delta","Hm."]',
      'delta 0 ["signature_delta","c2ln"]',
      'stop 0 []',
      'start 1 ["text",""]',
      'delta 1 ["text_delta","Hi"]',
      'stop 1 []',
      'start 2 ["tool_use","a"]',
      'delta 2 ["input_json_delta","{}"]',
      'stop 2 []',
    ])
  })

  it('gives a call without arguments one empty fragment', () => {
    expect(steps(begin(0, 'a'), finish('tool-calls'))).toEqual([
      'start 0 ["tool_use","a"]',
      'delta 0 ["input_json_delta",""]',
      'stop 0 []',
    ])
  })

  it('puts parallel calls one after the other, though their fragments take turns', () => {
    const turns = [
      begin(0, 'a'),
      begin(1, 'b'),
      add(1, '{"y"'),
      add(0, '{"x":1}'),
      add(1, ':2}'),
      finish('tool-calls'),
    ]
    expect(steps(...turns)).toEqual([
      'start 0 ["tool_use","a"]',
      'delta 0 ["input_json_delta","{\\"x\\":1}"]',
      'stop 0 []',
      'start 1 ["tool_use","b"]',
      'delta 1 ["input_json_delta","{\\"y\\""]',
      'delta 1 ["input_json_delta",":2}"]',
      'stop 1 []',
    ])
  })

  it('does not make a call wait for one that is whole', () => {
    expect(steps(begin(0, 'a'), add(0, '{}'), begin(1, 'b')).at(-1)).toBe('start 1 ["tool_use","b"]')
    expect(steps(begin(0, 'a'), add(0, '{'), begin(1, 'b')).at(-1)).toBe('delta 0 ["input_json_delta","{"]')
  })

  it('gives out all calls before what comes after them', () => {
    expect(steps(begin(0, 'a'), begin(1, 'b'), add(1, '{}'), begin(2, 'c'), text('Hi'))).toEqual([
      'start 0 ["tool_use","a"]',
      'delta 0 ["input_json_delta",""]',
      'stop 0 []',
      'start 1 ["tool_use","b"]',
      'delta 1 ["input_json_delta","{}"]',
      'stop 1 []',
      'start 2 ["tool_use","c"]',
      'delta 2 ["input_json_delta",""]',
      'stop 2 []',
      'start 3 ["text",""]',
      'delta 3 ["text_delta","Hi"]',
    ])
  })

  it('says of a call that was cut off what there is of it, and that the limit was met', () => {
    const events = render(start, begin(0, 'a'), add(0, '{"ci'), finish('length', 'length'), end)
    expect(events.slice(-4)).toMatchObject([
      { delta: { partial_json: '{"ci' } },
      { type: 'content_block_stop' },
      { delta: { stop_reason: 'max_tokens' } },
      { type: 'message_stop' },
    ])
  })

  it('says a refusal as text', () => {
    expect(steps({ type: 'refusal-delta', choice: 0, text: 'No.' })).toEqual([
      'start 0 ["text",""]',
      'delta 0 ["text_delta","No."]',
    ])
  })

  it('shows the first of several answers', () => {
    expect(
      steps(
        { type: 'text-delta', choice: 1, text: 'Two' },
        { type: 'choice-finish', choice: 1, finish: { reason: 'length', raw: '' } },
      ),
    ).toEqual([])
  })

  it('signs thinking whose words are left out by a delta, from which alone clients take a signature', () => {
    const opaque = { dialect: 'anthropic' as const, data: { signature: 'c2ln' } }
    expect(
      steps({ type: 'reasoning-delta', choice: 0, text: '' }, { type: 'reasoning-seal', choice: 0, opaque }),
    ).toEqual(['start 0 ["thinking",""]', 'delta 0 ["signature_delta","c2ln"]', 'stop 0 []'])
  })

  it('hides a seal whose reasoning is over before the block that follows', () => {
    const seal: ChatEvent = { type: 'reasoning-seal', choice: 0, opaque: { dialect: 'gemini', data: 's' } }
    const blocks = (...events: ChatEvent[]) =>
      render(start, ...events, finish('stop'), end).flatMap(({ content_block: block }) =>
        block === undefined ? [] : [JSON.parse(JSON.stringify(block)).type],
      )
    const call: ChatEvent = { type: 'tool-call-start', choice: 0, call: 0, id: 'a', name: 'f' }
    expect(blocks(seal, text('Hi'))).toEqual(['redacted_thinking', 'text'])
    expect(blocks(text('Hi'), seal, call)).toEqual(['text', 'redacted_thinking', 'tool_use'])
    expect(blocks(text('Hi'), seal, text(' there'))).toEqual(['text', 'redacted_thinking', 'text'])
    expect(blocks(seal), 'nothing was said').toEqual(['redacted_thinking'])
  })

  it('never ends an answer with hidden state after the last word', () => {
    const opaque = { dialect: 'gemini' as const, data: 's' }
    const events: ChatEvent[] = [
      start,
      text('Hi'),
      { type: 'reasoning-seal', choice: 0, opaque },
      finish('stop'),
    ]
    const streamed = render(...events, end).map(({ content_block: block }) => JSON.stringify(block) ?? '')
    expect(streamed.join('')).not.toContain('redacted_thinking')
    const { content } = anthropicInbound.renderResponse(foldEvents(events), anyRequest)
    expect(content).toEqual([{ type: 'text', text: 'Hi' }])
  })
})

function answer(content: AssistantPart[], reason: Finish) {
  const choices = [{ index: 0, content, finish: reason }]
  return anthropicInbound.renderResponse({ id: 'r', model: 'm', createdAt: 0, choices, usage }, anyRequest)
}

describe('the answer for a client', () => {
  it('is a message with its blocks, the reason and the counts', () => {
    const content: AssistantPart[] = [
      { type: 'text', text: 'Hi' },
      { type: 'refusal', text: 'No.' },
      { type: 'text', text: '' },
      { type: 'tool-call', id: 'a', name: 'f', arguments: '{"x":1}' },
      { type: 'file', kind: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      { type: 'file', kind: 'audio', source: { type: 'base64', data: 'SUQz' } },
      { type: 'file', kind: 'image', source: { type: 'reference', id: 'f-1', dialect: 'gemini' } },
    ]
    expect(answer(content, { reason: 'tool-calls', raw: 'tool_calls' })).toEqual({
      ...head,
      content: [
        { type: 'text', text: 'Hi' },
        { type: 'text', text: 'No.' },
        { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
        { type: 'text', text: '![Image made by the model](https://example.com/a.png)' },
        { type: 'text', text: 'The model made a file (audio) that cannot be shown here.' },
        { type: 'text', text: 'The model made a file (image) that cannot be shown here.' },
      ],
      stop_reason: 'tool_use',
      usage: counted,
    })
  })

  it('has zeros where nobody counted', () => {
    const response = { id: 'r', model: 'm', createdAt: 0, choices: [] }
    expect(anthropicInbound.renderResponse(response, anyRequest)).toEqual({
      ...head,
      content: [],
      stop_reason: null,
      usage: nothing,
    })
  })

  it('has no arguments of a call that was cut off, and says that it was', () => {
    const cut: AssistantPart = { type: 'tool-call', id: 'a', name: 'f', arguments: '{"ci' }
    expect(answer([cut], { reason: 'length', raw: 'length' })).toMatchObject({
      content: [{ type: 'tool_use', input: {} }],
      stop_reason: 'max_tokens',
    })
  })

  it.each<[Finish, string]>([
    [{ reason: 'stop', raw: 'stop' }, 'end_turn'],
    [{ reason: 'stop', raw: 'stop_sequence' }, 'stop_sequence'],
    [{ reason: 'stop', raw: 'pause_turn' }, 'pause_turn'],
    [{ reason: 'length', raw: 'model_context_window_exceeded' }, 'model_context_window_exceeded'],
    [{ reason: 'length', raw: 'MAX_TOKENS' }, 'max_tokens'],
    [{ reason: 'tool-calls', raw: 'STOP' }, 'tool_use'],
    [{ reason: 'content-filter', raw: 'SAFETY' }, 'refusal'],
    [{ reason: 'refusal', raw: 'stop' }, 'refusal'],
    // A word of ours that the other dialect means otherwise.
    [{ reason: 'stop', raw: 'refusal' }, 'end_turn'],
    [{ reason: 'error', raw: 'MALFORMED_FUNCTION_CALL' }, 'refusal'],
    [{ reason: 'stop', raw: 'compaction' }, 'compaction'],
    [{ reason: 'other', raw: 'OTHER' }, 'refusal'],
    [{ reason: 'other', raw: '' }, 'max_tokens'],
  ])('ends for the reason %j as %s', (reason, word) => {
    expect(answer([], reason).stop_reason).toBe(word)
  })
})

import { describe, expect, it } from 'vitest'
import type { AssistantPart } from '../../../src/chat/request.ts'
import {
  assistant,
  call,
  hello,
  image,
  imageBlock,
  last,
  result,
  said,
  sent,
  text,
  use,
  user,
} from './translated.ts'

/** The input that the model sees of a call with these arguments. */
function inputOf(given: string): unknown {
  return sent([hello, assistant(call('a', given)), result('a', text('1'))]).turns
}

describe('calls and results for a provider', () => {
  it('meet in one turn, results first, whatever messages they came in', () => {
    const messages = [
      hello,
      assistant(text('Let me look.'), call('a'), call('b')),
      result('a', text('1')),
      user(text('Well?')),
      {
        role: 'tool' as const,
        content: [{ type: 'tool-result' as const, callId: 'b', content: [], isError: true }],
      },
    ]
    expect(sent(messages).turns).toEqual([
      said,
      { role: 'assistant', content: [text('Let me look.'), use('a'), use('b')] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: '1' },
          { type: 'tool_result', tool_use_id: 'b', is_error: true },
          text('Well?'),
        ],
      },
    ])
  })

  it('show the files that a tool returned inside of its result', () => {
    expect(last(hello, assistant(call('a')), result('a', text('Look:'), image))).toEqual([
      { type: 'tool_result', tool_use_id: 'a', content: [text('Look:'), imageBlock] },
    ])
  })

  it('leave out a call that nobody answered, and the turn that then says nothing', () => {
    expect(sent([hello, assistant(text('Hm.'), call('a')), user(text('Never mind'))]).turns).toEqual([
      said,
      { role: 'assistant', content: [text('Hm.')] },
      { role: 'user', content: [text('Never mind')] },
    ])
    const thought: AssistantPart = {
      type: 'reasoning',
      text: 'Hm.',
      opaque: { dialect: 'anthropic', data: { signature: 's' } },
    }
    expect(sent([hello, assistant(thought, call('a'))]).turns).toEqual([said])
  })

  it('show a result that belongs to no call, or was given before, as what the user says', () => {
    expect(sent([hello, assistant(text('Hi')), result('z', text('1'), image)]).turns).toContainEqual({
      role: 'user',
      content: [text('1'), imageBlock],
    })
    expect(last(hello, assistant(call('a')), result('a', text('1')), result('a', text('2')))).toEqual([
      { type: 'tool_result', tool_use_id: 'a', content: '1' },
      text('2'),
    ])
  })

  it('have ids in the letters that are allowed, the same each time and never two in one', () => {
    const ids = ['functions.f:0', 'functions:f.0', '', 'ü']
    const messages = [
      hello,
      assistant(...ids.map((id) => call(id))),
      ...ids.map((id) => result(id, text(id || '-'))),
    ]
    const pairs = JSON.stringify(sent(messages).turns).matchAll(/"(?:id|tool_use_id)":"([^"]*)"/g)
    const found = [...pairs].map(([, id]) => id)
    const wanted = ['functions-2e-f-3a-0', 'functions-3a-f-2e-0', 'call', '-fc-']
    expect(found).toEqual([...wanted, ...wanted])
  })

  it('have ids of their own where a vendor counts its calls anew for each answer', () => {
    const round = [assistant(call('call_0')), result('call_0', text('1'))]
    expect(sent([hello, ...round, ...round]).turns).toEqual([
      said,
      { role: 'assistant', content: [use('call_0')] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_0', content: '1' }] },
      { role: 'assistant', content: [use('call_0-2')] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_0-2', content: '1' }] },
    ])
    const twins = sent([
      hello,
      assistant(call('a'), call('a')),
      result('a', text('1')),
      result('a', text('2')),
    ])
    expect(twins.turns).toContainEqual({ role: 'assistant', content: [use('a'), use('a-2')] })
    expect(JSON.stringify(twins)).toContain('"tool_use_id":"a-2","content":"2"')
  })

  it.each([
    ['', {}],
    ['{"x":1}', { x: 1 }],
    ['{"x":', { INVALID_JSON: '{"x":' }],
    ['[1]', { INVALID_JSON: '[1]' }],
  ])('have the arguments %j as the object %j', (given, input) => {
    expect(inputOf(given)).toContainEqual({ role: 'assistant', content: [use('a', input)] })
  })
})

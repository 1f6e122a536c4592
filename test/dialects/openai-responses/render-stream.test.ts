import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../src/chat/events.ts'
import type { Json } from '../../../src/chat/json.ts'
import { end, finish, render, start, text } from './rendered.ts'

function thinking(words: string): ChatEvent {
  return { type: 'reasoning-delta', choice: 0, text: words }
}

/** The events between the opening and the end, without their number. */
function told(...events: ChatEvent[]): Json[] {
  return render(start, ...events, finish('stop'), end)
    .slice(2, -1)
    .map(({ sequence_number: _number, ...fields }) => fields)
}

describe('the stream for a client', () => {
  it('numbers its events from zero, opens with the empty answer and ends with the whole one', () => {
    const all = render(start, text('Hi'), finish('stop'), end)
    expect(all.map(({ sequence_number }) => sequence_number)).toEqual(all.map((_, index) => index))
    expect(all.slice(0, 2)).toMatchObject([
      {
        type: 'response.created',
        response: {
          id: 'resp_r',
          object: 'response',
          created_at: 5,
          status: 'in_progress',
          output: [],
          usage: null,
        },
      },
      { type: 'response.in_progress', response: { id: 'resp_r', status: 'in_progress' } },
    ])
    expect(all.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { id: 'resp_r', status: 'completed', model: 'm', output: [{ type: 'message' }] },
    })
  })

  it('tells a message part by part', () => {
    const at = { item_id: 'msg_hub_r_0', output_index: 0 }
    const message = { id: 'msg_hub_r_0', type: 'message', role: 'assistant' }
    const part = { type: 'output_text', text: 'Hi!', annotations: [], logprobs: [] }
    const refusal = { type: 'refusal', refusal: 'No.' }
    const first = { ...at, content_index: 0 }
    const second = { ...at, content_index: 1 }
    expect(told(text('Hi'), text(''), text('!'), { type: 'refusal-delta', choice: 0, text: 'No.' })).toEqual([
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { ...message, status: 'in_progress', content: [] },
      },
      { type: 'response.content_part.added', ...first, part: { ...part, text: '' } },
      { type: 'response.output_text.delta', ...first, delta: 'Hi', logprobs: [] },
      { type: 'response.output_text.delta', ...first, delta: '!', logprobs: [] },
      { type: 'response.output_text.done', ...first, text: 'Hi!', logprobs: [] },
      { type: 'response.content_part.done', ...first, part },
      { type: 'response.content_part.added', ...second, part: { ...refusal, refusal: '' } },
      { type: 'response.refusal.delta', ...second, delta: 'No.' },
      { type: 'response.refusal.done', ...second, refusal: 'No.' },
      { type: 'response.content_part.done', ...second, part: refusal },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { ...message, status: 'completed', content: [part, refusal] },
      },
    ])
  })

  it('tells reasoning as a summary, before the item that it led to', () => {
    const at = { item_id: 'rs_hub_r_0', output_index: 0, summary_index: 0 }
    const part = { type: 'summary_text', text: 'Let me see.' }
    const item = {
      id: 'rs_hub_r_0',
      type: 'reasoning',
      summary: [part],
      encrypted_content: expect.stringMatching(/^hub1-/),
    }
    expect(told(thinking('Let me '), thinking('see.'), text('Four.')).slice(0, 7)).toEqual([
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { id: item.id, type: 'reasoning', summary: [] },
      },
      { type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } },
      { type: 'response.reasoning_summary_text.delta', ...at, delta: 'Let me ' },
      { type: 'response.reasoning_summary_text.delta', ...at, delta: 'see.' },
      { type: 'response.reasoning_summary_text.done', ...at, text: 'Let me see.' },
      { type: 'response.reasoning_summary_part.done', ...at, part },
      { type: 'response.output_item.done', output_index: 0, item },
    ])
  })

  it('finishes a call before the next begins, whatever the provider counts', () => {
    const fc = (index: number) => ({ item_id: `fc_hub_r_${index}`, output_index: index })
    const item = (index: number, id: string, name: string, status: string, written: string) => ({
      output_index: index,
      item: { id: `fc_hub_r_${index}`, type: 'function_call', status, call_id: id, name, arguments: written },
    })
    expect(
      told(
        { type: 'tool-call-start', choice: 0, call: 2, id: 'a', name: 'f' },
        { type: 'tool-call-start', choice: 0, call: 5, id: 'b', name: 'g' },
        { type: 'tool-call-delta', choice: 0, call: 2, arguments: '{"x":' },
        { type: 'tool-call-delta', choice: 0, call: 2, arguments: '1}' },
      ),
    ).toEqual([
      { type: 'response.output_item.added', ...item(0, 'a', 'f', 'in_progress', '') },
      { type: 'response.function_call_arguments.delta', ...fc(0), delta: '{"x":' },
      { type: 'response.function_call_arguments.delta', ...fc(0), delta: '1}' },
      { type: 'response.function_call_arguments.done', ...fc(0), name: 'f', arguments: '{"x":1}' },
      { type: 'response.output_item.done', ...item(0, 'a', 'f', 'completed', '{"x":1}') },
      { type: 'response.output_item.added', ...item(1, 'b', 'g', 'in_progress', '') },
      // No arguments are an empty object.
      { type: 'response.function_call_arguments.delta', ...fc(1), delta: '{}' },
      { type: 'response.function_call_arguments.done', ...fc(1), name: 'g', arguments: '{}' },
      { type: 'response.output_item.done', ...item(1, 'b', 'g', 'completed', '{}') },
    ])
  })

  it('has one item open at a time, in whatever order the fragments come', () => {
    const begin = (call: number): ChatEvent => ({
      type: 'tool-call-start',
      choice: 0,
      call,
      id: `call_${call}`,
      name: 'f',
    })
    const add = (call: number, words: string): ChatEvent => ({
      type: 'tool-call-delta',
      choice: 0,
      call,
      arguments: words,
    })
    const orders: ChatEvent[][] = [
      [begin(0), add(0, '{"a":1}'), begin(1), add(1, '{"b":2}'), begin(2), add(2, '{}')],
      [begin(0), begin(1), add(0, '{"a"'), add(1, '{"b"'), add(1, ':2}'), add(0, ':1}'), begin(2)],
      [text('Let me see.'), begin(0), begin(1), begin(2), add(2, '{}'), add(1, '{"b":2}'), add(0, '{"a":1}')],
    ]
    for (const order of orders) {
      const all = render(start, ...order, finish('tool-calls'), end)
      let open: unknown
      for (const { type, output_index: place } of all) {
        if (type === 'response.output_item.added') {
          expect(open, 'the item before is done').toBeUndefined()
          open = place
        } else if (place !== undefined) expect(place).toBe(open)
        if (type === 'response.output_item.done') open = undefined
      }
      const done = all.flatMap(({ type, item }) =>
        type === 'response.output_item.done' ? [JSON.parse(JSON.stringify(item))] : [],
      )
      const calls = done.filter((item) => item.type === 'function_call')
      expect(calls.map((call) => [call.call_id, call.arguments])).toEqual([
        ['call_0', '{"a":1}'],
        ['call_1', '{"b":2}'],
        ['call_2', '{}'],
      ])
    }
  })

  it('gives an item one id, from its beginning to the whole answer', () => {
    const item = { id: 'rs_theirs', type: 'reasoning', summary: [], encrypted_content: 'g' }
    const all = render(
      start,
      thinking('Hm.'),
      { type: 'reasoning-seal', choice: 0, opaque: { dialect: 'openai-responses', data: item } },
      text('Hi'),
      { type: 'tool-call-start', choice: 0, call: 0, id: 'a', name: 'f' },
      text('there'),
      finish('tool-calls'),
      end,
    )
    const output = JSON.parse(JSON.stringify(all.at(-1)?.response)).output.map(({ id }: { id: string }) => id)
    expect(output).toEqual(['rs_theirs', 'msg_hub_r_1', 'fc_hub_r_2', 'msg_hub_r_3'])
    for (const { output_index: place, item_id, item: each } of all) {
      if (typeof place !== 'number') continue
      expect(item_id ?? JSON.parse(JSON.stringify(each)).id).toBe(output[place])
    }
  })

  it('reports usage in its last event, asked or not', () => {
    const usage = {
      inputTokens: 3,
      outputTokens: 2,
      cachedTokens: 1,
      cacheWriteTokens: 0,
      reasoningTokens: 1,
    }
    expect(render(start, finish('stop'), { type: 'usage-report', usage }, end).at(-1)).toMatchObject({
      response: {
        usage: {
          input_tokens: 3,
          input_tokens_details: { cached_tokens: 1, cache_write_tokens: 0 },
          output_tokens: 2,
          output_tokens_details: { reasoning_tokens: 1 },
          total_tokens: 5,
        },
      },
    })
  })

  it('does not end where the provider did not', () => {
    const last = render(start, text('Hi')).at(-1)
    expect(last?.type).toBe('response.output_text.delta')
  })

  it('takes no answer but the first, since nobody can ask for more', () => {
    expect(told({ type: 'text-delta', choice: 1, text: 'Hi' })).toEqual([])
  })
})

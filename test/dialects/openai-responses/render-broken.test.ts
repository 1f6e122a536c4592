import { describe, expect, it } from 'vitest'
import type { ChatEvent } from '../../../src/chat/events.ts'
import { openaiResponsesInbound } from '../../../src/dialects/openai-responses/inbound.ts'
import { HubError } from '../../../src/errors.ts'
import { end, finish, read, render, request, start, text } from './rendered.ts'

describe('an answer that was cut', () => {
  it('is incomplete, and so is the call that was being written', () => {
    const all = render(
      start,
      { type: 'tool-call-start', choice: 0, call: 0, id: 'a', name: 'f' },
      { type: 'tool-call-delta', choice: 0, call: 0, arguments: '{}' },
      { type: 'tool-call-start', choice: 0, call: 1, id: 'b', name: 'g' },
      { type: 'tool-call-delta', choice: 0, call: 1, arguments: '{"x":' },
      finish('length'),
      end,
    )
    expect(all.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: {
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        output: [
          { call_id: 'a', status: 'completed' },
          { call_id: 'b', status: 'incomplete', arguments: '{"x":' },
        ],
      },
    })
  })

  it('never has a call without arguments become one with none', () => {
    const all = render(
      start,
      { type: 'tool-call-start', choice: 0, call: 0, id: 'a', name: 'f' },
      finish('length'),
      end,
    )
    expect(all.at(-1)).toMatchObject({ response: { output: [{ status: 'incomplete', arguments: '' }] } })
  })

  it('has its message incomplete', () => {
    expect(render(start, text('Once'), finish('length'), end).at(-1)).toMatchObject({
      response: { output: [{ type: 'message', status: 'incomplete' }] },
    })
  })
})

describe('a stream that breaks', () => {
  const call: ChatEvent = { type: 'tool-call-start', choice: 0, call: 0, id: 'a', name: 'pay' }
  const half: ChatEvent = { type: 'tool-call-delta', choice: 0, call: 0, arguments: '{"amount": 1' }
  const error = new HubError('QUOTA_EXHAUSTED', 'All keys rest.')

  it('says what was wrong, then that the answer failed, with the items that were done', () => {
    const renderer = openaiResponsesInbound.renderStream(request)
    const before = [start, text('Hi'), call, half].flatMap((event) => renderer.push(event))
    const after = read(renderer.fail?.(error, 'req-1', Date.now()) ?? [])
    expect(after.map(({ sequence_number }) => sequence_number)).toEqual(
      after.map((_, index) => before.length + index),
    )
    expect(after).toMatchObject([
      {
        type: 'error',
        code: 'rate_limit_exceeded',
        message: 'All keys rest.',
        param: null,
        hub: { requestId: 'req-1' },
      },
      {
        type: 'response.failed',
        response: {
          id: 'resp_r',
          status: 'failed',
          error: { code: 'rate_limit_exceeded', message: 'All keys rest.' },
          output: [{ type: 'message', status: 'completed', content: [{ text: 'Hi' }] }],
        },
      },
    ])
  })

  it.each([
    ['a call', [call, half]],
    ['a call without arguments', [call]],
    ['a message', [text('Hi')]],
    ['reasoning', [{ type: 'reasoning-delta', choice: 0, text: 'Hm.' } as const]],
  ])('never finishes %s that was cut off', (_, events) => {
    const renderer = openaiResponsesInbound.renderStream(request)
    const before = [start, ...events].flatMap((event) => renderer.push(event))
    const all = read([...before, ...(renderer.fail?.(error, 'req-1', Date.now()) ?? [])])
    expect(all.filter(({ type }) => type.endsWith('.done'))).toEqual([])
    expect(all.at(-1)).toMatchObject({ type: 'response.failed', response: { output: [] } })
  })

  it('says the same where what was sent before is not known', () => {
    const [first, second] = openaiResponsesInbound
      .renderStreamError(error, 'req-1', Date.now())
      .map(({ event, data = '' }) => ({ event, data: JSON.parse(data) }))
    expect(first).toMatchObject({ event: 'error', data: { type: 'error', code: 'rate_limit_exceeded' } })
    expect(second).toMatchObject({
      event: 'response.failed',
      data: {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'rate_limit_exceeded' }, output: [] },
      },
    })
  })

  it("keeps the code of a provider's own verdict", () => {
    const upstream = {
      blame: 'request' as const,
      verdict: 'too-long',
      message: 'x',
      code: 'context_length_exceeded',
    }
    const [, failed] = openaiResponsesInbound.renderStreamError(
      new HubError('PROVIDER_ERROR', 'x', { upstream }),
      'r',
      Date.now(),
    )
    expect(JSON.parse(failed?.data ?? '').response.error.code).toBe('context_length_exceeded')
  })
})

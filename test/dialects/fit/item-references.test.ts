/** References to items of earlier answers, at rows that keep them and at rows that do not. */
import { describe, expect, it } from 'vitest'
import { anyRequest } from '../../any-request.ts'
import { withoutState } from '../../../src/dialects/without-state.ts'
import { customProvider, receivers, send } from './clients.ts'
import type { Provider } from '../../../src/providers/provider.ts'

const rows = receivers.filter(([, { dialects }]) => dialects['openai-responses'])
const question = { role: 'user', content: 'One' }
const kept = { type: 'function_call', call_id: 'call_2', name: 'f', arguments: '{}' }
const keptResult = { type: 'function_call_output', call_id: 'call_2', output: 'two' }
const input = [
  question,
  { type: 'item_reference', id: 'fc_1' },
  { id: 'msg_1' },
  kept,
  { type: 'function_call_output', call_id: 'call_1', output: 'one' },
  keptResult,
]

describe.each(rows)('%s', (id, provider) => {
  const row: [string, Provider] = [id, provider]
  const keeps = id.startsWith('custom') || provider.quirks?.['openai-responses']?.keepsAnswers === true

  it('is sent references where it may know them, and else neither them nor their results', () => {
    const { body, dropped } = send('openai-responses', { input }, row)
    expect(body.input).toEqual(keeps ? input : [question, kept, keptResult])
    expect(dropped.includes('input[].item_reference')).toBe(!keeps)
  })
})

it('loses the results of lost calls on a retry without state, unless a conversation may hold the calls', () => {
  const row: [string, Provider] = ['c', customProvider('openai-responses')]
  const bare = (body: object) =>
    send('openai-responses', { input, ...body }, row, { isBare: true }).body.input
  expect(bare({})).toEqual([question, kept, keptResult])
  expect(bare({ previous_response_id: 'resp_1' })).toHaveLength(4)
})

it('keeps the results of calls that the receiver still knows', () => {
  const turns = ['theirs', 'ours'].map((maker) => [
    { type: 'item_reference', id: `rs_${maker}` },
    { type: 'item_reference', id: `fc_${maker}` },
    { type: 'function_call_output', call_id: `call_${maker}`, output: 'seen' },
  ])
  const [, ours = []] = turns
  for (const order of [turns, turns.toReversed()]) {
    const request = {
      ...anyRequest,
      origin: { dialect: 'openai-responses' as const, body: { input: [question, ...order.flat()] } },
    }
    const readable = withoutState(request, (ids) => ids.some((id) => id.endsWith('theirs')))
    expect(readable?.origin.body.input).toEqual([question, ...ours])
  }
})

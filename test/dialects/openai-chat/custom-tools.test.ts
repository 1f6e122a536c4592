/**
 * Tools of a Chat client that take a text:
 * https://platform.openai.com/docs/guides/function-calling#custom-tools
 */
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import { CustomInput, readCustomInput } from '../../../src/dialects/custom-input.ts'
import { inbound, outbound } from '../../../src/dialects/index.ts'
import { objectIn, textIn } from '../../../src/dialects/json-read.ts'

const listener = inbound['openai-chat']
const speaker = outbound.anthropic
if (!listener || !speaker) throw new Error('The dialects are not spoken.')

it('the text of a custom tool is the model’s to the character, whole and cut anywhere', () => {
  const input = 'a\u0000b\u001f"\\ \u{1f600} é'
  const escaped = JSON.stringify({ input }).replace('é', '\\u00e9').split('')
  expect(readCustomInput(escaped.join(''))).toBe(input)
  const reader = new CustomInput()
  expect(escaped.map((character) => reader.push(character)).join('') + reader.close()).toBe(input)
  expect(readCustomInput('{"input":"\\u00zz"}')).toBe('\ufffd')
})

describe('custom tools of a Chat client', () => {
  const tools = [{ type: 'custom', custom: { name: 'patch', description: 'Edits.' } }]
  const tool_choice = { type: 'custom', custom: { name: 'patch' } }
  const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], tools, tool_choice }

  it('are functions elsewhere, and so are their calls in the history', () => {
    const calls = [{ id: 'c', type: 'custom', custom: { name: 'patch', input: 'a\n"b"' } }]
    const past = [
      { role: 'assistant', content: null, tool_calls: calls },
      { role: 'tool', tool_call_id: 'c', content: 'done' },
    ]
    const request = listener.parseRequest({ ...body, messages: [...body.messages, ...past] })
    const sent = speaker.buildCall(request, { baseUrl: 'u', model: 'm', quirks: {} })
    expect(sent.body).toMatchObject({
      tools: [{ name: 'patch', input_schema: { required: ['input'] } }],
      tool_choice: { type: 'tool', name: 'patch' },
      messages: [{}, { content: [{ type: 'tool_use', name: 'patch', input: { input: 'a\n"b"' } }] }, {}],
    })
    expect(sent.dropped).toEqual([])
  })

  it('are called as custom tools, whole and streamed', () => {
    const request = listener.parseRequest(body)
    const start = { type: 'tool-call-start' as const, choice: 0, call: 0, id: 'c', name: 'patch' }
    const args = ['{"inp', 'ut":"a\\', 'n\\"b', '\\""}']
    const whole = listener.renderResponse(
      {
        id: 'r',
        model: 'm',
        createdAt: 1,
        choices: [
          {
            index: 0,
            content: [{ type: 'tool-call', id: 'c', name: 'patch', arguments: args.join('') }],
            finish: { reason: 'tool-calls', raw: '' },
          },
        ],
      },
      request,
    )
    const custom = { name: 'patch', input: 'a\n"b"' }
    expect(whole.choices).toMatchObject([{ message: { tool_calls: [{ id: 'c', type: 'custom', custom }] } }])
    const renderer = listener.renderStream(request)
    const sent = [
      start,
      ...args.map((each) => ({ type: 'tool-call-delta' as const, choice: 0, call: 0, arguments: each })),
    ]
      .flatMap((event) => renderer.push(event))
      .map(
        ({ data = '' }) =>
          (JSON.parse(data) as { choices: { delta: { tool_calls?: JsonObject[] } }[] }).choices[0]?.delta
            .tool_calls?.[0],
      )
      .filter((each) => each !== undefined)
    expect(sent[0]).toMatchObject({ id: 'c', type: 'custom', custom: { name: 'patch', input: '' } })
    expect(
      sent
        .slice(1)
        .map((each) => textIn(objectIn(each.custom)?.input))
        .join(''),
    ).toBe(custom.input)
  })
})

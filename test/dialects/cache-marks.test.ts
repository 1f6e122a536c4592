import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/chat/json.ts'
import { inbound, outbound } from '../../src/dialects/index.ts'
import { listIn, objectIn } from '../../src/dialects/json-read.ts'

const mark = { type: 'ephemeral' }
const long = { type: 'ephemeral', ttl: '1h' }

function call(body: JsonObject, to: 'anthropic' | 'gemini' = 'anthropic') {
  const request = inbound['openai-chat']?.parseRequest({ model: 'm', ...body })
  const speaker = outbound[to]
  if (!request || !speaker) throw new Error('The dialects are not spoken.')
  return speaker.buildCall(request, { baseUrl: 'u', model: 'claude-sonnet-5', quirks: {} })
}

const part = (text: string, cache_control: JsonObject = mark) => ({ type: 'text', text, cache_control })

function marksIn({ tools, system, messages }: JsonObject): unknown[] {
  const blocks = listIn(messages).flatMap((message) => listIn(objectIn(message)?.content))
  return [...listIn(tools), ...listIn(system), ...blocks].flatMap(
    (each) => objectIn(each)?.cache_control ?? [],
  )
}

describe('marks for caching of a Chat client', () => {
  const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }

  it('go on to Anthropic: on parts, tools, results and whole messages', () => {
    const { body, dropped } = call({
      tools: [{ ...tool, cache_control: long }],
      messages: [
        { role: 'system', content: [part('You are brief.', long)] },
        { role: 'user', content: 'Hello', cache_control: mark },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: [part('done')] },
      ],
    })
    expect(dropped).toEqual([])
    expect(body).toMatchObject({
      tools: [{ name: 'f', cache_control: long }],
      system: [{ text: 'You are brief.', cache_control: long }],
      messages: [
        { content: [{ text: 'Hello', cache_control: mark }] },
        {},
        { content: [{ type: 'tool_result', content: 'done', cache_control: mark }] },
      ],
    })
  })

  it('are at most four: the first and the last ones', () => {
    const texts = ['a', 'b', 'c', 'd', 'e', 'f']
    const { body } = call({ messages: [{ role: 'user', content: texts.map((text) => part(text)) }] })
    const blocks = listIn(objectIn(listIn(body.messages)[0])?.content).map((each) => objectIn(each))
    expect(blocks.filter((each) => each?.cache_control).map((each) => each?.text)).toEqual([
      'a',
      'd',
      'e',
      'f',
    ])
  })

  it('last no longer than those before them', () => {
    const { body } = call({ messages: [{ role: 'user', content: [part('a'), part('b', long)] }] })
    expect(marksIn(body)).toEqual([mark, mark])
  })

  it('are left out where they are no marks that Anthropic knows', () => {
    const { body } = call({ messages: [{ role: 'user', content: [part('a', { type: 'for ever' })] }] })
    expect(marksIn(body)).toEqual([])
  })

  it('are named where the provider does not know them', () => {
    const { body, dropped } = call(
      { tools: [{ ...tool, cache_control: mark }], messages: [{ role: 'user', content: [part('a')] }] },
      'gemini',
    )
    expect(dropped).toEqual(['messages[0].content[0].cache_control', 'tools[0].cache_control'])
    expect(JSON.stringify(body)).not.toContain('ephemeral')
  })
})

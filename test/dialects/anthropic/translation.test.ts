import { describe, expect, it } from 'vitest'
import type { Tool, ToolChoice } from '../../../src/chat/request.ts'
import { hello, translate } from './translated.ts'

const tool: Tool = { name: 'f', description: 'Does f.', parameters: { type: 'object', properties: {} } }

describe('a request of another dialect', () => {
  it('goes to the path of the dialect, with the model of the provider', () => {
    expect(translate({ stream: true })).toEqual({
      url: 'https://p.example/v1/messages',
      body: {
        model: 'claude-sonnet-4-5',
        max_tokens: 4096,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
        stream: true,
      },
      dropped: [],
    })
  })

  it.each([
    [undefined, undefined, 4096],
    [undefined, 64_000, 64_000],
    [100, 64_000, 100],
    [100_000, 64_000, 64_000],
    [100_000, undefined, 100_000],
  ])('with the limit %j, of a model that can write %j, may write %j tokens', (asked, most, limit) => {
    const request = asked === undefined ? {} : { maxOutputTokens: asked }
    const facts = most === undefined ? {} : { outputTokens: most }
    expect(translate(request, { facts }).body.max_tokens).toBe(limit)
  })

  it('names the user', () => {
    expect(translate({ user: 'u-1' }).body.metadata).toEqual({ user_id: 'u-1' })
  })

  it('cannot ask for several answers, and says so', () => {
    expect(() => translate({ choices: 2 })).toThrow(
      expect.objectContaining({ code: 'VALIDATION_ERROR', param: 'n' }),
    )
    expect(translate({ choices: 1 }).dropped).toEqual([])
  })

  it('leaves out fields that the provider refuses, and names them', () => {
    const { body, dropped } = translate({ user: 'u-1' }, { quirks: { refuses: ['metadata', 'speed'] } })
    expect(body).not.toHaveProperty('metadata')
    expect(dropped).toEqual(['metadata'])
  })
})

describe('sampling', () => {
  it.each([
    [{ temperature: 0.5, topK: 4 }, { temperature: 0.5, top_k: 4 }, []],
    [{ temperature: 1.8 }, { temperature: 1 }, []],
    [{ topP: 0.5 }, { top_p: 0.5 }, []],
    [{ temperature: 0.5, topP: 0.5 }, { temperature: 0.5 }, ['top_p']],
    [
      { seed: 0, presencePenalty: 1, frequencyPenalty: 1 },
      {},
      ['seed', 'presence_penalty', 'frequency_penalty'],
    ],
  ])('of %j is sent as %j, without %j', (sampling, fields, left) => {
    const { body, dropped } = translate({ sampling })
    const { model: _model, max_tokens: _limit, messages: _messages, ...rest } = body
    expect(rest).toEqual(fields)
    expect(dropped).toEqual(left)
  })

  it('is left out where the model refuses it, and named', () => {
    const sampling = { temperature: 0.5, topP: 0.5, topK: 4 }
    const { body, dropped } = translate({ sampling }, { facts: { sampling: false } })
    expect(Object.keys(body).toSorted()).toEqual(['max_tokens', 'messages', 'model'])
    expect(dropped).toEqual(['temperature', 'top_p', 'top_k'])
  })

  it('is left out while the model thinks, but for a high top_p', () => {
    const asked = { reasoning: { effort: 'low' }, maxOutputTokens: 4000 }
    expect(translate({ ...asked, sampling: { temperature: 0.5, topK: 4 } }).dropped).toEqual([
      'temperature',
      'top_k',
    ])
    expect(translate({ ...asked, sampling: { topP: 0.95 } }).body.top_p).toBe(0.95)
    expect(translate({ ...asked, sampling: { topP: 0.5 } }).dropped).toEqual(['top_p'])
  })

  it('cannot be watched: log probabilities are left out, and named', () => {
    expect(translate({ logprobs: { alternatives: 2 } }).dropped).toEqual(['logprobs'])
  })

  it('stops at every mark but white space', () => {
    expect(translate({ stop: ['END', '\n'] })).toMatchObject({
      body: { stop_sequences: ['END'] },
      dropped: ['stop'],
    })
    const { body } = translate({ stop: [' '] })
    expect(body).not.toHaveProperty('stop_sequences')
  })
})

describe('tools', () => {
  it('are given with a schema whose root is an object', () => {
    const tools = [tool, { name: 'g' }, { name: 'h', parameters: { properties: { x: {} } } }]
    expect(translate({ tools }).body.tools).toEqual([
      { name: 'f', description: 'Does f.', input_schema: { type: 'object', properties: {} } },
      { name: 'g', input_schema: { type: 'object', properties: {} } },
      { name: 'h', input_schema: { type: 'object', properties: { x: {} } } },
    ])
  })

  it('are strict where that is asked and the model can be', () => {
    const tools = [{ ...tool, strict: true }]
    const input_schema = { type: 'object', properties: {}, additionalProperties: false }
    expect(translate({ tools }).body.tools).toMatchObject([{ strict: true, input_schema }])
    expect(translate({ tools }, { model: 'claude-sonnet-4-0' }).body.tools).toEqual(
      translate({ tools: [tool] }).body.tools,
    )
    expect(translate({ tools: [{ ...tool, strict: false }] }).body.tools).toEqual(
      translate({ tools: [tool] }).body.tools,
    )
  })

  it.each<[ToolChoice | undefined, boolean | undefined, unknown]>([
    [undefined, undefined, undefined],
    ['auto', undefined, { type: 'auto' }],
    ['none', false, { type: 'none' }],
    ['required', undefined, { type: 'any' }],
    [{ name: 'f' }, true, { type: 'tool', name: 'f', disable_parallel_tool_use: false }],
    [undefined, false, { type: 'auto', disable_parallel_tool_use: true }],
  ])('are chosen among: %j with parallel calls %j is %j', (toolChoice, parallelToolCalls, expected) => {
    const asked = {
      ...(toolChoice && { toolChoice }),
      ...(parallelToolCalls !== undefined && { parallelToolCalls }),
    }
    expect(translate({ tools: [tool], ...asked }).body.tool_choice).toEqual(expected)
    expect(translate(asked).body).not.toHaveProperty('tool_choice')
  })

  it('cannot be forced on a model with a thinking budget, but on one that thinks as it likes', () => {
    const asked = { tools: [tool], reasoning: { effort: 'low' }, maxOutputTokens: 4000 }
    for (const toolChoice of ['required', { name: 'f' }] satisfies ToolChoice[]) {
      const { body, dropped } = translate({ ...asked, toolChoice })
      expect(body.tool_choice).toEqual({ type: 'auto' })
      expect(dropped).toEqual(['tool_choice'])
      expect(translate({ ...asked, toolChoice }, { model: 'claude-opus-4-6' }).dropped).toEqual([])
    }
  })
})

describe('the shape of the answer', () => {
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, additionalProperties: false }
  const format = { type: 'json-schema' as const, name: 'count', schema }

  it('is a schema that the model is held to', () => {
    const { body, dropped } = translate({ format })
    expect(body.output_config).toEqual({ format: { type: 'json_schema', schema } })
    expect(body).not.toHaveProperty('system')
    expect(dropped).toEqual([])
  })

  it.each([
    ['an old model', { model: 'claude-sonnet-4-20250514' }],
    ['a model of another vendor that is known not to', { model: 'glm-5', facts: { jsonSchema: false } }],
    ['a provider that refuses schemas', { quirks: { noJsonSchema: true as const } }],
  ])('is put into words for %s', (_, upstream) => {
    const { body, dropped } = translate({ format }, upstream)
    expect(body).not.toHaveProperty('output_config')
    expect(JSON.stringify(body.system)).toContain(JSON.stringify(JSON.stringify(schema)).slice(1, -1))
    expect(dropped).toEqual(['response_format.json_schema'])
  })

  it('is what Anthropic says the model can, whatever the catalogue has', () => {
    const { body } = translate({ format }, { facts: { jsonSchema: false } })
    expect(body.output_config).toEqual({ format: { type: 'json_schema', schema } })
  })

  it('is any object by instruction, after the instructions of the client', () => {
    const system = { role: 'system' as const, content: [{ type: 'text' as const, text: 'Be brief.' }] }
    const { body } = translate({ format: { type: 'json' }, messages: [system, hello] })
    expect(body.system).toEqual([
      { type: 'text', text: 'Be brief.' },
      { type: 'text', text: expect.stringContaining('JSON object') },
    ])
  })

  it('has every object closed, and bounds in words', () => {
    const open = {
      type: 'object',
      description: 'All of it',
      minProperties: 1,
      properties: {
        minimum: { type: ['object', 'null'], properties: {} },
        list: { type: 'array', maxItems: 3, items: { type: 'object', additionalProperties: true } },
        either: { anyOf: [{ type: 'string', maxLength: 5 }, { $ref: '#/$defs/x' }] },
      },
      $defs: { x: { type: 'integer', minimum: 0, maximum: 9 } },
      required: ['list'],
    }
    const { body } = translate({ format: { ...format, schema: open } })
    expect(body.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          description: 'All of it (minProperties: 1)',
          additionalProperties: false,
          properties: {
            minimum: { type: ['object', 'null'], properties: {}, additionalProperties: false },
            list: {
              type: 'array',
              description: '(maxItems: 3)',
              items: { type: 'object', additionalProperties: false },
            },
            either: { anyOf: [{ type: 'string', description: '(maxLength: 5)' }, { $ref: '#/$defs/x' }] },
          },
          $defs: { x: { type: 'integer', description: '(minimum: 0, maximum: 9)' } },
          required: ['list'],
        },
      },
    })
  })
})

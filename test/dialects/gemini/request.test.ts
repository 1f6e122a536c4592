import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/chat/json.ts'
import { geminiInbound } from '../../../src/dialects/gemini/inbound.ts'
import { HubError } from '../../../src/errors.ts'

const hello = { role: 'user', parts: [{ text: 'Hello' }] }

function parse(fields: JsonObject) {
  return geminiInbound.parseRequest({ contents: [hello], ...fields }, { model: 'm-1' })
}

function refusalOf(body: unknown): { param: string | undefined; message: string } {
  try {
    geminiInbound.parseRequest(body)
  } catch (error) {
    if (error instanceof HubError && error.code === 'VALIDATION_ERROR')
      return { param: error.param, message: error.message }
    throw error
  }
  throw new Error('This was meant to be refused.')
}

function withPart(part: JsonObject): JsonObject {
  return { contents: [{ role: 'user', parts: [{ text: 'x' }, part] }] }
}

describe('a request that is wrong', () => {
  it.each([
    [{}, 'contents', /missing/],
    [{ contents: [] }, 'contents', /must not be empty/],
    [{ contents: 'Hello' }, 'contents', /must be an array/],
    [{ contents: [{ role: 'robot', parts: [] }] }, 'contents[0].role', /"user", "model" or "function"/],
    [{ contents: [{ parts: 'x' }] }, 'contents[0].parts', /must be an array/],
    [withPart({ text: 7 }), 'contents[0].parts[1].text', /must be a string, not a number/],
    [withPart({ inlineData: { mimeType: 'image/png' } }), 'contents[0].parts[1].inlineData.data', /missing/],
    [withPart({ inline_data: { data: 7 } }), 'contents[0].parts[1].inlineData.data', /must be a string/],
    [withPart({ fileData: {} }), 'contents[0].parts[1].fileData.fileUri', /missing/],
    [withPart({ functionCall: { args: {} } }), 'contents[0].parts[1].functionCall.name', /missing/],
    [
      withPart({ functionCall: { name: 'f', args: '{}' } }),
      'contents[0].parts[1].functionCall.args',
      /must be an object/,
    ],
    [
      withPart({ functionResponse: { name: 'f', response: 'Sunny' } }),
      'contents[0].parts[1].functionResponse.response',
      /must be an object/,
    ],
    [
      { contents: [hello], generationConfig: { temperature: 'warm' } },
      'generationConfig.temperature',
      /must be a number, not a string/,
    ],
    [
      { contents: [hello], generationConfig: { maxOutputTokens: 1.5 } },
      'generationConfig.maxOutputTokens',
      /must be a whole number/,
    ],
    [
      { contents: [hello], tools: [{ functionDeclarations: [{}] }] },
      'tools[0].functionDeclarations[0].name',
      /missing/,
    ],
    [
      { contents: [hello], toolConfig: { functionCallingConfig: { mode: 'SOME' } } },
      'toolConfig.functionCallingConfig.mode',
      /must be one of/,
    ],
    ['text', undefined, /must be an object/],
    [null, undefined, /must be an object/],
  ])('%j is refused by the name of the field', (body, param, message) => {
    const refusal = refusalOf(body)
    expect(refusal.param).toBe(param)
    expect(refusal.message).toMatch(message)
  })
})

describe('a request that is read', () => {
  it('has its model and its way of streaming from the address', () => {
    const address = { model: 'smart', stream: true, framing: 'json-array' as const }
    expect(geminiInbound.parseRequest({ contents: [hello] }, address)).toMatchObject({
      ...address,
      streamUsage: true,
    })
  })

  it('has the model of the body where the address names none', () => {
    expect(geminiInbound.parseRequest({ contents: [hello], model: 'models/m-2' })).toMatchObject({
      model: 'm-2',
      stream: false,
    })
    expect(geminiInbound.parseRequest({ contents: [hello] }).model).toBe('')
  })

  it('keeps the body as it came, and not a copy of it', () => {
    const body = { contents: [hello], anything: { else_where: 1 } }
    expect(geminiInbound.parseRequest(body).origin).toEqual({ dialect: 'gemini', body })
    expect(geminiInbound.parseRequest(body).origin.body).toBe(body)
  })

  it('may stand inside a call that only counts', () => {
    const body = { generateContentRequest: { model: 'models/m-1', contents: [hello] } }
    const { messages, model } = geminiInbound.parseRequest(body, { counts: true })
    expect({ messages, model }).toEqual({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
      model: 'm-1',
    })
    expect(geminiInbound.parseRequest({ contents: [hello] }, { counts: true }).messages).toEqual(messages)
  })

  it('reads the configuration by either name of each field', () => {
    const expected = {
      sampling: { topP: 0.5, presencePenalty: 1 },
      stop: ['END'],
      maxOutputTokens: 9,
      choices: 2,
      logprobs: { alternatives: 3 },
    }
    expect(
      parse({
        generationConfig: {
          topP: 0.5,
          presencePenalty: 1,
          stopSequences: ['END'],
          maxOutputTokens: 9,
          candidateCount: 2,
          responseLogprobs: true,
          logprobs: 3,
        },
      }),
    ).toMatchObject(expected)
    expect(
      parse({
        generation_config: {
          top_p: 0.5,
          presence_penalty: 1,
          stop_sequences: ['END'],
          max_output_tokens: 9,
          candidate_count: 2,
          response_logprobs: true,
          logprobs: 3,
        },
      }),
    ).toMatchObject(expected)
  })

  it.each([
    [{ thinkingLevel: 'HIGH' }, { effort: 'high' }],
    [{ thinkingLevel: 'THINKING_LEVEL_UNSPECIFIED' }, undefined],
    [{ thinkingBudget: 2000 }, { budgetTokens: 2000 }],
    [{ thinkingBudget: 0, includeThoughts: false }, { effort: 'none' }],
    [{ thinkingBudget: -1 }, undefined],
    [{ thinkingBudget: -1, includeThoughts: true }, {}],
    [{}, undefined],
  ])('reads the thinking options %j', (thinkingConfig, expected) => {
    expect(parse({ generationConfig: { thinkingConfig } }).reasoning).toEqual(expected)
  })

  it.each([
    [{ mode: 'AUTO' }, 'auto'],
    [{ mode: 'VALIDATED' }, 'auto'],
    [{ mode: 'none' }, 'none'],
    [{ mode: 'ANY' }, 'required'],
    [{ mode: 'ANY', allowedFunctionNames: ['f'] }, { name: 'f' }],
    [{ mode: 'MODE_UNSPECIFIED' }, undefined],
    [{}, undefined],
  ])('reads the tool choice %j', (functionCallingConfig, expected) => {
    expect(parse({ toolConfig: { functionCallingConfig } }).toolChoice).toEqual(expected)
  })

  it('leaves out the tools that are not allowed, and those that run at Google', () => {
    const tools = [
      { functionDeclarations: [{ name: 'f' }, { name: 'g' }] },
      { googleSearch: {} },
      { functionDeclarations: [{ name: 'h' }] },
    ]
    const functionCallingConfig = { mode: 'ANY', allowedFunctionNames: ['f', 'h'] }
    expect(parse({ tools, toolConfig: { functionCallingConfig } })).toMatchObject({
      tools: [{ name: 'f' }, { name: 'h' }],
      toolChoice: 'required',
    })
  })

  it('keeps the other tools in sight where one is forced, and leaves them out where one is allowed', () => {
    const tools = [{ functionDeclarations: [{ name: 'f' }, { name: 'g' }] }]
    const choose = (mode: string) =>
      parse({ tools, toolConfig: { functionCallingConfig: { mode, allowedFunctionNames: ['g'] } } })
    expect(choose('ANY').tools).toEqual([{ name: 'f' }, { name: 'g' }])
    expect(choose('VALIDATED')).toMatchObject({ tools: [{ name: 'g' }], toolChoice: 'auto' })
  })

  it('reads the schema of the answer from any of its three fields', () => {
    const schema = { type: 'object' }
    const format = { type: 'json-schema', name: 'response', schema }
    const json = { responseMimeType: 'application/json' }
    expect(parse({ generationConfig: { ...json, responseJsonSchema: schema } }).format).toEqual(format)
    expect(parse({ generationConfig: { ...json, _responseJsonSchema: schema } }).format).toEqual(format)
    expect(parse({ generationConfig: { ...json, responseSchema: { type: 'OBJECT' } } }).format).toEqual(
      format,
    )
    expect(parse({ generationConfig: json }).format).toEqual({ type: 'json' })
    expect(parse({ generationConfig: { responseMimeType: 'text/plain' } }).format).toBeUndefined()
  })
})

describe("a schema of Gemini's own kind", () => {
  function read(parameters: JsonObject) {
    return parse({ tools: [{ functionDeclarations: [{ name: 'f', parameters }] }] }).tools[0]?.parameters
  }

  it('becomes JSON Schema, at every depth', () => {
    expect(
      read({
        type: 'OBJECT',
        propertyOrdering: ['list', 'type'],
        properties: {
          list: { type: 'ARRAY', min_items: '1', items: { type: 'STRING', maxLength: '5', example: 'a' } },
          type: { anyOf: [{ type: 'INTEGER' }, { type: 'STRING', enum: ['A'], nullable: true }] },
        },
      }),
    ).toEqual({
      type: 'object',
      properties: {
        list: { type: 'array', minItems: 1, items: { type: 'string', maxLength: 5, examples: ['a'] } },
        type: { anyOf: [{ type: 'integer' }, { type: ['string', 'null'], enum: ['A', null] }] },
      },
    })
  })

  it('may be a choice that is null', () => {
    expect(read({ nullable: true, anyOf: [{ type: 'STRING' }] })).toEqual({
      anyOf: [{ type: 'string' }, { type: 'null' }],
    })
  })

  it('is left alone where it is JSON Schema already, with the names of its own', () => {
    const schema = { type: 'object', properties: { my_name: { $ref: '#/$defs/x' } }, $defs: { x: {} } }
    const tools = [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: schema }] }]
    expect(parse({ tools }).tools[0]?.parameters).toBe(schema)
    expect(read({ type: 'OBJECT', properties: { my_name: { type: 'STRING' } } })).toEqual({
      type: 'object',
      properties: { my_name: { type: 'string' } },
    })
  })
})

import { describe, expect, it } from 'vitest'
import { readModelList } from '../../src/providers/list-models.ts'

const readFacts = (body: unknown) => readModelList(JSON.stringify(body))
const read = (body: unknown) => {
  const models = readFacts(body)
  return models && Object.keys(models)
}

describe('readModelList', () => {
  it.each([
    ['OpenAI', { object: 'list', data: [{ id: 'gpt-x', object: 'model' }] }, ['gpt-x']],
    ['OpenRouter', { data: [{ id: 'openai/gpt-x', name: 'OpenAI: GPT X' }] }, ['openai/gpt-x']],
    ['Anthropic', { data: [{ type: 'model', id: 'claude-x' }], has_more: false }, ['claude-x']],
    ['Gemini', { models: [{ name: 'models/gemini-x', displayName: 'X' }] }, ['gemini-x']],
    ['Cohere', { models: [{ name: 'command-x', endpoints: ['chat'] }] }, ['command-x']],
    ['Together', [{ id: 'meta/x', type: 'chat' }], ['meta/x']],
    [
      'Cloudflare',
      {
        success: true,
        result: [{ id: '429b9e8b-d99e-44de-91ad-706cf8183658', name: '@cf/x/y' }],
      },
      ['@cf/x/y'],
    ],
  ])('reads the list of %s', (_provider, body, ids) => expect(read(body)).toEqual(ids))

  it('names each model once, and leaves out what has no name', () => {
    expect(read({ data: [{ id: 'a' }, { id: 'a' }, {}, null, 7, 'b', { id: 5, name: 'c' }] })).toEqual([
      'a',
      'b',
      'c',
    ])
  })

  it('knows what is no list', () => {
    for (const body of [{}, null, 'text', { data: {} }, { error: 'x' }]) expect(read(body)).toBeUndefined()
    expect(readModelList('<html>')).toBeUndefined()
  })

  it('takes no more models than anybody has', () => {
    expect(read(Array.from({ length: 6_000 }, (_, i) => `m-${i}`))).toHaveLength(5_000)
  })
})

describe('what a list says of a model', () => {
  it.each([
    ['vLLM', { id: 'm', max_model_len: 32_768 }, { contextTokens: 32_768 }],
    ['llama.cpp', { id: 'm', meta: { n_ctx_train: 8_192 } }, { contextTokens: 8_192 }],
    [
      'OpenRouter',
      {
        id: 'm',
        context_length: 64_000,
        architecture: { input_modalities: ['text', 'image', 'file'] },
        supported_parameters: ['tools', 'temperature'],
      },
      { contextTokens: 64_000, input: ['image', 'pdf'], tools: true },
    ],
    [
      'Mistral',
      { id: 'm', max_context_length: 4_096, capabilities: { function_calling: false, vision: false } },
      { contextTokens: 4_096, input: [], tools: false },
    ],
    [
      'Gemini',
      { name: 'models/m', inputTokenLimit: 1_048_576, outputTokenLimit: 65_536 },
      { contextTokens: 1_048_576, outputTokens: 65_536 },
    ],
    ['a server that says little', { id: 'm', context_length: -1, capabilities: 'tools' }, {}],
  ])('is read of %s, and what it does not say is unknown', (_, entry, facts) => {
    expect(readFacts([entry])).toEqual({ m: facts })
  })
})

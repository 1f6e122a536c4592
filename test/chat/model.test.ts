/** Which models a token's list permits. */
import { describe, expect, it } from 'vitest'
import { permitsModel } from '../../src/chat/model.ts'

describe('the list of a token', () => {
  const list = ['openrouter/openai/*', 'openrouter/meta/llama:8b', 'openrouter/x/y:online']

  it.each(['openrouter/openai/gpt-4o-mini', 'openrouter/meta/llama:8b', 'openrouter/x/y:online'])(
    'permits %s',
    (name) => expect(permitsModel(name, list)).toBe(true),
  )

  it.each([
    'openrouter/openai/gpt-4o-mini:online',
    'openrouter/openai/gpt-4o-mini:NITRO',
    'openrouter/openai/gpt-4o-mini:8b:floor',
    'openrouter/openai/gpt-4o-mini@preset/other',
    'openrouter/openai/gpt-4o-mini:thinking',
    'openrouter/openai/gpt-4o-mini:free:online',
    'openrouter/openai/gpt-4o-mini:dear-provider',
    'openrouter/openai/gpt-4o-mini:',
    'openrouter/openai/gpt-4o-mini#accounts/x/deployments/y',
    'openrouter/openai/gpt-4o-mini,openai/gpt-5.5',
    'openrouter/openai/gpt-4o-mini:groq/x',
    'openrouter/other/model',
  ])('permits %s only under its full name', (name) => {
    expect(permitsModel(name, list)).toBe(false)
    expect(permitsModel(name, [...list, name])).toBe(true)
  })

  it.each(['groq', 'together', 'fastest', 'cheapest', 'fireworks-ai', 'GROQ'])(
    'permits the provider ":%s" of a model at Hugging Face only under its full name',
    (provider) => {
      const name = `huggingface/Qwen/Qwen3-32B:${provider}`
      expect(permitsModel(name, ['huggingface/*', 'huggingface/Qwen/Qwen3-32B'])).toBe(false)
      expect(permitsModel(name, [name])).toBe(true)
    },
  )

  it('permits nothing beside a listed name', () => {
    const listed = 'huggingface/Qwen/Qwen3-32B:groq'
    expect(permitsModel('huggingface/Qwen/Qwen3-32B', [listed])).toBe(false)
    expect(permitsModel('huggingface/Qwen/Qwen3-32B:together', [listed])).toBe(false)
  })

  it.each([
    'ollama/llama3:8b',
    'ollama/gemma3:e4b',
    'ollama/phi3:mini',
    'ollama/llama3:8b-instruct-q4_K_M',
    'openrouter/meta-llama/llama-3.3-70b-instruct:free',
    'bedrock/anthropic.claude-v2:1',
    'vertex/claude-3-5-sonnet@20240620',
    'openai/ft:gpt-4o-mini-2024-07-18:acme::abc123',
    'workers-ai/@cf/openai/gpt-oss-120b',
    'fast:lane',
  ])('takes the version of a model for its name: %s', (name) => {
    expect(permitsModel(name, ['*'])).toBe(true)
  })
})

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
    'openrouter/other/model',
  ])('permits %s only under its full name', (name) => {
    expect(permitsModel(name, list)).toBe(false)
    expect(permitsModel(name, [...list, name])).toBe(true)
  })
})

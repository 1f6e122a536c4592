import { expect, it } from 'vitest'
import { readOptIn } from '../../src/api/opt-in-headers.ts'

const read = (headers: Record<string, string>) => readOptIn((name) => headers[name])

it('headers that opt in to betas are taken, and no others', () => {
  const sent = { 'anthropic-beta': 'a,b', 'openai-beta': 'c', 'openai-organization': 'd' }
  expect(read(sent)).toEqual({ 'anthropic-beta': 'a,b', 'openai-beta': 'c' })
})

it('one that a provider may close the connection for is the client’s mistake', () => {
  expect(read({ 'openai-beta': 'x'.repeat(2_000) })).toEqual({ 'openai-beta': 'x'.repeat(2_000) })
  expect(() => read({ 'openai-beta': 'x'.repeat(2_001) })).toThrow(
    expect.objectContaining({ code: 'VALIDATION_ERROR', param: 'openai-beta' }),
  )
})

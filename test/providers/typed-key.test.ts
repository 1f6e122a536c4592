import { describe, expect, it } from 'vitest'
import { withoutKey } from '../../src/providers/typed-key.ts'

describe('a key that was typed as the name of a model', () => {
  it.each([
    'sk-proj-abcdefghijklmnop0123',
    'sk-ant-api03-abcdefghijklmnop',
    'gsk_abcdefghijklmnopqrst',
    'AIzaSyA0123456789012345678901234567890',
    'llm_0123456789012345678901234567890123456789012345678',
    'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6',
    'eyJhbGciOiJIUzI1NiJ9.e30.abcdefgh',
  ])('is taken out, alone and behind a provider: %s', (key) => {
    expect(withoutKey(key)).toBe('[redacted]')
    expect(withoutKey(`openai/${key}`)).toBe('openai/[redacted]')
    expect(withoutKey(` ${key} `)).toBe('[redacted]')
  })

  it.each([
    '',
    'smart',
    'openai/gpt-5.2-codex',
    'anthropic/claude-opus-4-5-20251101',
    '@cf/meta/llama-3.3-70b-instruct-fp8-fast',
    'accounts/fireworks/models/deepseek-v3p1',
    'corp/0123456789abcdef0123456789abcdef',
    'sk-1',
  ])('is not seen in the name of a model: %s', (name) => {
    expect(withoutKey(name)).toBe(name)
  })
})

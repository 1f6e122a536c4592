import { expect, it } from 'vitest'
import { withoutEndpoint } from '../../src/providers/base-url.ts'

it.each([
  ['https://x.example/v1/chat/completions', 'openai-chat', 'https://x.example/v1'],
  ['https://x.example/v1/chat/completions/', 'openai-chat', 'https://x.example/v1'],
  ['https://x.example/v1', 'openai-chat', 'https://x.example/v1'],
  ['https://x.example/chat', 'openai-chat', 'https://x.example/chat'],
  ['https://x.example/v1/responses', 'openai-responses', 'https://x.example/v1'],
  ['https://x.example/v1/messages', 'anthropic', 'https://x.example/v1'],
  ['https://x.example/v1/messages/count_tokens', 'anthropic', 'https://x.example/v1'],
  ['https://x.example/v1beta/models/m:generateContent', 'gemini', 'https://x.example/v1beta'],
  ['https://x.example/v1beta/models', 'gemini', 'https://x.example/v1beta'],
  ['https://x.example/models/v1beta', 'gemini', 'https://x.example/models/v1beta'],
] as const)('%s of %s becomes %s', (url, dialect, base) => {
  expect(withoutEndpoint(url, dialect)).toBe(base)
})

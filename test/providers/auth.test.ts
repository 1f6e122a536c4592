import { describe, expect, it } from 'vitest'
import { HubError } from '../../src/errors.ts'
import { addressFor, authHeaders, checkKey, originOf } from '../../src/providers/auth.ts'
import { catalog } from '../../src/providers/catalog.ts'

const account = '0123456789abcdef0123456789abcdef'

import type { Provider } from '../../src/providers/provider.ts'

describe('authHeaders', () => {
  it('shows the key as each dialect wants it', () => {
    expect(authHeaders({}, 'openai-chat', 'k')).toEqual({ authorization: 'Bearer k' })
    expect(authHeaders({}, 'openai-responses', 'k')).toEqual({ authorization: 'Bearer k' })
    expect(authHeaders({}, 'anthropic', 'k')).toEqual({ 'x-api-key': 'k', 'anthropic-version': '2023-06-01' })
    expect(authHeaders({}, 'gemini', 'k')).toEqual({ 'x-goog-api-key': 'k' })
    expect(authHeaders({ keyless: true }, 'openai-chat', 'k')).toEqual({})
    expect(authHeaders({ keyless: true }, 'gemini', 'k')).toEqual({})
    expect(authHeaders({ keyless: true }, 'anthropic', 'k')).toEqual({ 'anthropic-version': '2023-06-01' })
  })
})

describe('addressFor', () => {
  it('leaves address and key as they are', () => {
    expect(addressFor(catalog.groq, 'openai-chat', 'gsk_x:y')).toEqual({
      baseUrl: 'https://api.groq.com/openai/v1',
      secret: 'gsk_x:y',
    })
  })

  it('takes the account id out of the key and puts it into the address', () => {
    expect(addressFor(catalog['workers-ai'], 'openai-chat', `${account}:to:ken`)).toEqual({
      baseUrl: `https://api.cloudflare.com/client/v4/accounts/${account}/ai/v1`,
      secret: 'to:ken',
    })
  })

  it.each(['token', `${account}:`, `../evil:token`, `${account}/x:token`, `a?b#:token`])(
    'refuses the key "%s"',
    (key) => {
      const refusal = expect(() => addressFor(catalog['workers-ai'], 'openai-chat', key))
      refusal.toThrow(HubError)
      refusal.toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR', param: 'apiKey' }))
    },
  )

  it('refuses a dialect that the provider does not speak', () => {
    expect(() => addressFor(catalog.groq, 'gemini', 'k')).toThrow(HubError)
  })
})

describe('checkKey', () => {
  it('takes a key without the space around it', () =>
    expect(checkKey(catalog.openai, ' sk-abc\n')).toBe('sk-abc'))

  it.each(['', '  ', 'sk abc', 'sk-\u0000abc', 'sk-äbc', 'sk-a\nb'])('refuses %j', (key) =>
    expect(() => checkKey(catalog.openai, key)).toThrow(expect.objectContaining({ param: 'apiKey' })),
  )

  it('never quotes the key', () => {
    expect(() => checkKey(catalog['workers-ai'], 'my-secret-token')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('my-secret-token') }),
    )
  })
})

describe('originOf', () => {
  it('is where the keys of a provider are sent', () => {
    expect(originOf(catalog.anthropic)).toBe('https://api.anthropic.com')
    expect(originOf(catalog['workers-ai'])).toBe('https://api.cloudflare.com')
  })

  it.each(Object.entries(catalog))('is one host for all dialects of chat of %s', (_, row) => {
    const { 'openai-embeddings': _embeddings, ...chat } = row.dialects as Provider['dialects']
    const origins = Object.values(chat).map((url) => new URL(url).origin)
    expect(new Set(origins)).toEqual(new Set([originOf(row)]))
  })
})

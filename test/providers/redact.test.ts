import { assert, property, string, stringMatching } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact } from '../../src/providers/redact.ts'

describe('redact', () => {
  it.each([
    'sk-abcdefghijklmnop',
    'sk-proj-abc_DEF-123456789',
    'sk-ant-api03-abcdefgh',
    'sk-inval**************-key',
    'sk-or-v1-0123456789abcdef',
    'csk-abcdefghijkl',
    'gsk_abcdefghijklmnop',
    'AIzaSyA1234567890abcdefghijklmnopqrstuv',
    'hf_abcdefghijklmnop',
    'xai-abcdefghijklmnop',
    'nvapi-abcdefghijklmnop',
    'pplx-abcdefghijklmnop',
    'github_pat_11ABCDEFG0abcdefghij',
    'ghp_abcdefghijklmnopqrst',
    'fw_abcdefghijklmnop',
    'tgp_v1_abcdefghijkl',
    'llm_abcdefghijklmnop',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefgh',
  ])('takes out %s wherever it stands', (key) => {
    for (const text of [
      key,
      `Incorrect API key provided: ${key}. See the docs.`,
      `{"key":"${key}"}`,
      `?key=${key}&x=1`,
    ]) {
      expect(redact(text)).not.toContain(key)
    }
  })

  it('takes out what stands where keys stand', () => {
    expect(redact('Authorization: Bearer abc.def-123 was refused')).toBe(
      'Authorization: Bearer [redacted] was refused',
    )
    expect(redact('GET /v1?key=opaque123&alt=sse')).toBe('GET /v1?key=[redacted]&alt=sse')
    expect(redact('Incorrect API key provided: invalid-key. You can')).not.toContain('invalid-key')
  })

  it('leaves other words alone', () => {
    const text =
      'The model `gpt-5.2` does not exist; ask for a task-based one. API key not valid. Please pass a valid API key.'
    expect(redact(text)).toBe(text)
  })

  it('takes out the key of the call, in any form it may be quoted in', () => {
    expect(redact('my secret/key is bad', 'secret/key')).toBe('my [redacted] is bad')
    expect(redact('x=secret%2Fkey', 'secret/key')).toBe('x=[redacted]')
    expect(redact('token: cf-token-12345', '0123456789abcdef0123456789abcdef:cf-token-12345')).not.toContain(
      'cf-token-12345',
    )
  })

  it('never lets the key of the call through, wherever the text is cut', () => {
    const key = stringMatching(/^[\w.:-]{8,40}$/)
    assert(
      property(string({ maxLength: 600 }), key, string({ maxLength: 600 }), (before, secret, after) => {
        const result = redact(`${before}${secret}${after}`, secret)
        // The key itself may be a piece of the mark that replaces it.
        expect('[redacted]'.includes(secret) || !result.includes(secret)).toBe(true)
        expect(result.length).toBeLessThanOrEqual(500)
      }),
    )
  })

  it('is at most 500 characters long', () => {
    expect(redact('x'.repeat(10_000))).toHaveLength(500)
  })
})

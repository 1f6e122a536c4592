import { describe, expect, it } from 'vitest'
import { hashToken, isToken, makeToken, tokenPrefix } from '../../src/auth/gateway-tokens.ts'

describe('a gateway token', () => {
  it('is recognised by its form and checksum', () => {
    for (let i = 0; i < 200; i++) expect(isToken(makeToken())).toBe(true)
  })

  it('is never the same twice', () => {
    expect(new Set(Array.from({ length: 500 }, makeToken)).size).toBe(500)
  })

  it('is refused with any one character changed, so that a typo costs no query', () => {
    const token = makeToken()
    for (let i = 4; i < token.length; i++) {
      const other = token[i] === 'A' ? 'B' : 'A'
      expect(isToken(token.slice(0, i) + other + token.slice(i + 1))).toBe(false)
    }
  })

  it.each([
    '',
    'llm_',
    'sk-1234',
    makeToken().slice(0, -1),
    `${makeToken()}0`,
    makeToken().replace('llm_', 'LLM_'),
  ])('is not %j', (text) => expect(isToken(text)).toBe(false))

  it('is stored as a hash that does not hold it, and shown by its beginning', async () => {
    const token = makeToken()
    const hash = await hashToken(token)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(await hashToken(token)).toBe(hash)
    expect(tokenPrefix(token)).toHaveLength(10)
  })
})

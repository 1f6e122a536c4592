import { describe, expect, it } from 'vitest'
import {
  fingerprintSecret,
  knownFingerprints,
  maskSecret,
  openSecret,
  sealSecret,
  type SecretContext,
} from '../../src/vault/vault.ts'

const keyOf = (byte: number): string => Buffer.alloc(32, byte).toString('base64')
const master = { MASTER_KEY: keyOf(1) }
const other = { MASTER_KEY: keyOf(2) }
const secret = 'sk-proj-0123456789abcdef'
const context: SecretContext = {
  owner: 'usr_1',
  provider: 'openai',
  origin: 'https://api.openai.com',
  keyId: 'key_1',
}

describe('a sealed provider key', () => {
  it('opens to what it was', async () => {
    expect(await openSecret(master, await sealSecret(master, secret, context), context)).toBe(secret)
  })

  it('is another text each time, and never holds the secret', async () => {
    const [first, second] = await Promise.all([
      sealSecret(master, secret, context),
      sealSecret(master, secret, context),
    ])
    expect(first).not.toBe(second)
    expect(first).not.toContain(secret)
    expect(Buffer.from(first.split('.')[3] ?? '', 'base64url').toString()).not.toContain('sk-proj')
  })

  it.each(['owner', 'provider', 'origin', 'keyId'] as const)(
    'does not open in a row with another %s',
    async (field) => {
      const sealed = await sealSecret(master, secret, context)
      await expect(openSecret(master, sealed, { ...context, [field]: 'else' })).rejects.toMatchObject({
        code: 'INTERNAL_ERROR',
      })
    },
  )

  it('does not open when any part of it was altered', async () => {
    const parts = (await sealSecret(master, secret, context)).split('.')
    for (let i = 1; i < parts.length; i++) {
      const part = parts[i] ?? ''
      const altered = parts.with(i, (part[0] === 'A' ? 'B' : 'A') + part.slice(1)).join('.')
      await expect(openSecret(master, altered, context)).rejects.toMatchObject({ code: 'INTERNAL_ERROR' })
    }
  })

  it('does not open with another master key of the same name', async () => {
    const sealed = await sealSecret(master, secret, context)
    await expect(openSecret(other, sealed, context)).rejects.toMatchObject({ code: 'INTERNAL_ERROR' })
  })

  it('opens while its master key is anywhere in the ring, and is sealed with the first', async () => {
    const old = await sealSecret({ MASTER_KEY: `v1:${keyOf(1)}` }, secret, context)
    const onlyNew = { MASTER_KEY: `v2:${keyOf(2)}` }
    for (const ring of [
      { MASTER_KEY: `v2:${keyOf(2)},v1:${keyOf(1)}` },
      { MASTER_KEY: keyOf(1), MASTER_KEY_2: keyOf(2) },
    ]) {
      expect(await openSecret(ring, old, context)).toBe(secret)
      const fresh = await sealSecret(ring, secret, context)
      expect(await openSecret(onlyNew, fresh, context)).toBe(secret)
    }
    await expect(openSecret(onlyNew, old, context)).rejects.toThrow('"v1"')
  })
})

describe('a fingerprint', () => {
  it('is the same for the same key only, and tells nothing without the master key', async () => {
    expect(await fingerprintSecret(master, secret)).toBe(await fingerprintSecret(master, secret))
    expect(await fingerprintSecret(master, secret)).not.toBe(await fingerprintSecret(master, `${secret}x`))
    expect(await fingerprintSecret(master, secret)).not.toBe(await fingerprintSecret(other, secret))
  })

  it('is made with the newest master key, and known by those of the older ones', async () => {
    const ring = { MASTER_KEY: keyOf(1), MASTER_KEY_2: keyOf(2) }
    const fingerprint = await fingerprintSecret(ring, secret)
    expect(fingerprint).toBe(await fingerprintSecret({ MASTER_KEY_2: keyOf(2) }, secret))
    const known = await knownFingerprints(ring, secret)
    expect(known).toContain(fingerprint)
    expect(known).toContain(await fingerprintSecret(master, secret))
    expect(known).not.toContain(await fingerprintSecret(ring, `${secret}x`))
  })
})

describe('a masked key', () => {
  it.each([
    ['sk-proj-0123456789abcdef', 'sk-****cdef'],
    ['gsk_0123456789abcdef', 'gsk_****cdef'],
    ['AIzaSy0123456789', '****6789'],
    ['short', '****'],
  ])('shows of %s only %s', (text, masked) => expect(maskSecret(text)).toBe(masked))
})

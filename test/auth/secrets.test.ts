import { describe, expect, it } from 'vitest'
import { findMisconfigurations, isLocal, readKeyRing } from '../../src/auth/secrets.ts'
import type { Env } from '../../src/env.ts'

const random = (seed: number): string =>
  Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37 + seed * 101 + 11) % 256)).toString('base64')
const key = random(1)
const good = { MASTER_KEY: key, JWT_SECRET: random(2) } as unknown as Env
const env = (change: Partial<Env>): Env => ({ ...good, ...change })
const names = (change: Partial<Env>) => readKeyRing(env(change))?.map(({ id }) => id)

describe('the master key', () => {
  it.each([
    '',
    'short',
    'dev-key',
    Buffer.alloc(31).toString('base64'),
    `v1:${key},v2:nonsense`,
    `v1:${key},v1:${random(3)}`,
    '!'.repeat(44),
  ])('is refused where it is %j', (text) => expect(names({ MASTER_KEY: text })).toBeUndefined())

  it('is read as a ring, the first one first', () => {
    expect(names({ MASTER_KEY: `v2:${random(3)},v1:${key}` })).toEqual(['v2', 'v1'])
    expect(names({ MASTER_KEY: key })).toEqual(['v1'])
  })

  it('may have newer ones beside it, each in a variable of its own, so that none has to be known to add another', () => {
    expect(names({ MASTER_KEY_2: random(3), MASTER_KEY_10: random(4) })).toEqual(['v10', 'v2', 'v1'])
    expect(names({ MASTER_KEY: '', MASTER_KEY_3: random(3) })).toEqual(['v3'])
    expect(names({ MASTER_KEY: `v2:${random(3)},v1:${key}`, MASTER_KEY_2: random(3) })).toEqual(['v2', 'v1'])
    expect(names({ MASTER_KEY: `v2:${random(3)},v1:${key}`, MASTER_KEY_2: random(4) })).toBeUndefined()
  })
})

describe('a deployment', () => {
  it('has nothing wrong with real secrets', () => {
    expect(findMisconfigurations(good, false)).toEqual([])
    expect(findMisconfigurations(env({ SETUP_TOKEN: '3f9c0a1b5d7e2468' }), false)).toEqual([])
    expect(findMisconfigurations(env({ SETUP_TOKEN: '' }), false)).toEqual([])
  })

  it.each<[string, Partial<Env>]>([
    ['MASTER_KEY', { MASTER_KEY: '' }],
    ['MASTER_KEY', { MASTER_KEY: 'changeme' }],
    ['MASTER_KEY', { MASTER_KEY: Buffer.alloc(32).toString('base64') }],
    ['MASTER_KEY', { MASTER_KEY: Buffer.alloc(32, 7).toString('base64') }],
    ['MASTER_KEY', { MASTER_KEY: `v2:${Buffer.alloc(32, 1).toString('base64')},v1:${key}` }],
    ['MASTER_KEY', { MASTER_KEY_2: Buffer.alloc(32, 1).toString('base64') }],
    ['JWT_SECRET', { JWT_SECRET: '' }],
    ['JWT_SECRET', { JWT_SECRET: 'changeme' }],
    ['JWT_SECRET', { JWT_SECRET: `dev-${random(5)}` }],
    ['JWT_SECRET', { JWT_SECRET: 'x'.repeat(64) }],
    ['JWT_SECRET', { JWT_SECRET: 'please-change-me-before-you-deploy-this' }],
    ['JWT_SECRET', { JWT_SECRET: key }],
    ['SETUP_TOKEN', { SETUP_TOKEN: '123456' }],
    ['SETUP_TOKEN', { SETUP_TOKEN: 'dev-setup-token-0000' }],
    ['HUB_LOCAL', { HUB_LOCAL: '1' }],
  ])('says that %s is wrong and how to mend it: %j', (name, change) => {
    const [found] = findMisconfigurations(env(change), false)
    expect(found?.name).toBe(name)
    expect(found?.remedy).toContain(name)
    for (const value of Object.values(change)) {
      if (typeof value === 'string' && value.length > 3) expect(JSON.stringify(found)).not.toContain(value)
    }
  })

  it('takes values for development where it is local', () => {
    const weak = { MASTER_KEY: Buffer.alloc(32, 7).toString('base64'), JWT_SECRET: 'dev-'.repeat(10) }
    expect(findMisconfigurations(env({ ...weak, HUB_LOCAL: '1' }), true)).toEqual([])
  })

  it('never takes a random secret for one of development', () => {
    for (let i = 0; i < 2_000; i++) {
      const secret = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
      const setup = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString('hex')
      const real = env({ MASTER_KEY: secret(), JWT_SECRET: secret(), SETUP_TOKEN: setup })
      expect(findMisconfigurations(real, false)).toEqual([])
    }
  })

  it('is local only where it says so and the request came to a loopback name', () => {
    const local = env({ HUB_LOCAL: '1' })
    for (const host of ['localhost:8787', '127.0.0.1:8787', '[::1]:8787']) {
      expect(isLocal(local, new URL(`http://${host}/`))).toBe(true)
      expect(isLocal(good, new URL(`http://${host}/`))).toBe(false)
    }
    for (const host of ['hub.example.com', 'localhost.example.com', '10.0.0.1', '127.0.0.1.nip.io']) {
      expect(isLocal(local, new URL(`http://${host}/`))).toBe(false)
    }
  })
})

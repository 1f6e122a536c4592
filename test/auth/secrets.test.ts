import { describe, expect, it } from 'vitest'
import { findMisconfigurations, isLocal, readMasterKeys } from '../../src/auth/secrets.ts'
import type { Env } from '../../src/env.ts'

const key = Buffer.alloc(32, 1).toString('base64')
const good = { MASTER_KEY: key, JWT_SECRET: 'x'.repeat(32) } as unknown as Env
const env = (change: Partial<Env>): Env => ({ ...good, ...change })

describe('the master key', () => {
  it.each([
    '',
    'short',
    'dev-key',
    Buffer.alloc(31).toString('base64'),
    `v1:${key},v2:nonsense`,
    '!'.repeat(44),
  ])('is refused where it is %j', (text) => expect(readMasterKeys(text)).toBeUndefined())

  it('is read as a ring, the first one first', () => {
    expect(readMasterKeys(`v2:${key},v1:${key}`)?.map(({ id }) => id)).toEqual(['v2', 'v1'])
    expect(readMasterKeys(key)?.map(({ id }) => id)).toEqual(['v1'])
  })
})

describe('a deployment', () => {
  it('has nothing wrong with real secrets', () => {
    expect(findMisconfigurations(good, false)).toEqual([])
  })

  it.each([
    ['MASTER_KEY', env({ MASTER_KEY: '' })],
    ['MASTER_KEY', env({ MASTER_KEY: 'changeme' })],
    ['JWT_SECRET', env({ JWT_SECRET: 'changeme' })],
    ['HUB_LOCAL', env({ HUB_LOCAL: '1' })],
  ])('says that %s is wrong and how to mend it', (name, wrong) => {
    const [found] = findMisconfigurations(wrong, false)
    expect(found?.name).toBe(name)
    expect(found?.remedy).toContain(name)
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

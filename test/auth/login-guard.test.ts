import { describe, expect, it } from 'vitest'
import {
  bucketsOf,
  invitationBuckets,
  nobodyNamed,
  registrationBuckets,
  setupBucket,
} from '../../src/auth/login-guard.ts'
import { noAddress } from '../../src/http/client-address.ts'

const stranger = { account: 'usr_1', address: '203.0.113.7', device: undefined, knownAddress: false }
const namesOf = (attempt: Parameters<typeof bucketsOf>[0]): string[] =>
  bucketsOf(attempt).map(({ name }) => name)

describe('an attempt at a password', () => {
  it('counts against its address first and then against the account', () => {
    expect(namesOf(stranger)).toEqual(['login-from/203.0.113.7', 'login-to/usr_1'])
  })

  it('shares nothing with strangers where the place is known', () => {
    const others = namesOf(stranger)
    expect(namesOf({ ...stranger, device: 'dev_1' })).toEqual(['login-device/dev_1'])
    expect(namesOf({ ...stranger, knownAddress: true })).toEqual(['login-known/usr_1/203.0.113.7'])
    for (const known of [{ device: 'dev_1' }, { knownAddress: true }]) {
      for (const name of namesOf({ ...stranger, ...known })) expect(others).not.toContain(name)
    }
  })

  it('counts under one name where it names nobody, however it is written', async () => {
    expect(await nobodyNamed('Ghost')).toBe(await nobodyNamed('ghost'))
    expect(await nobodyNamed('ghost')).not.toContain('ghost')
  })
})

describe('an attempt from nowhere known, as all are at a hub without Cloudflare in front', () => {
  const attempt = { ...stranger, address: noAddress }

  it('counts against its account alone', () => {
    const names = namesOf(attempt)
    expect(names).toHaveLength(2)
    for (const name of names) expect(name).toContain('usr_1')
    expect(namesOf({ ...attempt, account: 'usr_2' }).filter((name) => names.includes(name))).toEqual([])
    // No address is not a place that an account knows.
    expect(namesOf({ ...attempt, knownAddress: true })).toEqual(names)
    expect(namesOf({ ...attempt, device: 'dev_1' })).toEqual(['login-device/dev_1'])
  })

  it('leaves others their invitations and the setup token', () => {
    expect(invitationBuckets(noAddress, 'hash').map(({ name }) => name)).toEqual(['invitation/hash'])
    expect(invitationBuckets('203.0.113.7', 'hash')).toHaveLength(2)
    expect(setupBucket(noAddress).rate.limit).toBeGreaterThan(1_000)
    expect(setupBucket('203.0.113.7').rate.limit).toBe(10)
  })
})

describe('a registration that everyone may make', () => {
  it('counts against its address first, and against the hub', () => {
    const [first, second] = registrationBuckets('203.0.113.7')
    expect(first).toMatchObject({ name: 'register/203.0.113.7', rate: { limit: 30 } })
    expect(second?.rate.limit).toBeGreaterThan(900)
    expect(registrationBuckets('203.0.113.8')).toContainEqual(second)
  })

  it('from nowhere known is not closed to everyone by the thirty of one stranger', () => {
    expect(registrationBuckets(noAddress)).toEqual(registrationBuckets('203.0.113.7').slice(1))
    // Invitations are another way in, which strangers do not use up.
    const names = registrationBuckets(noAddress).map(({ name }) => name)
    for (const { name } of invitationBuckets(noAddress, 'hash')) expect(names).not.toContain(name)
  })
})

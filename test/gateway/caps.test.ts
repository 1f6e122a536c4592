/** The caps that apply to a caller, as far as they are known without asking. */
import { describe, expect, it } from 'vitest'
import type { Caller } from '../../src/auth/caller.ts'
import type { ConfiguredTeam, ConfiguredUser, TokenRecord } from '../../src/db/configuration.ts'
import { defaultSettings, noCaps } from '../../src/db/settings.ts'
import { rulesFor } from '../../src/gateway/caps.ts'
import { isMoneyBound, moneyBoundOf } from '../../src/gateway/money-bound.ts'

interface Parts {
  token?: Partial<TokenRecord>
  user?: Partial<ConfiguredUser>
  team?: Partial<ConfiguredTeam>
}

function makeCaller({ token, user, team }: Parts): Caller {
  const owner = 'usr_1'
  const record = { id: 'tok_1', owner, allowedModels: null, expiresAt: null, defaultWait: null, hash: 'h' }
  return {
    configuration: {
      user: {
        id: owner,
        name: 'ada',
        role: 'user',
        keepTranscripts: false,
        maxShare: null,
        ...noCaps,
        ...user,
      },
      team: team ? { id: 'team_1', name: 'Lab', epoch: 1, ...noCaps, ...team } : null,
      epoch: 1,
      routes: [],
      providers: [],
      reach: [],
      settings: defaultSettings,
    },
    token: token ? { ...record, ...noCaps, ...token } : null,
    session: null,
    readAt: 0,
  }
}

const budget = { amount: 1, per: 'day' } as const

describe('a caller', () => {
  it('is asked about for each of token, person and team that has caps', () => {
    const subjects = (parts: Parts) => rulesFor(makeCaller(parts)).map(({ subject, id }) => [subject, id])
    expect(subjects({ token: {}, team: {} })).toEqual([])
    expect(subjects({ token: { budget }, user: { maxConcurrent: 1 }, team: { budget } })).toEqual([
      ['token', 'tok_1'],
      ['person', 'usr_1'],
      ['team', 'team_1'],
    ])
    expect(subjects({ user: { budget } })).toEqual([['open-access', 'usr_1']])
  })

  it.each([
    [{ token: { budget } }, true],
    [{ token: { allowedModels: ['m'] } }, true],
    [{ token: {}, user: { budget } }, true],
    [{ user: { budget } }, true],
    [{ token: {}, team: { budget } }, true],
    [{ token: { maxConcurrent: 1 }, user: { maxConcurrent: 1 }, team: { maxConcurrent: 1 } }, false],
    [{ token: {} }, false],
  ])('with %j is money-bound: %s', (parts: Parts, bound) => {
    const caller = makeCaller(parts)
    expect(isMoneyBound(moneyBoundOf(caller.token, rulesFor(caller)))).toBe(bound)
  })
})

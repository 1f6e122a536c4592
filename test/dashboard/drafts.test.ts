/** What the dashboard's forms hold and send. */
import { describe, expect, it } from 'vitest'
import { isUsedBy, sumOverPools } from '../../dashboard/state/pool-sums.ts'
import { isLow, leftIn } from '../../dashboard/state/quota-left.ts'
import { toneOf } from '../../dashboard/state/success-rate.ts'
import {
  LineError,
  readDetails,
  readDialects,
  readHeaders,
  readModels,
  writeDetails,
  writeDialects,
  writeModels,
} from '../../dashboard/state/provider-form.ts'
import { overTime } from '../../dashboard/state/recent-usage.ts'
import { readinessOf, sampleOf, wiresOf } from '../../dashboard/state/key-status.ts'
import { timeOf } from '../../dashboard/state/usage-view.ts'
import {
  addCandidate,
  contentOf,
  draftOf,
  isChanged,
  moveCandidate,
  placeAt,
  takeOut,
} from '../../dashboard/state/route-draft.ts'

describe('the draft of a route', () => {
  const route = {
    order: 'listed',
    candidates: [{ provider: 'a' }, { provider: 'a', model: 'x' }, { provider: 'b' }],
  }

  it('moves one candidate and leaves the others in their order', () => {
    const draft = moveCandidate(draftOf(route), 2, 0)
    expect(draft.candidates.map(({ id }) => id)).toEqual([2, 0, 1])
    expect(isChanged(draft, route)).toBe(true)
    expect(isChanged(moveCandidate(draft, 2, 2), route)).toBe(false)
  })

  it('leaves everything as it is where a place is none, or its own', () => {
    const draft = draftOf(route)
    expect(moveCandidate(draft, 0, 0)).toBe(draft)
    expect(moveCandidate(draft, 0, -1)).toBe(draft)
    expect(moveCandidate(draft, 0, 3)).toBe(draft)
    expect(moveCandidate(draft, 9, 0)).toBe(draft)
  })

  it('gives what is dragged the place after those whose middles it has passed', () => {
    const middles = [20, 60, 140]
    expect([0, 20, 21, 100, 200].map((height) => placeAt(height, middles))).toEqual([0, 0, 1, 2, 3])
    // A tall one that has given way is further off than it was: it does not come back.
    expect([placeAt(110, [100]), placeAt(110, [60])]).toEqual([1, 1])
  })

  it('never gives one identity twice', () => {
    const draft = addCandidate(takeOut(draftOf(route), 2), { provider: 'c' })
    expect(draft.candidates.map(({ id }) => id)).toEqual([0, 1, 3])
    expect(contentOf(draft).candidates).toEqual([
      { provider: 'a' },
      { provider: 'a', model: 'x' },
      { provider: 'c' },
    ])
  })
})

describe('the models of a provider as a text', () => {
  it('come back as they were written, with the prices that are not shown', () => {
    const prices = { tiny: { input: 0.5, output: 1.5, cachedInput: 0.1 } }
    const text = writeModels(['tiny', 'huge'], prices)
    expect(text).toBe('tiny 0.5 1.5\nhuge')
    expect(readModels(text, prices)).toEqual({ models: ['tiny', 'huge'], prices })
  })

  it.each(['tiny cheap', 'tiny 1', 'tiny 1 2 3', 'tiny -1 2'])('are refused by their line: %s', (line) => {
    expect(() => readModels(`fine\n${line}`, null)).toThrow(new LineError(line))
  })
})

describe('the headers of a provider as a text', () => {
  it('are read line by line, with colons in what they hold', () => {
    expect(readHeaders('')).toEqual({})
    expect(readHeaders(' x-title: My hub\n\nx-from:https://hub.example.com ')).toEqual({
      'x-title': 'My hub',
      'x-from': 'https://hub.example.com',
    })
  })

  it.each(['x-title', 'x-title:', 'x title: a', ': a'])('are refused by their line: %s', (line) => {
    expect(() => readHeaders(`x-fine: 1\n${line}`)).toThrow(new LineError(line))
  })
})

describe('the further API formats of a provider as a text', () => {
  const known = ['openai-chat', 'anthropic', 'gemini'] as const

  it('are all but the first, and come back as they were written', () => {
    const text = writeDialects({ 'openai-chat': 'https://a.example/v1', anthropic: 'https://a.example/x' })
    expect(text).toBe('anthropic https://a.example/x')
    expect(readDialects(text, known)).toEqual({ anthropic: 'https://a.example/x' })
    expect(readDialects('', known)).toEqual({})
  })

  it.each(['anthropic', 'ollama https://a.example', 'gemini https://a.example twice'])(
    'are refused by their line: %s',
    (line) => {
      expect(() => readDialects(line, known)).toThrow(new LineError(line))
    },
  )
})

describe('what models can as a text', () => {
  it('comes back as it was written', () => {
    const details = {
      seeing: { contextTokens: 131_072, outputTokens: 8_192, input: ['image', 'pdf'] as const, tools: true },
      blind: { input: [], reasoning: false, jsonSchema: true, sampling: false },
    }
    const text =
      'seeing context=131072 output=8192 image pdf tools\nblind text schema no-reasoning no-sampling'
    expect(writeDetails(details)).toBe(text)
    expect(readDetails(text)).toEqual(details)
    expect([writeDetails(null), readDetails('')]).toEqual(['', {}])
    expect(readDetails('largest context=1000000000')).toEqual({ largest: { contextTokens: 1_000_000_000 } })
  })

  it.each(['m', 'm context=big', 'm context=0', 'm no-image', 'm toString', 'm no-'])(
    'is refused by its line: %s',
    (line) => {
      expect(() => readDetails(`fine tools\n${line}`)).toThrow(new LineError(line))
    },
  )
})

describe('usage over a while', () => {
  const now = Date.parse('2026-01-03T10:20:00Z')

  it('begins with a whole hour, or a whole day of UTC', () => {
    expect(timeOf('24h', now)).toEqual({
      from: Date.parse('2026-01-02T10:00:00Z'),
      to: now,
      interval: 'hour',
      stepMs: 3_600_000,
    })
    expect(timeOf('7d', now)).toEqual({
      from: Date.parse('2025-12-27T00:00:00Z'),
      to: now,
      interval: 'day',
      stepMs: 86_400_000,
    })
  })

  it('is drawn over its whole time, each request once, with zeros where nothing was', () => {
    const rows = [
      { at: '2026-01-03T10:00:00.000Z', requests: 3, errors: 1, rescued: 0 },
      { at: '2026-01-03T09:00:00.000Z', requests: 1, errors: 0, rescued: 1 },
    ]
    expect(
      overTime(rows, {
        from: Date.parse('2026-01-03T08:00:00Z'),
        to: now,
        interval: 'hour',
        stepMs: 3_600_000,
      }),
    ).toEqual({
      times: [8, 9, 10].map((hour) => Date.UTC(2026, 0, 3, hour)),
      good: [0, 0, 2],
      rescued: [0, 1, 0],
      errors: [0, 0, 1],
    })
  })
})

describe('what is left of several pools', () => {
  const window = {
    unit: 'requests',
    per: 'day',
    used: 10,
    reserved: 1,
    limit: 50,
    left: 39,
    unlimitedAccounts: 0,
    resetsAt: null,
  } as const

  it('is summed up where more than one has a limit of the kind', () => {
    const pools = [
      { windows: [window, { ...window, unit: 'tokens' as const, limit: 1_000 }] },
      { windows: [{ ...window, used: 5, resetsAt: '2026-01-04T00:00:00.000Z' }] },
      {
        windows: [
          { ...window, resetsAt: '2026-01-03T12:00:00.000Z' },
          { ...window, unit: 'tokens' as const, limit: null, left: null, unlimitedAccounts: 1 },
        ],
      },
    ]
    expect(sumOverPools(pools)).toEqual([
      { ...window, used: 25, reserved: 3, limit: 150, left: 117, resetsAt: '2026-01-03T12:00:00.000Z' },
    ])
    expect(sumOverPools([])).toEqual([])
  })

  it('counts the accounts that have no limit: more is left by an unknown amount', () => {
    const unlimited = { ...window, limit: null, left: null, unlimitedAccounts: 2 }
    const pools = [{ windows: [{ ...window, unlimitedAccounts: 1 }] }, { windows: [window] }]
    expect(sumOverPools([...pools, { windows: [unlimited] }])).toMatchObject([
      { limit: 100, left: 78, unlimitedAccounts: 3 },
    ])
  })

  it('is what the hub says is left, and low only where every account has a limit', () => {
    expect(leftIn({ used: 10, reserved: 5, limit: 50 })).toBe(35)
    expect(leftIn({ used: 10, reserved: 5, limit: 50, left: 0 })).toBe(0)
    expect(leftIn({ used: 10, reserved: 5, limit: null, left: null })).toBeUndefined()
    expect(isLow({ limit: 50, left: 11 })).toBe(false)
    expect(isLow({ limit: 50, left: 10 })).toBe(true)
    expect(isLow({ limit: 50, left: 0, unlimitedAccounts: 1 })).toBe(false)
    expect(isLow({ limit: null, left: undefined })).toBe(false)
  })

  it('was used by a person where they have a part in it', () => {
    const used = { ...window, reserve: 0, byPerson: [{ user: 'usr_2', used: 10, reserved: 0 }] }
    expect(isUsedBy({ scope: 'user', windows: [used] }, 'usr_1')).toBe(true)
    expect(isUsedBy({ scope: 'hub', windows: [used] }, 'usr_1')).toBe(false)
    expect(isUsedBy({ scope: 'hub', windows: [used] }, 'usr_2')).toBe(true)
  })
})

describe('whether one can send', () => {
  const keys = { active: 0, cooling: 0, quarantined: 0, disabled: 0 }
  const pool = {
    provider: 'groq',
    scope: 'user' as const,
    implied: false,
    keys,
    nextFreeAt: null,
    restingModels: [],
  }
  const sandbox = { ...pool, provider: 'sandbox', implied: true, keys: { ...keys, active: 1 } }
  const at = Date.parse('2026-01-03T12:00:00Z')

  it('is told by the pools within reach, and not by the sandbox that is always there', () => {
    expect(readinessOf([sandbox])).toEqual({ type: 'no-keys' })
    expect(readinessOf([sandbox, { ...pool, keys: { ...keys, active: 2, cooling: 1 } }])).toEqual({
      type: 'ready',
      usable: 2,
      total: 3,
    })
    expect(readinessOf([{ ...sandbox, implied: false }])).toMatchObject({ type: 'ready', total: 1 })
  })

  it('is so on keys that others share', () => {
    expect(readinessOf([{ ...pool, scope: 'hub', keys: { ...keys, active: 1 } }])).toEqual({ type: 'shared' })
  })

  it('says when, where all keys rest, and that none will where none will', () => {
    const resting = { ...pool, keys: { ...keys, cooling: 1 } }
    expect(
      readinessOf([
        { ...resting, nextFreeAt: new Date(at + 5_000).toISOString() },
        { ...resting, nextFreeAt: new Date(at).toISOString() },
      ]),
    ).toEqual({ type: 'resting', until: at })
    expect(readinessOf([{ ...pool, keys: { ...keys, quarantined: 2 } }])).toEqual({ type: 'blocked' })
  })

  it('is drawn as a wire for each key', () => {
    expect(
      wiresOf([{ ...pool, keys: { active: 1, cooling: 1, quarantined: 1, disabled: 0 } }, sandbox]),
    ).toEqual(['ready', 'ready', 'cooling', 'quarantined'])
  })

  it('is drawn as resting where the provider fails', () => {
    const restingModels = [{ model: 'm', until: '2026-01-03T12:00:00.000Z', verdict: 'overloaded' }]
    expect(wiresOf([{ ...pool, restingModels, keys: { ...keys, active: 2 } }])).toEqual([
      'cooling',
      'cooling',
    ])
  })

  it('is drawn with every kind of key, however many are ready', () => {
    const many = [...Array.from({ length: 40 }, () => 'ready' as const), 'cooling', 'quarantined'] as const
    const shown = sampleOf(many, 13)
    expect(shown).toHaveLength(13)
    expect(new Set(shown)).toEqual(new Set(['ready', 'cooling', 'quarantined']))
    expect(sampleOf(['ready'], 13)).toEqual(['ready'])
  })
})

describe('the tone of a success rate', () => {
  it.each([
    [0, 0, 'good'],
    [1, 5_000, 'good'],
    [1, 100, 'good'],
    [2, 100, 'warn'],
    [5, 100, 'warn'],
    [6, 100, 'bad'],
    [1, 1, 'bad'],
  ] as const)('%i failed of %i is %s', (failed, total, tone) => {
    expect(toneOf(failed, total)).toBe(tone)
  })
})

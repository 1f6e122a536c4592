/** Plans of subscriptions, in windows of 5 hours and of 7 days, as their vendors state them. */
import { describe, expect, it } from 'vitest'
import { catalog } from '../../src/providers/catalog.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { statedLimits } from '../../src/providers/stated-limits.ts'
import { learn } from '../../src/quota/learn-limits.ts'
import { freeAt, resetsAt, roomAt, usedAt, type Window } from '../../src/quota/windows.ts'
import { hourMs } from '../../src/domain/time.ts'

const now = Date.UTC(2026, 10, 21, 9)
const inSeconds = (at: number): string => String(at / 1000)
const custom: Provider = { name: 'Custom', dialects: {}, defaultModel: '', models: {} }

const claude = (share: string, status = 'allowed') => ({
  'anthropic-ratelimit-unified-5h-utilization': share,
  'anthropic-ratelimit-unified-5h-status': status,
  'anthropic-ratelimit-unified-5h-reset': inSeconds(now + 2 * hourMs),
  'anthropic-ratelimit-unified-7d-utilization': '0.29',
  'anthropic-ratelimit-unified-7d-reset': inSeconds(now + 90 * hourMs),
  'anthropic-ratelimit-unified-7d_oi-utilization': '1',
})

describe('a plan', () => {
  it('is read from what Claude states', () => {
    const plan = { unit: 'percent', scope: 'account', limit: 100, resets: 'first-use' }
    expect(statedLimits(catalog.anthropic, claude('0.42'), undefined, now)).toEqual([
      { ...plan, per: '5h', remaining: 58, resetsAt: now + 2 * hourMs },
      { ...plan, per: '7d', remaining: 71, resetsAt: now + 90 * hourMs },
    ])
  })

  it.each([
    ['reset-at', inSeconds(now + 3 * hourMs)],
    ['reset-after-seconds', '10800'],
  ])('is read from what Codex states, with %s', (field, value) => {
    const headers = {
      'x-codex-primary-used-percent': '12.5',
      'x-codex-primary-window-minutes': '300',
      [`x-codex-primary-${field}`]: value,
      'x-codex-secondary-used-percent': '100',
      'x-codex-secondary-window-minutes': '10080',
    }
    expect(statedLimits(custom, headers, undefined, now)).toMatchObject([
      { unit: 'percent', per: '5h', limit: 100, remaining: 88, resetsAt: now + 3 * hourMs },
      { unit: 'percent', per: '7d', limit: 100, remaining: 0 },
    ])
  })

  it.each([
    ['no number', { 'anthropic-ratelimit-unified-5h-utilization': 'much' }],
    ['less than nothing', { 'anthropic-ratelimit-unified-5h-utilization': '-1' }],
    [
      'a window of no known length',
      { 'x-codex-primary-used-percent': '5', 'x-codex-primary-window-minutes': '15' },
    ],
    ['no window', { 'x-codex-primary-used-percent': '5' }],
  ])('is not made up of %s', (_title, headers) => {
    expect(statedLimits(custom, headers, undefined, now)).toEqual([])
  })

  it('fills its window, keeps the rest that a person wants kept, and is whole again at its reset', () => {
    const entered: Window = { unit: 'percent', per: '5h', resets: 'first-use', limit: 80, buckets: [] }
    const hear = (windows: Window[], share: string, at: number) =>
      learn(
        windows,
        { limits: statedLimits(catalog.anthropic, claude(share), undefined, now), model: 'm', at },
        at,
      )
    const [session] = hear([entered], '0.42', now)
    if (!session) throw new Error('A window was lost.')
    expect([usedAt(session, now), roomAt(session, now)]).toEqual([42, 38])
    const [full] = hear([session], '0.8', now + 1_000)
    if (!full) throw new Error('A window was lost.')
    expect(roomAt(full, now + 1_000)).toBe(0)
    expect(resetsAt(full, now + 1_000)).toBe(now + 2 * hourMs)
    expect(usedAt(full, now + 2 * hourMs)).toBe(0)
  })

  it('that is used up by a refusal waits for its reset', () => {
    const headers = claude('0.98', 'rejected')
    const limits = statedLimits(catalog.anthropic, headers, { message: 'Limit reached.' }, now)
    const [session] = learn([], { limits, model: 'm', at: now, refused: true }, now)
    if (!session) throw new Error('A window was lost.')
    expect(freeAt(session, 1, now)).toBe(now + 2 * hourMs)
  })
})

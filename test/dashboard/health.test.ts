/** Whether the overview calls a hub operational, degraded or down, and why. */
import { describe, expect, it } from 'vitest'
import { countRecent, healthOf } from '../../dashboard/state/health.ts'

const now = Date.parse('2026-01-03T12:00:00Z')
const end = (status: number, code: string | null = null, ago = 1_000) => ({
  startedAt: new Date(now - ago).toISOString(),
  status,
  code,
})
const quiet = { total: 0, failed: 0 }
const serves = { provider: 'groq', model: 'm', scope: 'user', keyId: 'k' } as const

describe('requests of the last minutes', () => {
  it('count where they were served or failed by the hub, not where the client erred or left', () => {
    const ends = [end(200), end(502), end(429, 'QUOTA_EXHAUSTED'), end(400, 'NO_ELIGIBLE_KEY')]
    const others = [end(400), end(404), end(429, 'RATE_LIMIT_EXCEEDED'), end(499), end(502, null, 301_000)]
    expect(countRecent([...ends, ...others], now)).toEqual({ total: 4, failed: 3 })
  })
})

describe('the hub', () => {
  it('is operational where nothing is known against it', () => {
    const routes = [{ name: 'cheap', serves: null, retryAt: null }]
    const recent = { total: 500, failed: 5 }
    expect(healthOf({ recent, routes, pools: [] })).toEqual({ state: 'operational', troubles: [] })
    expect(healthOf({ recent: { total: 1, failed: 1 }, routes: [], pools: [] }).state).toBe('operational')
  })

  it('is degraded where requests fail, and down where most do', () => {
    const healthAt = (failed: number) => healthOf({ recent: { total: 24, failed }, routes: [], pools: [] })
    expect(healthAt(2)).toEqual({ state: 'degraded', troubles: [{ type: 'failing', total: 24, failed: 2 }] })
    expect(healthAt(16).state).toBe('down')
  })

  it('is degraded by a route that nobody serves now, and down where that is so of all', () => {
    const waits = { name: 'work', serves: null, retryAt: '2026-01-03T12:01:00.000Z' }
    const routes = [waits, { name: 'smart', serves, retryAt: null }]
    expect(healthOf({ recent: quiet, routes, pools: [] })).toEqual({
      state: 'degraded',
      troubles: [{ type: 'route', name: 'work' }],
    })
    expect(healthOf({ recent: quiet, routes: [waits], pools: [] }).state).toBe('down')
  })

  it('is degraded while a provider fails', () => {
    const restingModels = [{ model: 'm', until: '2026-01-03T12:00:10.000Z', verdict: 'overloaded' }]
    const pools = [
      { provider: 'groq', restingModels },
      { provider: 'gemini', restingModels: [] },
    ]
    expect(healthOf({ recent: quiet, routes: [], pools })).toEqual({
      state: 'degraded',
      troubles: [{ type: 'resting', provider: 'groq', models: ['m'] }],
    })
  })
})

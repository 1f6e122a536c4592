/** Words of the Overview page. */
import type { BudgetPeriod } from '../../src/domain/limits.ts'
import { count, duration, number } from '../format.ts'

export const words = {
  readiness: {
    noKeys: 'Add your first key',
    shared: 'Operational · using shared keys',
    ready: (usable: number, total: number) =>
      usable === total
        ? `Operational · ${count(total, { one: 'key', other: 'keys' })} ready`
        : `Operational · ${number(usable)} of ${count(total, { one: 'key', other: 'keys' })} ready`,
    resting: (ms: number) => `All keys are cooling down · next in ${duration(ms)}`,
    blocked: 'No usable keys. Review them on the Keys page.',
    loading: 'Loading…',
    failed: 'Your keys could not be loaded',
  },

  steps: {
    title: 'Get started',
    key: 'Add a provider key',
    token: 'Create a token',
    request: 'Send a request',
    done: 'done',
  },

  left: {
    title: 'Quota',
    shared: 'Shared',
    keys: (ready: number, resting: number, quarantined: number) =>
      [
        `${number(ready)} ready`,
        ...(resting > 0 ? [`${number(resting)} cooling down`] : []),
        ...(quarantined > 0 ? [`${number(quarantined)} quarantined`] : []),
      ].join(' · '),
    backIn: 'Next available in',
    together: (window: string) => `${window}, all providers`,
    unlimited: (used: number) => `${number(used)} used today · no limit set`,
    addLimit: 'Add limit',
    dry: 'Runs out in about',
  },

  routes: {
    title: 'Routes',
    all: 'All routes',
    nobody: 'Unavailable',
    rests: 'Unavailable for',
  },

  happened: {
    title: 'Activity',
    span: 'Time range',
    spans: { '1h': '1 hour', '24h': '24 hours', '7d': '7 days', '30d': '30 days' },
    nothing: (span: string) => `No requests in the last ${span}`,
    requests: 'Requests',
    good: 'Succeeded',
    rescued: 'Rescued',
    errors: 'Failed',
    tokens: 'Tokens',
    half: 'p50 latency',
    most: 'p95 latency',
    cost: 'Cost',
    saved: 'Savings',
    unknown: '—',
  },

  health: {
    title: 'Provider health, last hour',
    all: 'All providers',
    nothing: 'No requests in the last hour',
    states: { degraded: 'Degraded', down: 'Down' },
    failing: (failed: number, total: number) =>
      `${number(failed)} of ${count(total, { one: 'request', other: 'requests' })} failed in the last 5 min`,
    unserved: (route: string) => `No provider can serve “${route}” now`,
    resting: (provider: string, models: string[]) => `${provider} is failing (${models.join(', ')})`,
    good: (part: string) => `${part} success`,
    median: (time: string) => `p50 ${time}`,
  },

  warnings: {
    title: 'Needs attention',
    quarantined: (n: number) =>
      `${count(n, { one: 'key was', other: 'keys were' })} rejected by the provider.`,
    low: (provider: string, window: string) => `${provider} is almost out of ${window.toLowerCase()}.`,
    budget: (token: string, gone: string, amount: string, per: BudgetPeriod) =>
      `Token “${token}” has used ${gone} of its ${amount} budget for this ${per}.`,
    outdated: (providers: string[]) => `Models and prices are older than 60 days: ${providers.join(', ')}.`,
    look: 'Review',
  },
}

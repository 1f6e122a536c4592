/** Words of the overview page. */
import type { BudgetPeriod } from '../../src/domain/limits.ts'
import { count, duration, number } from '../format.ts'

export const words = {
  readiness: {
    noKeys: 'Add a first key to start.',
    shared: 'Operational · using shared keys',
    ready: (usable: number, total: number) =>
      usable === total
        ? `Operational · ${count(total, { one: 'key', other: 'keys' })} ready`
        : `Operational · ${number(usable)} of ${count(total, { one: 'key', other: 'keys' })} ready`,
    resting: (ms: number) => `All keys are cooling down · next in ${duration(ms)}`,
    blocked: 'No usable keys. Review them on the Keys page.',
    loading: 'Loading…',
    failed: 'The state of your keys could not be read',
  },

  steps: {
    title: 'First steps',
    key: 'Add a provider’s key',
    token: 'Make a token for your tools',
    request: 'Send a first request',
    done: 'done',
  },

  left: {
    title: 'What is left',
    shared: 'shared by this hub',
    keys: (ready: number, resting: number, quarantined: number) =>
      [
        count(ready, { one: 'key is ready', other: 'keys are ready' }),
        ...(resting > 0 ? [`${number(resting)} resting`] : []),
        ...(quarantined > 0 ? [`${number(quarantined)} quarantined`] : []),
      ].join(', '),
    backIn: 'The next is back in',
    together: (window: string) => `${window}, all together`,
    unlimited: (used: number) => `${number(used)} used today · no limit set`,
    addLimit: 'Add limit',
    dry: 'At this pace it is used up in',
  },

  routes: {
    title: 'Who would serve',
    all: 'All routes',
    nobody: 'nobody',
    rests: 'nobody for',
  },

  happened: {
    title: 'What happened',
    span: 'Span',
    spans: { '1h': '1 hour', '24h': '24 hours', '7d': '7 days', '30d': '30 days' },
    nothing: (span: string) => `No request in the last ${span}.`,
    requests: 'Requests',
    good: 'At once',
    rescued: 'Rescued',
    errors: 'Failed',
    tokens: 'Tokens',
    half: 'Median time',
    most: '95 % within',
    cost: 'Cost',
    saved: 'Saved',
    unknown: '–',
  },

  health: {
    title: 'Providers in the last hour',
    all: 'All providers',
    nothing: 'No request in the last hour.',
    states: { degraded: 'Degraded', down: 'Down' },
    failing: (failed: number, total: number) =>
      `${number(failed)} of ${count(total, { one: 'request', other: 'requests' })} failed in the last 5 min`,
    unserved: (route: string) => `No provider can serve “${route}” now`,
    resting: (provider: string, models: string[]) => `${provider} is failing (${models.join(', ')})`,
    good: (part: string) => `${part} went well`,
    median: (time: string) => `half within ${time}`,
  },

  warnings: {
    title: 'Needs a look',
    quarantined: (n: number) =>
      `${count(n, { one: 'key is', other: 'keys are' })} quarantined: the provider refused ${n === 1 ? 'it' : 'them'}.`,
    low: (provider: string, window: string) => `${provider} runs low: ${window.toLowerCase()}.`,
    budget: (token: string, gone: string, amount: string, per: BudgetPeriod) =>
      `The token “${token}” nears its budget: ${gone} of ${amount} for this ${per}.`,
    look: 'Look at it',
  },
}

/** Words of the overview page. */
import { count, duration, number } from '../format.ts'

export const words = {
  readiness: {
    noKeys: 'Add a first key to start.',
    shared: 'Ready, on keys that this hub shares with you.',
    ready: (usable: number, total: number) =>
      usable === total
        ? `Ready. ${count(total, { one: 'key is', other: 'keys are' })} waiting for work.`
        : `Ready. ${number(usable)} of ${count(total, { one: 'key', other: 'keys' })} can serve now.`,
    resting: (ms: number) => `Every key rests. The next one is back in ${duration(ms)}.`,
    blocked: 'No key can serve. Look at what they need on the page of keys.',
    loading: 'Looking at your keys …',
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
    unlimited: 'No limit is known: none was entered, and the provider stated none yet.',
  },
}

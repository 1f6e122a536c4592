/** Words of the limits of keys and tokens. */
import type { Period, Reset, Unit } from '../../src/domain/limits.ts'
import { isAlike } from '../state/limit-form.ts'

export const words = {
  title: 'Limits',
  add: 'Add limit',
  remove: (n: number) => `Remove limit ${n}`,
  /** Names of the controls for screen readers, with the number of the limit. */
  amountOf: (n: number) => `Limit ${n}: amount`,
  unitOf: (n: number) => `Limit ${n}: unit`,
  periodOf: (n: number) => `Limit ${n}: period`,
  modelOf: (n: number) => `Limit ${n}: model`,
  moreOf: (n: number) => `Limit ${n}:`,
  units: {
    requests: 'Requests',
    tokens: 'Tokens',
    'input-tokens': 'Input tokens',
    'output-tokens': 'Output tokens',
    'audio-seconds': 'Audio seconds',
    money: 'US dollars',
    percent: '% of the plan',
  } satisfies Record<Unit, string>,
  periods: {
    second: 'Per second',
    minute: 'Per minute',
    hour: 'Per hour',
    '5h': 'Per 5 h',
    day: 'Per day',
    '7d': 'Per 7 d',
    month: 'Per month',
  } satisfies Record<Period, string>,
  anyModel: 'All models',

  resets: 'Resets',
  refills: (how: string) => `Resets: ${how}`,
  asProvider: 'Provider default',
  reset: (reset: Reset, per: Period): string => {
    switch (reset) {
      case 'sliding':
      case 'rolling':
        return `Rolling (${lengthOf[per]})`
      case 'refill':
        return 'Continuously (token bucket)'
      case 'utc':
        return isAlike(per) ? startOf[per] : `${startOf[per]} UTC`
      case 'pacific':
        return isAlike(per) ? startOf[per] : `${startOf[per]} Pacific`
      case 'first-use':
        return `${lengthOf[per]} after the first use`
    }
  },

  scope: 'Applies to',
  counts: (what: string) => `Applies to: ${what}`,
  scopes: { account: 'Account', key: 'This key' },
}

const lengthOf = {
  second: '1 second',
  minute: '1 minute',
  hour: '1 hour',
  '5h': '5 hours',
  day: '1 day',
  '7d': '7 days',
  month: '1 month',
} satisfies Record<Period, string>
const startOf = {
  second: 'Every full second',
  minute: 'Every full minute',
  hour: 'Every full hour',
  '5h': 'Every 5 hours',
  day: 'Midnight',
  '7d': 'Monday,',
  month: '1st of the month,',
} satisfies Record<Period, string>

/** Words of limits, of keys and of tokens. */
import type { Period, Reset, Unit } from '../../src/domain/limits.ts'
import { isAlike } from '../state/limit-form.ts'

export const words = {
  title: 'Limits',
  add: 'Add a limit',
  remove: (n: number) => `Remove limit ${n}`,
  /** Each control by what it says of which limit, for those who hear it alone. */
  amountOf: (n: number) => `Limit ${n}: how many`,
  unitOf: (n: number) => `Limit ${n}: of what`,
  periodOf: (n: number) => `Limit ${n}: in which time`,
  modelOf: (n: number) => `Limit ${n}: of which model`,
  moreOf: (n: number) => `Limit ${n}:`,
  units: {
    requests: 'requests',
    tokens: 'tokens',
    'input-tokens': 'input tokens',
    'output-tokens': 'output tokens',
    'audio-seconds': 'audio seconds',
    money: 'US dollars',
    percent: '% of the plan',
  } satisfies Record<Unit, string>,
  periods: {
    second: 'per second',
    minute: 'per minute',
    hour: 'per hour',
    '5h': 'per 5 h',
    day: 'per day',
    '7d': 'per 7 d',
    month: 'per month',
  } satisfies Record<Period, string>,
  anyModel: 'all models',

  resets: 'How it refills',
  refills: (how: string) => `Refills ${how}`,
  asProvider: 'as its provider does',
  reset: (reset: Reset, per: Period): string => {
    switch (reset) {
      case 'sliding':
      case 'rolling':
        return `as each use turns ${lengthOf[per]} old`
      case 'refill':
        return 'little by little, all the time'
      case 'utc':
        return isAlike(per) ? startOf[per] : `${startOf[per]} in UTC`
      case 'pacific':
        return isAlike(per) ? startOf[per] : `${startOf[per]} in California`
      case 'first-use':
        return `all at once, ${lengthOf[per]} after the first use`
    }
  },

  scope: 'Counts for',
  counts: (what: string) => `counts for ${what}`,
  scopes: { account: 'the whole account', key: 'this key alone' },
}

const lengthOf = {
  second: 'a second',
  minute: 'a minute',
  hour: 'an hour',
  '5h': '5 hours',
  day: 'a day',
  '7d': '7 days',
  month: 'a month',
} satisfies Record<Period, string>
const startOf = {
  second: 'with each full second',
  minute: 'with each full minute',
  hour: 'with each full hour',
  '5h': 'every 5 hours',
  day: 'at midnight',
  '7d': 'on Monday',
  month: 'on the 1st',
} satisfies Record<Period, string>

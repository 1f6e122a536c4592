/** Words of limits, of keys and of tokens. */
import type { Period, Reset } from '../../src/domain/limits.ts'

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
  units: { requests: 'requests', tokens: 'tokens' },
  periods: { minute: 'per minute', hour: 'per hour', day: 'per day', month: 'per month' },
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
        return per === 'minute' || per === 'hour' ? startOf[per] : `${startOf[per]} in UTC`
      case 'pacific':
        return per === 'minute' || per === 'hour' ? startOf[per] : `${startOf[per]} in California`
    }
  },

  scope: 'Counts for',
  counts: (what: string) => `counts for ${what}`,
  scopes: { account: 'the whole account', key: 'this key alone' },
}

const lengthOf = { minute: 'a minute', hour: 'an hour', day: 'a day', month: 'a month' }
const startOf = {
  minute: 'with each full minute',
  hour: 'with each full hour',
  day: 'at midnight',
  month: 'on the 1st',
}

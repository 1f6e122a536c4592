/** Words of the usage page. */
import { count, number } from '../format.ts'

export const words = {
  title: 'Usage',
  lede: 'What was used, and by what. The hub counts by the hour, and keeps these sums longer than its log.',
  choices: 'What is shown',
  span: 'Span',
  spans: { '1h': '1 h', '24h': '24 h', '7d': '7 d', '30d': '30 d', '90d': '90 d', custom: 'Other' },
  by: 'By',
  groups: { model: 'Model', provider: 'Provider', key: 'Key', token: 'Token', user: 'User' },
  of: 'Drawn',
  metrics: {
    requests: 'Requests',
    inputTokens: 'Tokens in',
    outputTokens: 'Tokens out',
    cost: 'Cost',
    errors: 'Errors',
    rescued: 'Rescued',
  },
  whose: 'Whose use',
  emptyTitle: 'Nothing was used in this time',
  empty: 'As soon as requests pass through the hub, their tokens, cost and errors are summed here.',
  tryIt: 'Send a request',
  totals: 'In this time',
  counted: (from: string, to: string) => `Counted from ${from} to ${to}.`,
  chart: (metric: string, group: string) => `${metric} by ${group.toLowerCase()}`,
  top: (group: string) => `Use by ${group.toLowerCase()}, the most first`,
  saved: 'Saved',
  median: 'Time, median',
  slowest: 'Time, 95\u00A0%',
  average: 'Time, average',
  others: 'All others',
  nobodys: 'open access',
  none: {
    model: 'served by nobody',
    provider: 'served by nobody',
    key: 'without a key',
    token: 'without a token',
    user: 'nobody',
  },
  cut: (n: number) => `There are too many for one answer: these are the ${number(n)} with the most requests.`,
  hint: 'Up to two days are counted by the full hour, longer spans and what is older than three days by the full day of UTC. Cost is that of models with a known price; saved is what free keys and the caches of providers took off it. Times are within ten per cent, of requests that went well.',

  forecast: {
    title: 'This month, at this pace',
    names: { requests: 'Requests', tokens: 'Tokens', cost: 'Cost' },
    soFar: (figure: string) => `${figure} so far`,
    between: (low: string, high: string) => (low === high ? 'the days were alike' : `${low} to ${high}`),
    how: (days: number) =>
      `What the month (of UTC) comes to if it goes on like the last ${number(days)} full days. It ends within the range four times in five, if its days differ from one another as those did.`,
    nothing: 'No forecast yet: there is no use to go by.',
    tooEarly: (days: number, needed: number) =>
      `No forecast yet: it takes ${number(needed)} full days since the first request, and there ${days === 1 ? 'is' : 'are'} ${days === 0 ? 'none' : count(days, { one: 'day', other: 'days' })}.`,
  },
}

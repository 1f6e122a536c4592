/** Words of the shares that users have of shared accounts. */
import { number } from '../format.ts'

export const words = {
  people: 'Used by',
  others: 'Others',
  part: (used: string, percent: number) => `${used} (${number(percent)}%)`,
  more: (n: number) => `and ${number(n)} more`,
  kept: (amount: string) => `${amount} reserved for you`,

  reserve: 'Reserved for you',
  reserveHint: 'While its account is shared: 20% of each limit, or a number of requests. Empty = none',

  share: 'Share',
  everything: 'All',
  percent: (percent: number) => `${number(percent)}%`,
  change: 'Set share',
  actOn: (verb: string, name: string) => `${verb}: ${name}`,
  title: (name: string) => `Share of ${name}`,
  shareField: 'Share (%)',
  shareHint: 'Of each limit of every shared account. Empty = all',
  save: 'Save',
  saved: (name: string, share: string) => `Share of ${name} set to ${share}`,
}

/** Words about who may use how much of shared accounts. */
import { number } from '../format.ts'

export const words = {
  people: 'Used by',
  openAccess: 'Open access',
  others: 'Others',
  part: (used: string, percent: number) => `${used} (${number(percent)} %)`,
  more: (n: number) => `and ${number(n)} more`,
  kept: (amount: string) => `${amount} kept for you`,

  reserve: 'Kept for you',
  reserveHint:
    'Of its account, while it is shared: a percentage of each limit (“20%”), or a number of requests. Empty keeps nothing.',

  share: 'Share',
  everything: 'all',
  percent: (percent: number) => `${number(percent)} %`,
  change: 'Set share',
  actOn: (verb: string, name: string) => `${verb}: ${name}`,
  title: (name: string) => `Share of ${name}`,
  shareField: 'Share of each shared account, in percent',
  shareHint: 'Of each of its limits: requests, tokens and calls at once. Empty for all of it.',
  save: 'Save',
  saved: (name: string, share: string) => `${name} may use ${share} of each shared account.`,
}

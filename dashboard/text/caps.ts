/** Words of caps, of tokens, people and teams. */
import type { BudgetPeriod } from '../../src/domain/limits.ts'
import { number } from '../format.ts'

export const words = {
  budget: 'Budget in US dollars',
  budgetPer: 'Budget for each',
  budgetBar: (per: BudgetPeriod) => `Budget per ${per}`,
  budgetHint: 'Requests are refused once it is spent. Days and months are in UTC.',
  periods: { day: 'per day', month: 'per month' },
  maxConcurrent: 'Requests at the same time',
  running: (running: number, most: number) => `${number(running)} of ${number(most)} at the same time`,
  none: 'No caps',

  ownTitle: 'Your caps',
  ownLede: 'An administrator set these for your account. They count all your tokens and the dashboard.',
  teamTitle: (name: string) => `Team “${name}”`,
  teamLede: 'All members share these.',
}

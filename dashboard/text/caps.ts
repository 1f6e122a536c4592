/** Words of the caps of tokens, users and teams. */
import type { BudgetPeriod } from '../../src/domain/limits.ts'
import { number } from '../format.ts'

export const words = {
  budget: 'Budget (USD)',
  budgetPer: 'Budget period',
  budgetBar: (per: BudgetPeriod) => `Budget per ${per}`,
  budgetHint: 'Requests stop when it’s spent. Resets at midnight UTC.',
  periods: { day: 'Per day', month: 'Per month' },
  maxConcurrent: 'Concurrency limit',
  running: (running: number, most: number) => `${number(running)} of ${number(most)} in flight`,
  none: 'No caps',

  ownTitle: 'Your caps',
  ownLede: 'Set by an admin. They cover all your tokens and the dashboard.',
  teamTitle: (name: string) => `Team “${name}”`,
  teamLede: 'Shared by all members.',
}

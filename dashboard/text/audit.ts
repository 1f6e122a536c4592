/** Words of the Audit log page. */
import { count, moment, number } from '../format.ts'

export const words = {
  title: 'Audit log',
  lede: 'Every change on this hub, in a tamper-evident hash chain.',
  filters: 'Filters',
  action: 'Action',
  actionHint: 'e.g. key.added',
  actor: 'User',
  subject: 'Subject',
  subjectHint: 'ID',
  any: 'Anyone',
  nobody: 'System',
  span: 'Time range',
  spans: { all: 'Any time', '24h': 'Last 24 hours', '7d': 'Last 7 days', '30d': 'Last 30 days' },
  clear: 'Clear filters',
  emptyTitle: 'No entries yet',
  empty: 'Failed logins, new keys and changed settings appear here.',
  nothing: 'No matching entries',
  caption: 'Audit log, newest first',
  time: 'Time',
  moment: (at: string) => moment(Date.parse(at)),
  older: 'Load older',
  show: 'Details',
  showOne: (sequence: number) => `Details of entry ${number(sequence)}`,
  detailTitle: (sequence: number) => `Entry ${number(sequence)}`,
  address: 'Address',
  sequence: 'Entry number',
  detail: 'Details',
  previous: 'Previous hash',
  hash: 'Hash',
  unchained: 'Not in the chain',
  close: 'Close',
  verify: 'Verify log',
  verifying: (n: number) => `${count(n, { one: 'entry', other: 'entries' })} checked…`,
  whole: (n: number) => `Verified: ${count(n, { one: 'entry', other: 'entries' })}, none missing or changed.`,
  before: (n: number) =>
    `${count(n, { one: 'older entry has', other: 'older entries have' })} no hash and can’t be verified.`,
  end: (sequence: number) =>
    `Save the hash of entry ${number(sequence)} elsewhere to prove later that nothing was cut off.`,
  copyEnd: 'Copy latest hash',
  broken: (sequence: number, problem: 'missing' | 'altered' | 'not-linked') =>
    `Verification failed: entry ${number(sequence)} ${
      {
        missing: 'is missing',
        altered: 'was changed',
        'not-linked': 'doesn’t match the previous hash',
      }[problem]
    }.`,
  brokenHint: 'Someone with database access changed it. Compare with a backup.',
}

/** Words of the audit page. */
import { count, moment, number } from '../format.ts'

export const words = {
  title: 'Audit',
  lede: 'Who changed what on this hub, and what was refused. Each entry holds the fingerprint of the one before it.',
  filters: 'Filters',
  action: 'Action',
  actionHint: 'key.added',
  actor: 'Who',
  subject: 'Subject',
  subjectHint: 'An id',
  any: 'Anybody',
  nobody: 'nobody',
  span: 'When',
  spans: { all: 'Any time', '24h': 'Last 24 hours', '7d': 'Last 7 days', '30d': 'Last 30 days' },
  clear: 'Clear filters',
  emptyTitle: 'Nothing has been changed yet',
  empty: 'Logins that failed, keys that were added, settings that were changed: each leaves an entry here.',
  nothing: 'Nothing here fits these filters.',
  caption: 'Audit log, newest first',
  time: 'Time',
  moment: (at: string) => moment(Date.parse(at)),
  older: 'Look further back',
  show: 'Details',
  showOne: (sequence: number) => `Details of entry ${number(sequence)}`,
  detailTitle: (sequence: number) => `Entry ${number(sequence)}`,
  address: 'Address',
  sequence: 'Place in the chain',
  detail: 'Detail',
  previous: 'Fingerprint before',
  hash: 'Fingerprint',
  unchained: 'from before the chain',
  close: 'Close',
  verify: 'Verify the chain',
  verifying: (n: number) => `${count(n, { one: 'entry', other: 'entries' })} checked …`,
  whole: (n: number) =>
    `The log is whole: ${count(n, { one: 'entry', other: 'entries' })} checked, none missing and none altered.`,
  before: (n: number) =>
    `${count(n, { one: 'entry is', other: 'entries are' })} from before the chain and cannot be checked.`,
  end: (sequence: number) =>
    `It ends with entry ${number(sequence)}. Note its fingerprint elsewhere: it proves later that nothing was cut off.`,
  copyEnd: 'Copy the fingerprint of the end',
  broken: (sequence: number, problem: 'missing' | 'altered' | 'not-linked') =>
    `The log does not hold: entry ${number(sequence)} ${
      {
        missing: 'is missing',
        altered: 'was altered',
        'not-linked': 'does not follow from the one before it',
      }[problem]
    }.`,
  brokenHint: 'Whoever can write to the database has changed it. Compare it with a backup.',
}

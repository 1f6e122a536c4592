/** Words of teams, and of the caps and tokens of users. */
import { count } from '../format.ts'

export const words = {
  title: 'Teams',
  empty: 'A team is a group of users with one budget. Create one, then add users to it.',
  add: 'Create team',
  name: 'Name',
  nameHint: 'e.g. a project or department',
  limitsHint: 'Counted across all members.',
  save: 'Save',
  saved: (name: string) => `Team “${name}” saved`,
  edit: 'Edit',
  editTitle: (name: string) => `Edit “${name}”`,
  remove: 'Delete',
  removeTitle: (name: string) => `Delete “${name}”?`,
  removeWarning: 'Members keep their accounts and lose the team’s caps.',
  removeSubmit: 'Delete team',
  removed: (name: string) => `Team “${name}” deleted`,
  actOn: (verb: string, name: string) => `${verb}: ${name}`,
  members: (members: number, names: readonly string[]) => {
    const people = count(members, { one: 'member', other: 'members' })
    return names.length > 0 && names.length <= 5 ? `${people}: ${names.join(', ')}` : people
  },

  caps: 'Caps',
  setCaps: 'Set caps',
  personTitle: (name: string) => `Caps of ${name}`,
  personSaved: (name: string) => `Caps of ${name} saved`,
  personLimitsHint: 'Counted across all tokens and sessions of this user.',
  team: 'Team',
  noTeam: 'No team',
  inTeam: (name: string) => `Team: ${name}`,

  tokens: 'Tokens',
  tokensTitle: (name: string) => `Tokens of ${name}`,
  noTokens: 'No tokens yet',
  done: 'Done',
}

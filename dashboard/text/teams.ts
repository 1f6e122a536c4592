/** Words of teams, and of the caps and tokens of people. */
import { count } from '../format.ts'

export const words = {
  title: 'Teams',
  empty: 'A team is a group of people with a common budget. Add one, then put people into it.',
  add: 'Add team',
  name: 'Name',
  nameHint: 'A project, a department, a class.',
  limitsHint: 'Counted over all members together.',
  save: 'Save',
  saved: (name: string) => `The team “${name}” was saved.`,
  edit: 'Edit',
  editTitle: (name: string) => `Edit “${name}”`,
  remove: 'Remove',
  removeTitle: (name: string) => `Remove “${name}”?`,
  removeWarning: 'Its people keep their accounts, and lose the caps of the team.',
  removeSubmit: 'Remove the team',
  removed: (name: string) => `The team “${name}” was removed.`,
  actOn: (verb: string, name: string) => `${verb}: ${name}`,
  members: (members: number, names: readonly string[]) => {
    const people = count(members, { one: 'person', other: 'people' })
    return names.length > 0 && names.length <= 5 ? `${people}: ${names.join(', ')}` : people
  },

  caps: 'Caps',
  setCaps: 'Set caps',
  personTitle: (name: string) => `Caps of ${name}`,
  personSaved: (name: string) => `The caps of ${name} were saved.`,
  personLimitsHint: 'Counted over all tokens and sessions of this person.',
  team: 'Team',
  noTeam: 'No team',
  inTeam: (name: string) => `Team: ${name}`,

  tokens: 'Tokens',
  tokensTitle: (name: string) => `Tokens of ${name}`,
  noTokens: 'No token',
  done: 'Done',
}

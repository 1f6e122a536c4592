/** What the list of people says of each, and what can be done about them. */
import type { Person, Team, User } from '../../api.ts'
import { CapsBars } from '../../parts/caps-bars.tsx'
import type { Column } from '../../parts/data-table.tsx'
import { RowButton } from '../../parts/row-button.tsx'
import { nameOfPerson } from '../../state/people.ts'
import type { UserChange } from '../../state/user-change.ts'
import { words as capsWords } from '../../text/caps.ts'
import { words as shareWords } from '../../text/shares.ts'
import { words as teamWords } from '../../text/teams.ts'
import { words } from '../../text/users.ts'
import { ShareCell } from './share-cell.tsx'

interface Doing {
  /** Who looks. */
  person: Person
  teams: readonly Team[]
  onSet: (user: User, change: UserChange) => void
  onCap: (user: User) => void
  onTokens: (user: User) => void
  onRemove: (user: User) => void
  /** Called after a user was saved. */
  onSaved: () => void
}

export function columnsOf(doing: Doing): Column<User>[] {
  const { person, teams, onSet, onCap, onTokens, onRemove, onSaved } = doing
  return [
    {
      id: 'name',
      head: words.name,
      isName: true,
      cell: (user) => (
        <span>
          {nameOfPerson(user)} {user.id === person.id && <span class="quiet">({words.you})</span>}
          {user.email !== nameOfPerson(user) && <span class="quiet address">{user.email}</span>}
        </span>
      ),
    },
    { id: 'role', head: words.role, cell: ({ role }) => words.roles[role] },
    {
      id: 'state',
      head: words.state,
      cell: ({ enabled }) => (
        <span class={enabled ? 'chip chip-ready' : 'chip chip-disabled'}>
          {enabled ? words.enabled : words.disabled}
        </span>
      ),
    },
    {
      id: 'share',
      head: shareWords.share,
      cell: (user) => <ShareCell user={user} onSaved={onSaved} />,
    },
    { id: 'since', head: words.since, cell: ({ createdAt }) => words.madeOn(createdAt) },
    { id: 'caps', head: teamWords.caps, cell: (user) => <PersonCaps user={user} teams={teams} /> },
    {
      id: 'actions',
      head: words.actions,
      cell: (user) => {
        const name = nameOfPerson(user)
        const isAdmin = user.role === 'admin'
        const role = isAdmin ? words.demote : words.promote
        const state = user.enabled ? words.disable : words.enable
        return (
          <div class="row-actions">
            <RowButton
              verb={role}
              label={words.actOn(role, name)}
              onClick={() => onSet(user, { role: isAdmin ? 'user' : 'admin' })}
            />
            <RowButton
              verb={state}
              label={words.actOn(state, name)}
              onClick={() => onSet(user, { enabled: !user.enabled })}
            />
            <RowButton
              verb={teamWords.setCaps}
              label={words.actOn(teamWords.setCaps, name)}
              onClick={() => onCap(user)}
            />
            <RowButton
              verb={teamWords.tokens}
              label={words.actOn(teamWords.tokens, name)}
              onClick={() => onTokens(user)}
            />
            <RowButton
              verb={words.remove}
              label={words.actOn(words.remove, name)}
              onClick={() => onRemove(user)}
            />
          </div>
        )
      },
    },
  ]
}

/** The team of a person, and the use of their own caps. */
function PersonCaps({ user, teams }: { user: User; teams: readonly Team[] }) {
  const { limits, maxConcurrent, budget, state } = user
  const team = teams.find(({ id }) => id === user.team)
  const isCapped = limits !== null || maxConcurrent !== null || budget !== null
  return (
    <div class="person-caps">
      {team && <p>{teamWords.inTeam(team.name)}</p>}
      {maxConcurrent !== null && <p>{capsWords.running(state.running, maxConcurrent)}</p>}
      {!isCapped && !team && <span class="quiet">{capsWords.none}</span>}
      <CapsBars {...user} />
    </div>
  )
}

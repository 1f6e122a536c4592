/** The teams of the hub: people with common caps, and the use of them. */
import { useState } from 'preact/hooks'
import { send, api, type Team, type User } from '../../api.ts'
import { CapsBars } from '../../parts/caps-bars.tsx'
import { Card } from '../../parts/card.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { focusPage } from '../../parts/page.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { RowButton } from '../../parts/row-button.tsx'
import { useAnnounce } from '../../state/announce.ts'
import { nameOfPerson } from '../../state/people.ts'
import type { Resource } from '../../state/resource.ts'
import { words as capsWords } from '../../text/caps.ts'
import { words } from '../../text/teams.ts'
import { TeamFormDialog } from './team-form.tsx'

interface TeamsCardProps {
  teams: Resource<Team[]>
  /** The people who are shown on the page: members among them are named. */
  people: readonly User[]
  /** Called after people were freed from a team. */
  onFreed: () => void
}

export function TeamsCard({ teams, people, onFreed }: TeamsCardProps) {
  const [editing, setEditing] = useState<Team | 'new'>()
  const [removing, setRemoving] = useState<Team>()
  const announce = useAnnounce()
  return (
    <Card
      title={words.title}
      action={
        <button type="button" class="button small" onClick={() => setEditing('new')}>
          {words.add}
        </button>
      }
    >
      <ResourceView resource={teams}>
        {(data) =>
          data.length === 0 ? (
            <p class="quiet">{words.empty}</p>
          ) : (
            <ul class="rows">
              {data.map((team) => (
                <TeamRow
                  key={team.id}
                  team={team}
                  people={people}
                  onEdit={() => setEditing(team)}
                  onRemove={() => setRemoving(team)}
                />
              ))}
            </ul>
          )
        }
      </ResourceView>
      {editing && (
        <TeamFormDialog
          team={editing === 'new' ? undefined : editing}
          onSaved={(name) => {
            announce(words.saved(name))
            void teams.reload()
          }}
          onClosed={() => setEditing(undefined)}
        />
      )}
      {removing && (
        <Confirm
          title={words.removeTitle(removing.name)}
          warning={words.removeWarning}
          submit={words.removeSubmit}
          act={async () => {
            await send(api.api.teams[':id'].$delete({ param: { id: removing.id } }))
          }}
          onDone={() => {
            announce(words.removed(removing.name))
            focusPage()
            void teams.reload()
            onFreed()
          }}
          onClosed={() => setRemoving(undefined)}
        />
      )}
    </Card>
  )
}

interface TeamRowProps {
  team: Team
  people: readonly User[]
  onEdit: () => void
  onRemove: () => void
}

function TeamRow({ team, people, onEdit, onRemove }: TeamRowProps) {
  const { name, members, maxConcurrent, state } = team
  const names = people.filter((user) => user.team === team.id).map((user) => nameOfPerson(user))
  const notes = [
    words.members(members, names),
    maxConcurrent !== null && capsWords.running(state.running, maxConcurrent),
  ]
  return (
    <li class="row">
      <div class="row-main">
        <p class="row-title">
          <strong>{name}</strong>
        </p>
        <p class="row-notes">{notes.filter((note) => typeof note === 'string').join(' · ')}</p>
      </div>
      <div class="row-actions">
        <RowButton verb={words.edit} label={words.actOn(words.edit, name)} onClick={onEdit} />
        <RowButton verb={words.remove} label={words.actOn(words.remove, name)} onClick={onRemove} />
      </div>
      <CapsBars {...team} />
    </li>
  )
}

/**
 * The users of the hub, for administrators: their roles, caps and tokens, and how to add or remove
 * them.
 */
import { useState } from 'preact/hooks'
import { api, ask, type User } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { focusPage, Page } from '../parts/page.tsx'
import { ResourceView } from '../parts/resource-view.tsx'
import { useAction } from '../state/action.ts'
import { useAnnounce } from '../state/announce.ts'
import { nameOfPerson } from '../state/people.ts'
import { flagField, useQuery } from '../state/query.ts'
import { change, type Source, useResource } from '../state/resource.ts'
import { teamsSource } from '../state/sources.ts'
import { questionBefore, type UserChange } from '../state/user-change.ts'
import { words as teamWords } from '../text/teams.ts'
import { words } from '../text/users.ts'
import type { PageProps } from './index.ts'
import { AddUserDialog } from './users/add-user.tsx'
import { columnsOf } from './users/columns.tsx'
import { PersonCapsDialog } from './users/person-caps.tsx'
import { PersonTokensDialog } from './users/person-tokens.tsx'
import { RemoveUserDialog } from './users/remove-user.tsx'
import { TeamsCard } from './users/teams-card.tsx'
import './users.css'

interface UserPage {
  users: User[]
  nextCursor: string | null
}

const usersSource: Source<UserPage> = { name: 'users', load: () => readUsers() }

async function readUsers(cursor?: string): Promise<UserPage> {
  const query = cursor === undefined ? {} : { cursor }
  const { data, nextCursor } = await ask(api.api.users.$get({ query }))
  return { users: data, nextCursor }
}

export default function UsersPage({ person }: PageProps) {
  const users = useResource(usersSource)
  const [{ add }, setQuery] = useQuery({ add: flagField() })
  const teams = useResource(teamsSource)
  const [removing, setRemoving] = useState<User>()
  const [capping, setCapping] = useState<User>()
  const [listing, setListing] = useState<User>()
  const announce = useAnnounce()
  const [asking, setAsking] = useState<{ user: User; change: UserChange }>()
  const store = async (user: User, json: UserChange): Promise<void> => {
    await ask(api.api.users[':id'].$patch({ param: { id: user.id }, json }))
  }
  const stored = async (user: User, json: UserChange): Promise<void> => {
    announce(saidOf(user, json))
    await users.reload()
  }
  const set = useAction(async (user: User, json: UserChange) => {
    await store(user, json)
    await stored(user, json)
  })
  const question = asking && questionBefore(asking.change, asking.user.id === person.id)
  const readOn = useAction(async (cursor: string) => {
    const next = await readUsers(cursor)
    change(usersSource, ({ users: before }) => ({ ...next, users: [...before, ...next.users] }))
  })
  return (
    <Page
      title={words.title}
      lede={words.lede}
      class="users"
      actions={
        <>
          <a class="button" href="/settings?invite">
            {words.invite}
          </a>
          <button type="button" class="button primary" onClick={() => setQuery({ add: true })}>
            {words.add}
          </button>
        </>
      }
    >
      <ErrorNotice error={set.error ?? readOn.error} />
      <ResourceView resource={users}>
        {({ users: people, nextCursor }) => (
          <>
            <DataTable
              caption={words.caption}
              columns={columnsOf({
                person,
                teams: teams.data ?? [],
                onSet: (user, wanted) => {
                  if (questionBefore(wanted, user.id === person.id)) setAsking({ user, change: wanted })
                  else set.run(user, wanted)
                },
                onCap: setCapping,
                onTokens: setListing,
                onRemove: setRemoving,
                onSaved: () => void users.reload(),
              })}
              rows={people}
              keyOf={({ id }) => id}
            />
            {nextCursor !== null && (
              <p class="table-more">
                <button
                  type="button"
                  class="button"
                  aria-disabled={readOn.busy}
                  onClick={() => readOn.run(nextCursor)}
                >
                  {words.more}
                </button>
              </p>
            )}
            <TeamsCard teams={teams} people={people} onFreed={() => void users.reload()} />
          </>
        )}
      </ResourceView>
      {add && (
        <AddUserDialog
          onAdded={(user) => {
            announce(words.made(nameOfPerson(user)))
            void users.reload()
          }}
          onClosed={() => setQuery({ add: false })}
        />
      )}
      {capping && (
        <PersonCapsDialog
          user={capping}
          teams={teams.data ?? []}
          onSaved={() => {
            announce(teamWords.personSaved(nameOfPerson(capping)))
            void users.reload()
            void teams.reload()
          }}
          onClosed={() => setCapping(undefined)}
        />
      )}
      {listing && <PersonTokensDialog user={listing} onClosed={() => setListing(undefined)} />}
      {asking && question && (
        <Confirm
          {...questions[question](nameOfPerson(asking.user))}
          act={() => store(asking.user, asking.change)}
          onDone={() => void stored(asking.user, asking.change)}
          onClosed={() => setAsking(undefined)}
        />
      )}
      {removing && (
        <RemoveUserDialog
          user={removing}
          onRemoved={() => {
            announce(words.removed(nameOfPerson(removing)))
            focusPage()
            void users.reload()
          }}
          onClosed={() => setRemoving(undefined)}
        />
      )}
    </Page>
  )
}

const questions = {
  promote: (name: string) => ({
    title: words.promoteTitle(name),
    warning: words.promoteWarning,
    submit: words.promote,
  }),
  demote: () => ({ title: words.demoteTitle, warning: words.demoteWarning, submit: words.demote }),
  disable: () => ({ title: words.disableTitle, warning: words.disableWarning, submit: words.disable }),
}

function saidOf(user: User, { role, enabled }: UserChange): string {
  const name = nameOfPerson(user)
  if (role !== undefined) return words.changedRole(name, words.roles[role])
  return enabled === true ? words.enabledDone(name) : words.disabledDone(name)
}

/** Invitations: made here, their link shown once, taken back while they are open. */
import { useState } from 'preact/hooks'
import { api, ask, type Invitation, type NewInvitation, send } from '../../api.ts'
import { Card } from '../../parts/card.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Field, valueOf } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { focusPage } from '../../parts/page.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { RoleField, roleOf } from '../../parts/role-field.tsx'
import { RowButton } from '../../parts/row-button.tsx'
import { SecretDialog } from '../../parts/secret-dialog.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { flagField, useQuery } from '../../state/query.ts'
import { type Source, useResource } from '../../state/resource.ts'
import { words } from '../../text/settings.ts'

const invitationsSource: Source<Invitation[]> = {
  name: 'invitations',
  load: async () => (await ask(api.api.invitations.$get())).data,
}

export function InvitationsCard() {
  const invitations = useResource(invitationsSource)
  const [{ invite }, setQuery] = useQuery({ invite: flagField() })
  const [fresh, setFresh] = useState<NewInvitation>()
  const announce = useAnnounce()
  const takeBack = useAction(async (id: string) => {
    await send(api.api.invitations[':id'].$delete({ param: { id } }))
    announce(words.takenBack)
    focusPage()
    await invitations.reload()
  })
  return (
    <Card
      title={words.invitations}
      action={
        <button type="button" class="button small" onClick={() => setQuery({ invite: true })}>
          {words.invite}
        </button>
      }
    >
      <ErrorNotice error={takeBack.error} />
      <ResourceView resource={invitations}>
        {(data) =>
          data.length === 0 ? (
            <p class="quiet">{words.invitationsEmpty}</p>
          ) : (
            <ul>
              {data.map((one) => (
                <InvitationRow key={one.id} invitation={one} onTakeBack={() => takeBack.run(one.id)} />
              ))}
            </ul>
          )
        }
      </ResourceView>
      {invite && (
        <InviteDialog
          onMade={(made) => {
            setFresh(made)
            void invitations.reload()
          }}
          onClosed={() => setQuery({ invite: false })}
        />
      )}
      {fresh && !invite && (
        <SecretDialog
          title={words.freshTitle}
          lede={words.fresh}
          label={words.link}
          secret={fresh.link}
          taken={words.sent}
          onClosed={() => {
            announce(words.invited)
            setFresh(undefined)
          }}
        />
      )}
    </Card>
  )
}

const chips = { open: 'chip-ready', used: 'chip-disabled', expired: 'chip-disabled' } as const

function InvitationRow({ invitation, onTakeBack }: { invitation: Invitation; onTakeBack: () => void }) {
  const { note, role, state, expiresAt, usedAt } = invitation
  const verb = state === 'open' ? words.takeBack : words.removeIt
  const name = words.forWhom(note)
  return (
    <li class="row">
      <div class="row-main">
        <p class="row-title">
          <strong>{name}</strong>
        </p>
        <span class={`chip ${chips[state]}`}>{words.states[state]}</span>
        <p class="row-notes">
          {words.roles[role]} · {usedAt === null ? words.expires(expiresAt) : words.usedOn(usedAt)}
        </p>
      </div>
      <div class="row-actions">
        <RowButton verb={verb} label={words.actOn(verb, name)} onClick={onTakeBack} />
      </div>
    </li>
  )
}

interface InviteDialogProps {
  onMade: (invitation: NewInvitation) => void
  onClosed: () => void
}

function InviteDialog({ onMade, onClosed }: InviteDialogProps) {
  const make = useAction(async (form: HTMLFormElement, close: () => void) => {
    const note = valueOf(form, 'note').trim()
    const role = roleOf(form)
    onMade(await ask(api.api.invitations.$post({ json: { role, ...(note && { note }) } })))
    close()
  })
  const { error } = make
  return (
    <FormDialog
      title={words.invite}
      submit={words.makeLink}
      action={make}
      fields={['note', 'role']}
      onClosed={onClosed}
    >
      <Field label={words.note} name="note" optional hint={words.noteHint} error={error}>
        {(control) => <input {...control} autofocus autocomplete="off" maxLength={200} />}
      </Field>
      <RoleField label={words.role} names={words.roles} error={error} />
    </FormDialog>
  )
}

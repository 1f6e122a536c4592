/** What a person logs in with. */
import { useContext } from 'preact/hooks'
import { api, ask, type Person } from '../../api.ts'
import { Card } from '../../parts/card.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Field, onSubmit, valueOf } from '../../parts/field.tsx'
import { ResourceView } from '../../parts/resource-view.tsx'
import { useAction } from '../../state/action.ts'
import { useAnnounce } from '../../state/announce.ts'
import { PersonChanged } from '../../state/hub.ts'
import { change, type Source, useResource } from '../../state/resource.ts'
import { words } from '../../text/settings.ts'

const meSource: Source<Person> = { name: 'me', load: () => ask(api.api.auth.me.$get()) }

export function ProfileCard() {
  const me = useResource(meSource)
  return (
    <Card title={words.profile}>
      <ResourceView resource={me}>{(person) => <ProfileForm person={person} />}</ResourceView>
    </Card>
  )
}

function ProfileForm({ person }: { person: Person }) {
  const announce = useAnnounce()
  const tell = useContext(PersonChanged)
  const save = useAction(async (form: HTMLFormElement) => {
    const json = {
      username: valueOf(form, 'username').trim() || null,
      email: valueOf(form, 'email').trim() || null,
    }
    const now = await ask(api.api.auth.me.$patch({ json }))
    change(meSource, () => now)
    tell(now)
    announce(words.profileSaved)
  })
  const { error } = save
  return (
    <form class="narrow" onSubmit={onSubmit(save.run)}>
      <Field label={words.username} name="username" hint={words.usernameHint} error={error}>
        {(control) => (
          <input
            {...control}
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            defaultValue={person.username ?? ''}
          />
        )}
      </Field>
      <Field label={words.email} name="email" optional error={error}>
        {(control) => (
          <input {...control} type="email" autocomplete="email" defaultValue={person.email ?? ''} />
        )}
      </Field>
      <ErrorNotice error={error} fields={['username', 'email']} />
      <button class="button" aria-disabled={save.busy}>
        {words.save}
      </button>
    </form>
  )
}

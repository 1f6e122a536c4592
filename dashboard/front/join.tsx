/** An account by invitation: the link that brought the person here opens registration once. */
import { api, ask, type Person } from '../api.ts'
import { valueOf } from '../parts/field.tsx'
import { useAction } from '../state/action.ts'
import { text } from '../text.ts'
import { AccountForm } from './account-form.tsx'
import { Front } from './front.tsx'

interface JoinPageProps {
  invitation: string
  onJoined: (person: Person) => void
  /** For whom has an account already. */
  onLeave: () => void
}

export function JoinPage({ invitation, onJoined, onLeave }: JoinPageProps) {
  const join = useAction(async (form: HTMLFormElement) => {
    const json = { username: valueOf(form, 'username'), password: valueOf(form, 'password'), invitation }
    const { user } = await ask(api.api.auth.register.$post({ json }))
    onJoined(user)
  })
  return (
    <Front title={text.join.title}>
      <p class="lede">{text.join.lede}</p>
      <AccountForm
        submit={text.join.submit}
        action={join}
        other={
          <button class="button" type="button" onClick={onLeave}>
            {text.join.login}
          </button>
        }
      />
    </Front>
  )
}

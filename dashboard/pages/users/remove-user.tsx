/**
 * Removes an account with all that is theirs. Keys that serve everyone go only where that was said,
 * too.
 */
import { useState } from 'preact/hooks'
import { api, ApiError, send, type User } from '../../api.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { nameOfPerson } from '../../state/people.ts'
import { words } from '../../text/users.ts'

interface RemoveUserDialogProps {
  user: User
  onRemoved: () => void
  onClosed: () => void
}

export function RemoveUserDialog({ user, onRemoved, onClosed }: RemoveUserDialogProps) {
  // Whether others draw on their keys, as the hub said: it is asked about only where it matters.
  const [shared, setShared] = useState(false)
  const [agreed, setAgreed] = useState(false)
  const remove = async (): Promise<void | 'ask-on'> => {
    const query = agreed ? { sharedKeys: 'remove' as const } : {}
    try {
      await send(api.api.users[':id'].$delete({ param: { id: user.id }, query }))
    } catch (thrown) {
      if (!(thrown instanceof ApiError) || thrown.param !== 'sharedKeys') throw thrown
      setShared(true)
      return 'ask-on'
    }
  }
  return (
    <Confirm
      title={words.removeTitle(nameOfPerson(user))}
      warning={words.removeWarning}
      submit={words.removeSubmit}
      act={remove}
      ready={!shared || agreed}
      onDone={onRemoved}
      onClosed={onClosed}
    >
      {shared && (
        <div class="notice" role="alert">
          <p>{words.sharedWarning}</p>
          <label class="check">
            <input
              type="checkbox"
              checked={agreed}
              onChange={(event) => setAgreed(event.currentTarget.checked)}
            />
            {words.removeShared}
          </label>
        </div>
      )}
    </Confirm>
  )
}

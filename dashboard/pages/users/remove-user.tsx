/** Removes an account with all that is theirs. Keys that serve everyone go only where that was said, too. */
import { useState } from 'preact/hooks'
import { api, ApiError, send, type User } from '../../api.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { useAction } from '../../state/action.ts'
import { nameOfPerson } from '../../state/people.ts'
import { text } from '../../text.ts'
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
  const remove = useAction(async (close: () => void) => {
    const query = agreed ? { sharedKeys: 'remove' as const } : {}
    try {
      await send(api.api.users[':id'].$delete({ param: { id: user.id }, query }))
    } catch (thrown) {
      if (!(thrown instanceof ApiError) || thrown.param !== 'sharedKeys') throw thrown
      setShared(true)
      return
    }
    close()
    onRemoved()
  })
  return (
    <Dialog title={words.removeTitle(nameOfPerson(user))} onClosed={onClosed}>
      {(close) => (
        <>
          <p>{words.removeWarning}</p>
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
          <ErrorNotice error={remove.error} />
          <div class="actions">
            <button type="button" class="button" onClick={close} autofocus>
              {text.cancel}
            </button>
            <button
              type="button"
              class="button danger"
              aria-disabled={remove.busy || (shared && !agreed)}
              onClick={() => {
                if (!shared || agreed) remove.run(close)
              }}
            >
              {words.removeSubmit}
            </button>
          </div>
        </>
      )}
    </Dialog>
  )
}

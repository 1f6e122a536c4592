/** Asks before something that cannot be undone. */
import { useAction } from '../state/action.ts'
import { text } from '../text.ts'
import { Dialog } from './dialog.tsx'
import { ErrorNotice } from './error-notice.tsx'

interface ConfirmProps {
  title: string
  warning: string
  submit: string
  act: () => Promise<void>
  /** Called after it was done, when the dialog has given focus back. */
  onDone: () => void
  onClosed: () => void
}

export function Confirm({ title, warning, submit, act, onDone, onClosed }: ConfirmProps) {
  const action = useAction(async (close: () => void) => {
    await act()
    close()
    onDone()
  })
  return (
    <Dialog title={title} onClosed={onClosed}>
      {(close) => (
        <>
          <p>{warning}</p>
          <ErrorNotice error={action.error} />
          <div class="actions">
            <button type="button" class="button" onClick={close} autofocus>
              {text.cancel}
            </button>
            <button
              type="button"
              class="button danger"
              aria-disabled={action.busy}
              onClick={() => action.run(close)}
            >
              {submit}
            </button>
          </div>
        </>
      )}
    </Dialog>
  )
}

/** Asks before something that cannot be undone. */
import type { ComponentChildren } from 'preact'
import { useAction } from '../state/action.ts'
import { text } from '../text.ts'
import { Dialog } from './dialog.tsx'
import { ErrorNotice } from './error-notice.tsx'

interface ConfirmProps {
  title: string
  warning: string
  submit: string
  /** Does it. @returns whether there is something left to be said first; the dialog then stays. */
  act: () => Promise<void | 'ask-on'>
  /** Whether all has been said that has to be. */
  ready?: boolean
  /** Called after it was done, when the dialog has given focus back. */
  onDone: () => void
  onClosed: () => void
  /** What else has to be said before it is done. */
  children?: ComponentChildren
}

export function Confirm(props: ConfirmProps) {
  const { title, warning, submit, act, ready = true, onDone, onClosed, children } = props
  const action = useAction(async (close: () => void) => {
    if ((await act()) === 'ask-on') return
    close()
    onDone()
  })
  return (
    <Dialog title={title} onClosed={onClosed}>
      {(close) => (
        <>
          <p>{warning}</p>
          {children}
          <ErrorNotice error={action.error} />
          <div class="actions">
            <button type="button" class="button" onClick={close} autofocus>
              {text.cancel}
            </button>
            <button
              type="button"
              class="button danger"
              aria-disabled={action.busy || !ready}
              onClick={() => ready && action.run(close)}
            >
              {submit}
            </button>
          </div>
        </>
      )}
    </Dialog>
  )
}

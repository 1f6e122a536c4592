/** A form in a dialog: its fields, what went wrong with it as a whole, and the two ways out. */
import type { ComponentChildren } from 'preact'
import type { Action } from '../state/action.ts'
import { text } from '../text.ts'
import { Dialog } from './dialog.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { onSubmit } from './field.tsx'

interface FormDialogProps {
  title: string
  submit: string
  /** What sending the form does. It closes the dialog where there is nothing left to do in it. */
  action: Action<[form: HTMLFormElement, close: () => void]>
  /** The fields that show their own errors, as the API names them. */
  fields: readonly string[]
  /** The word for leaving it; that for leaving it undone, unless given. */
  leave?: string
  onClosed: () => void
  children: ComponentChildren | ((close: () => void) => ComponentChildren)
}

export function FormDialog({ title, submit, action, fields, leave, onClosed, children }: FormDialogProps) {
  return (
    <Dialog title={title} onClosed={onClosed}>
      {(close) => (
        <form onSubmit={onSubmit((form) => action.run(form, close))}>
          {typeof children === 'function' ? children(close) : children}
          <ErrorNotice error={action.error} fields={fields} />
          <div class="actions">
            <button type="button" class="button" onClick={close}>
              {leave ?? text.cancel}
            </button>
            <button class="button primary" aria-disabled={action.busy}>
              {submit}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  )
}

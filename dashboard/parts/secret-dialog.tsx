/** The only time that a secret is seen. It is in this part's properties, and gone with it. */
import { CopyButton } from './copy-button.tsx'
import { Dialog } from './dialog.tsx'

interface SecretDialogProps {
  title: string
  /** What to know of it. */
  lede: string
  /** What it is, for those who hear it. */
  label: string
  secret: string
  /** What a person says who has put it where it belongs. */
  taken: string
  onClosed: () => void
}

export function SecretDialog({ title, lede, label, secret, taken, onClosed }: SecretDialogProps) {
  return (
    <Dialog title={title} onClosed={onClosed}>
      {(close) => (
        <>
          <p>{lede}</p>
          <div class="secret">
            <textarea
              readOnly
              rows={3}
              aria-label={label}
              value={secret}
              onFocus={(event) => event.currentTarget.select()}
              autofocus
            />
            <CopyButton value={secret} class="primary" />
          </div>
          <div class="actions">
            <button type="button" class="button" onClick={close}>
              {taken}
            </button>
          </div>
        </>
      )}
    </Dialog>
  )
}

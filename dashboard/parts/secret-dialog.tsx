/**
 * The only time that a secret is seen. It is in this part's properties, and gone with it. Until it
 * is copied, only the button closes the dialog: a slip of the hand would cost the secret.
 */
import { useState } from 'preact/hooks'
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
  const [isCopied, setCopied] = useState(false)
  const copied = (): void => setCopied(true)
  return (
    <Dialog title={title} onClosed={onClosed} insists={!isCopied}>
      {(close) => (
        <>
          <p>{lede}</p>
          <div class="secret">
            <textarea
              readOnly
              rows={3}
              aria-label={label}
              value={secret}
              onCopy={copied}
              onFocus={(event) => event.currentTarget.select()}
              autofocus
            />
            <CopyButton value={secret} class="primary" onCopied={copied} />
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

/**
 * A modal dialog over the native element, which keeps focus inside, closes on Escape, and returns
 * focus to the element that opened it. It is open while it is mounted.
 */
import type { ComponentChildren } from 'preact'
import { useCallback, useId, useLayoutEffect, useRef } from 'preact/hooks'

interface DialogProps {
  title: string
  /** Called once it is closed, by whichever way; the owner then unmounts it. */
  onClosed: () => void
  /** Whether only a button closes it, and neither Escape nor a phone's gesture for going back. */
  insists?: boolean
  children: (close: () => void) => ComponentChildren
}

export function Dialog({ title, onClosed, insists = false, children }: DialogProps) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => dialog.current?.showModal(), [])
  // Closed before it is unmounted: an element that is only taken away gives no focus back.
  const close = useCallback(() => dialog.current?.close(), [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClosed}
      onCancel={(event) => insists && event.preventDefault()}
      // A second Escape in a row closes a dialog without asking, unless the key itself is refused.
      onKeyDown={(event) => insists && event.key === 'Escape' && event.preventDefault()}
    >
      <h2 id={id}>{title}</h2>
      {children(close)}
    </dialog>
  )
}

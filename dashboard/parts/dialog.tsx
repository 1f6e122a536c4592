/**
 * A modal dialog over the native element, which keeps focus inside, closes on Escape, and gives focus back to whoever opened it.
 * Mounted is open.
 */
import type { ComponentChildren } from 'preact'
import { useCallback, useId, useLayoutEffect, useRef } from 'preact/hooks'

interface DialogProps {
  title: string
  /** Called once it is closed, by whichever way; the owner then unmounts it. */
  onClosed: () => void
  children: (close: () => void) => ComponentChildren
}

export function Dialog({ title, onClosed, children }: DialogProps) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => dialog.current?.showModal(), [])
  // Closed before it is unmounted: an element that is only taken away gives no focus back.
  const close = useCallback(() => dialog.current?.close(), [])
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClosed}>
      <h2 id={id}>{title}</h2>
      {children(close)}
    </dialog>
  )
}

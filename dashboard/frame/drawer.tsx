/** The navigation of a phone, over the native dialog. */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from '../parts/icon.tsx'
import { text } from '../text.ts'

export function Drawer({ onClosed, children }: { onClosed: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => dialog.current?.showModal(), [])
  // A link to the page that one is at changes nothing else.
  const closeAfterLink = ({ target }: MouseEvent): void => {
    if (target instanceof Element && target.closest('a')) dialog.current?.close()
  }
  return (
    <dialog
      ref={dialog}
      class="drawer"
      aria-label={text.frame.menu}
      onClose={onClosed}
      onClick={closeAfterLink}
    >
      <button
        type="button"
        class="button icon-button"
        aria-label={text.frame.close}
        onClick={() => dialog.current?.close()}
      >
        <Icon name="close" />
      </button>
      {children}
    </dialog>
  )
}

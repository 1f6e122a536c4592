/**
 * The last announcement, with its undo button. The region stays, so that screen readers notice new
 * content.
 */
import type { Announcing } from '../state/announce.ts'
import { text } from '../text.ts'

export function Toast({ current, undo, hold }: Announcing) {
  return (
    <div
      class={current ? 'toast' : 'toast gone'}
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
      onFocusIn={() => hold(true)}
      onFocusOut={() => hold(false)}
    >
      <p role="status">{current?.message}</p>
      {current?.undo && (
        <button type="button" class="button small" onClick={undo}>
          {text.toast.undo}
        </button>
      )}
    </div>
  )
}

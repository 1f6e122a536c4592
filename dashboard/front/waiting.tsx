/**
 * The view until the session is checked. `index.html` has the same mark in the same place, so
 * nothing moves.
 */
import { Mark } from '../parts/mark.tsx'
import { text } from '../text.ts'

export function Waiting() {
  return (
    <div class="page-loading">
      <Mark />
      <p class="late" role="status">
        {text.loading}
      </p>
    </div>
  )
}

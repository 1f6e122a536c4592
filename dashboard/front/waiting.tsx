/**
 * Until it is known where a person stands. `index.html` begins with the same sign, so that it stays
 * where it is.
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

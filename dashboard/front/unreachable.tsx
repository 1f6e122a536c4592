/** The hub does not answer. */
import { Front } from './front.tsx'
import { text } from '../text.ts'

export function UnreachablePage({ onRetry }: { onRetry: () => Promise<void> }) {
  return (
    <Front title={text.unreachable.title}>
      <p role="alert">{text.errors.unreachable}</p>
      <button type="button" class="button primary" onClick={() => void onRetry()}>
        {text.retry}
      </button>
    </Front>
  )
}

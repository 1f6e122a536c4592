/**
 * Copies a text. Where the browser forbids it (a page that is not on HTTPS), it says so instead of
 * pretending.
 */
import { useEffect, useState } from 'preact/hooks'
import { text } from '../text.ts'

interface CopyButtonProps {
  value: string
  /** What is copied, for those who hear the button alone. */
  label?: string
  class?: string
  /** Called once the value is in the clipboard. */
  onCopied?: () => void
}

export function CopyButton({ value, label, class: extra = '', onCopied }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), 2_000)
    return () => clearTimeout(timer)
  }, [state])
  const words = { idle: text.copy, copied: text.copied, failed: text.copyFailed }
  return (
    <button
      type="button"
      class={`button small ${extra}`}
      aria-label={state === 'idle' ? label : undefined}
      onClick={() => {
        // The clipboard is not there at all on a page without HTTPS.
        const copying = navigator.clipboard?.writeText(value) ?? Promise.reject(new Error('no clipboard'))
        const settle = (outcome: 'copied' | 'failed'): void => {
          setState(outcome)
          if (outcome === 'copied') onCopied?.()
        }
        copying.then(
          () => settle('copied'),
          () => settle('failed'),
        )
      }}
    >
      <span aria-live="polite">{words[state]}</span>
    </button>
  )
}

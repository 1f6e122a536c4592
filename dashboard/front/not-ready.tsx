/** What keeps the hub from serving, each with the command that mends it. */
import type { Problem } from '../api.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { Front } from './front.tsx'
import { useAction } from '../state/action.ts'
import { useAnnounce } from '../state/announce.ts'
import { text } from '../text.ts'

interface NotReadyPageProps {
  problems: Problem[]
  onRetry: () => Promise<void>
}

export function NotReadyPage({ problems, onRetry }: NotReadyPageProps) {
  const announce = useAnnounce()
  const check = useAction(async () => {
    await onRetry()
    announce(text.notReady.checked)
  })
  return (
    <Front title={text.notReady.title}>
      <p class="lede">{text.notReady.lede}</p>
      <ol class="problems">
        {problems.map(({ name, problem, remedy }) => (
          <li key={name}>
            <p>
              <strong>{name}</strong> {problem}
            </p>
            <div class="snippet">
              <pre tabIndex={0}>
                <code>{remedy}</code>
              </pre>
              <CopyButton value={remedy} label={text.notReady.copyCommand(name)} />
            </div>
          </li>
        ))}
      </ol>
      <button type="button" class="button primary" aria-disabled={check.busy} onClick={() => check.run()}>
        {text.notReady.again}
      </button>
    </Front>
  )
}

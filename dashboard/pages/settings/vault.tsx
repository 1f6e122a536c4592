/** Re-encrypts stored keys with the newest master key, in batches, and shows the progress. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { api, ask, type Rotation } from '../../api.ts'
import { Card } from '../../parts/card.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { useAction } from '../../state/action.ts'
import { words } from '../../text/settings.ts'

interface Progress {
  done: number
  last: Rotation
  stuck: Rotation['stuck']
}

export function VaultCard() {
  const [progress, setProgress] = useState<Progress>()
  const left = useRef(false)
  useEffect(() => () => void (left.current = true), [])
  const rotate = useAction(async () => {
    setProgress(undefined)
    let done = 0
    let stuck: Rotation['stuck'] = []
    let cursor: string | undefined
    do {
      const last = await ask(api.api.vault.rotate.$post({ json: cursor === undefined ? {} : { cursor } }))
      done += last.keys.done + last.providers.done + last.responses.done
      stuck = [...stuck, ...last.stuck]
      setProgress({ done, last, stuck })
      cursor = last.nextCursor ?? undefined
      // Who leaves the page leaves the rest for later: it is taken up where it stands.
    } while (cursor !== undefined && !left.current)
  })
  return (
    <Card title={words.vault}>
      <p class="hint">{words.vaultHint}</p>
      <div role="status">{progress && <Told progress={progress} busy={rotate.busy} />}</div>
      <ErrorNotice error={rotate.error} />
      <button type="button" class="button" aria-disabled={rotate.busy} onClick={() => rotate.run()}>
        {words.rotate}
      </button>
    </Card>
  )
}

function Told({ progress: { done, last, stuck }, busy }: { progress: Progress; busy: boolean }) {
  const left = last.keys.left + last.providers.left + last.responses.left
  return (
    <>
      {busy && (
        <>
          <p class="figures">{words.rotating(done, left)}</p>
          <progress class="progress" max={done + left} value={done} aria-label={words.vault} />
        </>
      )}
      {!busy && last.complete && <p>{words.rotated(last.current, done)}</p>}
      {last.retired.length > 0 && <p>{words.retired(last.retired.map(({ key }) => key))}</p>}
      {stuck.length > 0 && (
        <div class="notice">
          <p>{words.stuck(stuck.length)}</p>
          <ul>
            {stuck.map(({ what, id, problem }) => (
              <li key={id}>{words.stuckOne(what, id, problem)}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}

/** Proves that the audit log is whole, or shows where it is not. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { CopyButton } from '../../parts/copy-button.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { useAction } from '../../state/action.ts'
import { words } from '../../text/audit.ts'
import { type Verdict, verifyChain } from './source.ts'

export function Verify() {
  const [checked, setChecked] = useState(0)
  const [verdict, setVerdict] = useState<Verdict>()
  const left = useRef(new AbortController())
  useEffect(() => () => left.current.abort(), [])
  const verify = useAction(async () => {
    setVerdict(undefined)
    setChecked(0)
    setVerdict(await verifyChain(setChecked, left.current.signal))
  })
  return (
    <section class="verify">
      <button type="button" class="button" aria-disabled={verify.busy} onClick={() => verify.run()}>
        {words.verify}
      </button>
      <div role="status">
        {verify.busy && <p class="figures">{words.verifying(checked)}</p>}
        {verdict && <Told verdict={verdict} />}
      </div>
      <ErrorNotice error={verify.error} />
    </section>
  )
}

function Told({ verdict: { broken, checked, unchained, end } }: { verdict: Verdict }) {
  if (broken)
    return (
      <div class="notice">
        <p>
          <strong>{words.broken(broken.sequence, broken.problem)}</strong>
        </p>
        <p>{words.brokenHint}</p>
      </div>
    )
  return (
    <div class="verify-whole">
      <p>
        <strong>{words.whole(checked)}</strong>
      </p>
      {unchained > 0 && <p>{words.before(unchained)}</p>}
      <p class="quiet">{words.end(end.sequence)}</p>
      {end.hash && (
        <p class="verify-end">
          <code>{end.hash}</code>
          <CopyButton value={`${end.sequence} ${end.hash}`} label={words.copyEnd} />
        </p>
      )}
    </div>
  )
}

/**
 * Whether a request of the tool that is being connected has come, and what became of it: heard of
 * by the live stream, without a reload.
 */
import { useCallback, useState } from 'preact/hooks'
import type { NamedLog } from '../../api.ts'
import { took } from '../../format.ts'
import { Card } from '../../parts/card.tsx'
import { useLiveLog } from '../../state/live.ts'
import { outcomeOf } from '../../state/log-view.ts'
import { useProviderNames } from '../../state/sources.ts'
import { words } from '../../text/connect.ts'

export function Arrived() {
  const [newest, setNewest] = useState<NamedLog>()
  useLiveLog(
    useCallback((rows) => {
      // The playground asks by the session of its person; a tool brings a token.
      const mine = rows.find(({ tokenId }) => tokenId !== null)
      if (mine) setNewest(mine)
    }, []),
  )
  return (
    <Card title={words.arrived.title}>
      <p role="status" class={newest && outcomeOf(newest) === 'bad' ? 'connect-bad' : undefined}>
        {newest ? <Told row={newest} /> : words.arrived.waiting}
      </p>
    </Card>
  )
}

function Told({ row }: { row: NamedLog }) {
  const nameOf = useProviderNames()
  const { id, asked, provider, model, status, code, durationMs } = row
  const went =
    outcomeOf(row) === 'bad' || provider === null
      ? words.arrived.failed(asked, code ?? String(status))
      : words.arrived.served(asked, nameOf(provider), model ?? '', took(durationMs))
  return (
    <>
      {went} <a href={`/logs/${id}`}>{words.arrived.look}</a>
    </>
  )
}

/** The caps of the user's account and team, with the amounts left. Absent if there are none. */
import type { Self } from '../../api.ts'
import { CapsBars } from '../../parts/caps-bars.tsx'
import { Card } from '../../parts/card.tsx'
import { useResource } from '../../state/resource.ts'
import { selfSource } from '../../state/sources.ts'
import { words } from '../../text/caps.ts'

type Capped = Pick<Self, 'limits' | 'maxConcurrent' | 'budget' | 'state'>

export function OwnCaps() {
  const { data: self } = useResource(selfSource)
  if (!self) return null
  const { team } = self
  return (
    <>
      {isCapped(self) && <CapsCard title={words.ownTitle} lede={words.ownLede} caps={self} />}
      {team && isCapped(team) && (
        <CapsCard title={words.teamTitle(team.name)} lede={words.teamLede} caps={team} />
      )}
    </>
  )
}

function CapsCard({ title, lede, caps }: { title: string; lede: string; caps: Capped }) {
  const { maxConcurrent, state } = caps
  return (
    <Card title={title}>
      <p class="hint">{lede}</p>
      {maxConcurrent !== null && <p>{words.running(state.running, maxConcurrent)}</p>}
      <CapsBars {...caps} />
    </Card>
  )
}

function isCapped({ limits, maxConcurrent, budget }: Capped): boolean {
  return limits !== null || maxConcurrent !== null || budget !== null
}

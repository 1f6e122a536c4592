/** The use of caps: a bar for the budget, and one for each limit. */
import type { Team } from '../api.ts'
import { money } from '../format.ts'
import { words } from '../text/caps.ts'
import { Bar } from './bar.tsx'

type CapsBarsProps = Pick<Team, 'budget' | 'state'>

export function CapsBars({ budget, state }: CapsBarsProps) {
  if (!budget && state.windows.length === 0) return null
  return (
    <div class="bars">
      {budget && (
        <Bar
          label={words.budgetBar(budget.per)}
          unit="requests"
          per={budget.per}
          used={state.budget?.spent ?? 0}
          reserved={state.budget?.reserved ?? 0}
          limit={budget.amount}
          resetsAt={state.budget?.resetsAt ?? null}
          write={money}
        />
      )}
      {state.windows.map((window) => (
        <Bar key={`${window.unit}/${window.per}`} {...window} />
      ))}
    </div>
  )
}

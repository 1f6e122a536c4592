/** What needs a person soon: keys that were refused, pools that run low, budgets that near their end. Each leads to where it is mended. */
import type { Person, Pool, Token } from '../../api.ts'
import { money } from '../../format.ts'
import { lowFrom } from '../../parts/bar.tsx'
import { limitedWindows } from '../../state/pool-sums.ts'
import { useProviderNames } from '../../state/sources.ts'
import { text } from '../../text.ts'
import { words } from '../../text/overview.ts'

interface Warning {
  message: string
  href: string
}

interface WarningsProps {
  person: Person
  pools: readonly Pool[]
  tokens: readonly Token[]
}

export function Warnings({ person, pools, tokens }: WarningsProps) {
  const nameOf = useProviderNames()
  // What is shared is the business of those who may mend it.
  const mine = pools.filter(({ scope }) => scope === 'user' || person.role === 'admin')
  const quarantined = mine.reduce((sum, { keys }) => sum + keys.quarantined, 0)
  const warnings: Warning[] = [
    ...(quarantined > 0 ? [{ message: words.warnings.quarantined(quarantined), href: '/keys' }] : []),
    ...pools.flatMap((pool) =>
      limitedWindows(pool)
        .filter(({ used, reserved, limit }) => isLow(used + reserved, limit))
        .map(({ unit, per }) => ({
          message: words.warnings.low(nameOf(pool.provider), text.bar.window(unit, per)),
          href: '/keys',
        })),
    ),
    ...tokens.flatMap(warnOfBudget),
  ]
  if (warnings.length === 0) return null
  return (
    <section class="warnings" aria-label={words.warnings.title}>
      <ul>
        {warnings.map(({ message, href }) => (
          <li key={message}>
            {message} <a href={href}>{words.warnings.look}</a>
          </li>
        ))}
      </ul>
    </section>
  )
}

function warnOfBudget({ name, budget, state }: Token): Warning[] {
  if (!budget || !state.budget) return []
  const gone = state.budget.spent + state.budget.reserved
  if (!isLow(gone, budget.amount)) return []
  return [
    { message: words.warnings.budget(name, money(gone), money(budget.amount), budget.per), href: '/tokens' },
  ]
}

function isLow(gone: number, limit: number): boolean {
  return gone >= limit * lowFrom
}

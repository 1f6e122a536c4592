/** What needs a person soon: keys that were refused, pools that run low, budgets that near their end. Each leads to where it is mended. */
import type { Key, Pool, Token } from '../../api.ts'
import { money } from '../../format.ts'
import { lowFrom } from '../../parts/bar.tsx'
import { limitedWindows } from '../../state/pool-sums.ts'
import { useResource } from '../../state/resource.ts'
import { tokensSource, useProviderNames } from '../../state/sources.ts'
import { text } from '../../text.ts'
import { words } from '../../text/overview.ts'

interface Warning {
  message: string
  href: string
}

export function Warnings({ keys, pools }: { keys: readonly Key[]; pools: readonly Pool[] }) {
  const nameOf = useProviderNames()
  const tokens = useResource(tokensSource).data ?? []
  const quarantined = keys.filter(({ state }) => state.status === 'quarantined').length
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

/**
 * Warnings: rejected keys, pools and budgets that run low, outdated prices. Each links to the page
 * that fixes it.
 */
import type { Catalogue, Person, Pool, Token } from '../../api.ts'
import { money } from '../../format.ts'
import { limitedWindows } from '../../state/pool-sums.ts'
import type { Trouble } from '../../state/health.ts'
import { isLow } from '../../state/quota-left.ts'
import { nothing, useResource } from '../../state/resource.ts'
import { outdatedSource, useProviderNames } from '../../state/sources.ts'
import { text } from '../../text.ts'
import { words } from '../../text/overview.ts'

interface Warning {
  message: string
  href: string
}

interface WarningsProps {
  person: Person
  troubles: readonly Trouble[]
  pools: readonly Pool[]
  tokens: readonly Token[]
  /** Whether the rest of the page has loaded. */
  isIdle: boolean
}

export function Warnings({ person, troubles, pools, tokens, isIdle }: WarningsProps) {
  const nameOf = useProviderNames()
  // What is shared is the business of those who may mend it.
  const isAdmin = person.role === 'admin'
  const mine = pools.filter(({ scope }) => scope === 'user' || isAdmin)
  const outdated = useResource<Catalogue['outdated']>(isIdle && isAdmin ? outdatedSource : nothing).data ?? []
  const quarantined = mine.reduce((sum, { keys }) => sum + keys.quarantined, 0)
  const warnings: Warning[] = [
    ...troubles.map((trouble) => ({ message: `${troubleWords(trouble, nameOf)}.`, href: placeOf(trouble) })),
    ...(quarantined > 0
      ? [{ message: words.warnings.quarantined(quarantined), href: '/keys?find=quarantined' }]
      : []),
    ...pools.flatMap((pool) =>
      limitedWindows(pool)
        .filter(isLow)
        .map(({ unit, per }) => ({
          message: words.warnings.low(nameOf(pool.provider), text.bar.window(unit, per)),
          href: `/keys?find=${encodeURIComponent(pool.provider)}`,
        })),
    ),
    ...tokens.flatMap(warnOfBudget),
    ...(outdated.length > 0
      ? [{ message: words.warnings.outdated(outdated.map(({ provider }) => provider)), href: '/providers' }]
      : []),
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
  if (!isLow({ limit: budget.amount, left: budget.amount - gone })) return []
  return [
    { message: words.warnings.budget(name, money(gone), money(budget.amount), budget.per), href: '/tokens' },
  ]
}

/** What troubles the hub, as a clause without a full stop. */
export function troubleWords(trouble: Trouble, nameOf: (provider: string) => string): string {
  switch (trouble.type) {
    case 'failing':
      return words.health.failing(trouble.failed, trouble.total)
    case 'route':
      return words.health.unserved(trouble.name)
    case 'resting':
      return words.health.resting(nameOf(trouble.provider), trouble.models)
  }
}

function placeOf(trouble: Trouble): string {
  switch (trouble.type) {
    case 'failing':
      return '/logs?outcome=bad&span=1h'
    case 'route':
      return `/routes/${encodeURIComponent(trouble.name)}`
    case 'resting':
      return '/providers'
  }
}

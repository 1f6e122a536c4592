/** The order in which the candidates of a route are asked. Pure. */
import type { RouteCandidate } from '../domain/routes.ts'
import type { ConfiguredRoute } from '../db/configuration.ts'
import { priceAt } from '../providers/registry.ts'
import type { Directory } from './provider-directory.ts'
import type { PlanInput } from './plan.ts'

/** The candidates of a route as its `order` ranks them. */
export function inOrder(
  route: ConfiguredRoute,
  candidates: RouteCandidate[],
  { turnOf, heardOf, directory }: Pick<PlanInput, 'turnOf' | 'heardOf' | 'directory'>,
): RouteCandidate[] {
  switch (route.order) {
    case 'round-robin': {
      const start = candidates.length > 0 ? turnOf(route) % candidates.length : 0
      return [...candidates.slice(start), ...candidates.slice(0, start)]
    }
    case 'cheapest':
      return candidates.toSorted((a, b) => compare(listPrice(a, directory), listPrice(b, directory)))
    case 'least-latency':
      // Who was not heard of goes first, or nothing would ever be heard.
      return candidates.toSorted((a, b) => (heardOf(a).latencyMs ?? 0) - (heardOf(b).latencyMs ?? 0))
    case 'most-remaining':
      return candidates.toSorted((a, b) => (heardOf(b).left ?? 1) - (heardOf(a).left ?? 1))
    case 'listed':
      return candidates
  }
}

/** Compares prices, of which some are infinite: Infinity minus Infinity is no number. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b
}

/**
 * Input and output price together, at the row that is asked first; infinite where none is known.
 */
function listPrice({ provider, model }: RouteCandidate, directory: Directory): number {
  const known = directory.rowsInReach(provider)[0] ?? directory.find(provider)
  const price = known && priceAt(known.id, known.provider, model ?? known.provider.defaultModel)
  return price ? price.input + price.output : Number.POSITIVE_INFINITY
}

/** A route's candidates, and the orders in which it may try them. */

/** How a route orders its candidates. `listed` keeps the order in which they were entered. */
export const candidateOrders = [
  'listed',
  'round-robin',
  'cheapest',
  'least-latency',
  'most-remaining',
] as const
export type CandidateOrder = (typeof candidateOrders)[number]

/** One candidate of a route: a provider, and a model of it or its default. */
export interface RouteCandidate {
  provider: string
  model?: string | undefined
}

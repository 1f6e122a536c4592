/**
 * Whose turn it is on routes that go round. Each isolate counts for itself, apart for each person,
 * route and kind of call: programs that ask for chat and embeddings by turns get every candidate of
 * both.
 */
import { BoundedMap } from '../isolate/bounded-map.ts'
import type { ConfiguredRoute } from '../db/configuration.ts'

/** How many turns are remembered. Beyond that, the least recently used begin again at 0. */
const mostCounted = 5_000

const turns = new BoundedMap<string, number>(mostCounted)

/** Takes the next turn of a route, from 0. @param kind of the call, which has turns of its own. */
export function takeTurn(
  user: string,
  { owner, name }: ConfiguredRoute,
  kind: 'chat' | 'embeddings',
): number {
  const counted = JSON.stringify([user, owner, name, kind])
  const turn = turns.get(counted) ?? 0
  turns.set(counted, turn + 1)
  return turn
}

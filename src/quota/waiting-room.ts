/** The places of those who wait, in memory and in storage. The order in which they go is in `waiting.ts`. */
import { randomId } from '../ids.ts'
import type { Pool } from './admission.ts'
import type { Held } from './blocks.ts'
import type { Need } from './lease.ts'
import type { PoolStore } from './store.ts'
import { heldOf, inOrder, isAbandoned, mostPlaces, type Place, planPlace, roundFor } from './waiting.ts'

/** Who is told to come again at once would only come too early. */
const soonestMs = 100

export class WaitingRoom {
  readonly #store: PoolStore
  readonly #places: Map<string, Place>
  /** The round of those who are being served. */
  #served = 0
  #turn: number

  constructor(store: PoolStore) {
    this.#store = store
    this.#places = store.readPlaces()
    this.#turn = Math.max(0, ...[...this.#places.values()].map(({ turn }) => turn))
  }

  /** When places that nobody asks for any more can be given up. */
  get dueAt(): number | undefined {
    if (this.#places.size === 0) return undefined
    return Math.max(...[...this.#places.values()].map(({ notBefore }) => notBefore)) + 2 * 60_000
  }

  count(now: number): number {
    this.sweep(now)
    return this.#places.size
  }

  /** The place that a need has, and what is held against it: what those take who go before it. */
  look(need: Need, now: number): { place: string | undefined; heldOf: (accountId: string) => Held } {
    this.sweep(now)
    const place = this.#places.get(need.wait?.place ?? '')
    return { place: place?.id, heldOf: heldOf(this.#before(place)) }
  }

  /** Keeps a place for a need that nobody can serve yet; undefined where it would not wait so long, or too many do. */
  keep(
    pool: Pool,
    need: Need,
    placeId: string | undefined,
    now: number,
  ): { place: string; notBefore: number; ahead: number } | undefined {
    const { wait } = need
    if (!wait) return undefined
    const known = this.#places.get(placeId ?? '')
    const ahead = this.#before(known)
    const plan = planPlace(pool, need, ahead, now)
    if (!plan || plan.notBefore > wait.until || (!known && this.#places.size >= mostPlaces)) {
      if (known) this.leave(known.id, false)
      return undefined
    }
    const place: Place = {
      id: known?.id ?? randomId('place'),
      waiter: wait.waiter,
      round: known?.round ?? roundFor(wait.waiter, this.#places.values(), this.#served),
      turn: known?.turn ?? ++this.#turn,
      ...plan,
      notBefore: Math.max(plan.notBefore, now + soonestMs),
    }
    this.#places.set(place.id, place)
    this.#store.writePlace(place)
    return { place: place.id, notBefore: place.notBefore, ahead: this.#before(place).length }
  }

  /** A place is free again. @param served whether its request got a lease. */
  leave(id: string, served: boolean): void {
    const place = this.#places.get(id)
    if (!place) return
    if (served) this.#served = Math.max(this.#served, place.round)
    this.#places.delete(id)
    this.#store.removePlace(id)
  }

  /** Gives up places that nobody has asked for in time. */
  sweep(now: number): void {
    for (const place of this.#places.values()) if (isAbandoned(place, now)) this.leave(place.id, false)
  }

  /** Those who go before a place; everyone, for who has none. */
  #before(place: Place | undefined): Place[] {
    if (this.#places.size === 0) return []
    const line = inOrder(this.#places.values())
    return place ? line.slice(0, line.indexOf(place)) : line
  }
}

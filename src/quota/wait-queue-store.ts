/** The places of requests that wait, in memory and in storage. The order is in `fair-order.ts`. */
import { minuteMs } from '../domain/time.ts'
import { randomId } from '../ids.ts'
import type { Pool } from './admission.ts'
import type { Held } from './refusals.ts'
import type { Need } from './rpc.ts'
import type { PoolStore } from './tables.ts'
import { afterTurn, inOrder, noTurns, type Turns, turnsOf } from './fair-order.ts'
import { heldOf, isAbandoned, overflowOf, type Place, planPlace } from './wait-queue.ts'

/** Who is told to come again at once would only come too early. */
const soonestMs = 100

export class WaitingRoom {
  readonly #store: PoolStore
  readonly #places: Map<string, Place>
  /** Who has had their turn. An object that is lost forgets it, and begins with a first round. */
  #turns: Turns = noTurns
  #turn: number

  constructor(store: PoolStore) {
    this.#store = store
    this.#places = store.readPlaces()
    this.#turn = Math.max(0, ...[...this.#places.values()].map(({ turn }) => turn))
  }

  /** When places that nobody asks for any more can be given up. */
  get dueAt(): number | undefined {
    if (this.#places.size === 0) return undefined
    return Math.max(...[...this.#places.values()].map(({ notBefore }) => notBefore)) + 2 * minuteMs
  }

  count(now: number): number {
    this.sweep(now)
    return this.#places.size
  }

  /**
   * The place that a need has, and what is held against it: what those take who go before it. A
   * need that would wait has the turn that it would have in the line; others go behind everyone who
   * waits.
   */
  look(need: Need, now: number): { place: string | undefined; heldOf: (accountId: string) => Held } {
    this.sweep(now)
    const place = this.#places.get(need.wait?.place ?? '')
    const before = need.wait ? this.#before(place ?? this.#newPlace(need)) : [...this.#places.values()]
    return { place: place?.id, heldOf: heldOf(before) }
  }

  /**
   * Keeps a place for a need that nobody can serve yet; undefined where it would not wait so long,
   * or too many wait. In a full line the last place gives way to one that goes before it.
   */
  keep(
    pool: Pool,
    need: Need,
    placeId: string | undefined,
    now: number,
  ): { place: string; notBefore: number; ahead: number } | undefined {
    const { wait } = need
    if (!wait || wait.asksOnly) return undefined
    const known = this.#places.get(placeId ?? '')
    const asking = known ?? this.#newPlace(need)
    const ahead = this.#before(asking)
    const plan = planPlace(pool, need, ahead, now)
    const overflow = known ? undefined : overflowOf(this.#line(asking), need.user)
    if (!plan || plan.notBefore > wait.until || overflow === asking) {
      if (known) this.leave(known.id)
      return undefined
    }
    if (overflow) this.leave(overflow.id)
    const { id, user, waiter, turn } = asking
    const notBefore = Math.max(plan.notBefore, now + soonestMs)
    const place: Place = { id, user, waiter, turn, ...plan, notBefore }
    this.#turn = Math.max(this.#turn, turn)
    this.#places.set(place.id, place)
    this.#store.writePlace(place)
    return { place: place.id, notBefore: place.notBefore, ahead: ahead.length }
  }

  /** A request that would wait has got a lease: its person has had a turn. */
  serve({ user, wait }: Need, placeId: string | undefined): void {
    if (wait && this.#places.size > 0) {
      this.#turns = afterTurn(this.#turns, { user, waiter: wait.waiter })
    }
    if (placeId) this.leave(placeId)
  }

  /** A place is free again. */
  leave(id: string): void {
    if (!this.#places.delete(id)) return
    this.#store.removePlace(id)
    this.#turns = turnsOf(this.#turns, new Set([...this.#places.values()].map(({ user }) => user)))
  }

  /** Gives up places that nobody has asked for in time. */
  sweep(now: number): void {
    for (const place of this.#places.values()) if (isAbandoned(place, now)) this.leave(place.id)
  }

  /** Those who go before a request, whether its place is kept or not. */
  #before(place: Place): Place[] {
    if (this.#places.size === 0) return []
    const line = this.#line(place)
    return line.slice(0, line.indexOf(place))
  }

  /** Everyone who waits, and this one, in the order in which they are served. */
  #line(place: Place): Place[] {
    return inOrder(new Set([...this.#places.values(), place]), this.#turns)
  }

  /** The place that a request would have, not planned and not kept yet. */
  #newPlace({ user, wait }: Need): Place {
    return {
      id: randomId('place'),
      user,
      waiter: wait?.waiter ?? user,
      turn: this.#turn + 1,
      notBefore: 0,
      account: '',
      charges: {},
    }
  }
}

/**
 * The allowances of all subjects that one object counts for. A request is let through by all of its
 * subjects or by none, and each decision is written in one step. The object keeps the clock and the
 * alarm.
 */
import { randomId } from '../ids.ts'
import { AllowanceStore, deadlineOf } from './allowance-store.ts'
import { Slots } from '../quota/slots.ts'
import { type Allowance, allowanceUnder, type Reservation, settle } from './allowance.ts'
import { reportUse } from './cap-report.ts'
import { type CountedSubject, type JointDecision, reserveTogether } from './joint-caps.ts'
import type { CapUse, Refusal, RequestNeed, Rules, Spent } from './rpc.ts'

/** A copy of the storage, loaded when first needed. */
interface Awake {
  allowances: Map<string, Allowance>
  /** The shares of each running request, in the order in which they end. */
  reservations: Map<string, Reservation[]>
  /** Who holds the slots of limits of concurrency, by the name of the share. */
  slots: Slots
  /** Requests whose Workers are dead: they are not running. */
  dead: Set<string>
  /** Requests that have rows of their own. */
  ownRows: Set<string>
}

/** So many running requests are in the row of a subject; every step writes all of it. */
const mostInRow = 64

export class Allowances {
  readonly #store: AllowanceStore
  #loaded: Awake | undefined
  /** Subjects whose rows are to be written at the end of the step. */
  readonly #changed = new Set<string>()

  readonly #startedAt: number

  /**
   * @param startedAt when the hub was started, where all Workers from before are known to be dead;
   *   else 0.
   */
  constructor(sql: SqlStorage, startedAt = 0) {
    this.#store = new AllowanceStore(sql)
    this.#startedAt = startedAt
  }

  /** Reserves for one request from all of its subjects, or says which refuses. */
  reserve(rules: readonly Rules[], need: RequestNeed, now: number): Refusal | JointDecision {
    const { allowances, slots, ownRows } = this.#awake()
    const subjects = rules.map((each) => ({
      rules: each,
      allowance: allowanceUnder(each, allowances.get(each.id)),
      ...this.#runningOf(each.id, now),
    }))
    const decision = reserveTogether(subjects, need, randomId('res'), now)
    if (decision.type === 'refusal') return decision
    const isFull = rules.some(({ id }) => this.#sharesIn(id).length >= mostInRow)
    for (const { reservation, allowance } of decision.grants) this.#save(reservation.subjectId, allowance)
    const shares = decision.grants.map(({ reservation }) => reservation)
    if (isFull) ownRows.add(decision.reservationId)
    this.#keep(decision.reservationId, shares)
    hear(slots, shares)
    this.#commit()
    return decision
  }

  /** A request goes on. @returns false where its reservation has ended. */
  renew(reservationId: string, now: number): boolean {
    const { reservations, slots, dead } = this.#awake()
    const shares = reservations.get(reservationId)?.map((share) => ({ ...share, renewedAt: now }))
    if (!shares) return false
    this.#keep(reservationId, shares)
    dead.delete(reservationId)
    hear(slots, shares)
    this.#commit()
    return true
  }

  /**
   * Ends a reservation; a second time changes nothing.
   * @param spent absent where no call was made.
   */
  settle(reservationId: string, spent: Spent | undefined, now: number): void {
    const { allowances, reservations } = this.#awake()
    for (const share of reservations.get(reservationId) ?? []) {
      const allowance = allowances.get(share.subjectId)
      if (allowance) this.#save(share.subjectId, settle(allowance, share, spent, now))
    }
    this.#remove(reservationId)
    this.#commit()
  }

  /** The use of each subject's caps, in the order in which they are asked about. */
  uses(rules: readonly Rules[], now: number): CapUse[] {
    const { allowances } = this.#awake()
    return rules.map((each) => ({
      ...reportUse(each, allowanceUnder(each, allowances.get(each.id)), this.#openOf(each.id, now), now),
      running: this.#runningOf(each.id, now).running,
    }))
  }

  /** Forgets a subject and its share of running requests. */
  forget(subjectId: string): void {
    const { allowances, reservations } = this.#awake()
    for (const [id, shares] of reservations) {
      const others = shares.filter((share) => share.subjectId !== subjectId)
      if (others.length === shares.length) continue
      if (others.length === 0) this.#remove(id)
      else this.#keep(id, others)
    }
    allowances.delete(subjectId)
    this.#store.removeAllowance(subjectId)
    this.#commit()
  }

  forgetAll(): void {
    this.#store.removeAll()
    this.#loaded = undefined
    this.#changed.clear()
  }

  /** Ends reservations whose time is over. Their shares stay counted as they were reserved. */
  expire(now: number): void {
    for (const [id, shares] of this.#awake().reservations) if (deadlineOf(shares) <= now) this.#remove(id)
    this.#commit()
  }

  /** The end of the reservation that ends first; undefined where none is open. */
  nextDeadline(): number | undefined {
    const [first] = this.#awake().reservations.values()
    return first && deadlineOf(first)
  }

  #awake(): Awake {
    this.#loaded ??= this.#load()
    return this.#loaded
  }

  #load(): Awake {
    const own = this.#store.readReservations()
    const together = Map.groupBy(this.#store.readShares(), ({ id }) => id)
    const reservations = new Map(
      [...own, ...together].toSorted(([, a], [, b]) => deadlineOf(a) - deadlineOf(b)),
    )
    const running = [...reservations.values()].filter(([share]) => heardAt(share) >= this.#startedAt)
    const slots = new Slots()
    for (const shares of running.toSorted(([a], [b]) => heardAt(a) - heardAt(b))) hear(slots, shares)
    const alive = new Set(running.flat().map(({ id }) => id))
    return {
      allowances: this.#store.readAllowances(),
      reservations,
      slots,
      dead: new Set([...reservations.keys()].filter((id) => !alive.has(id))),
      ownRows: new Set(own.keys()),
    }
  }

  #runningOf(subjectId: string, now: number): Pick<CountedSubject, 'running' | 'slotFreeAt'> {
    const { slots, dead } = this.#awake()
    for (const holder of slots.lapse(now)) dead.add(holder.slice(0, holder.indexOf(' ')))
    const running = this.#openOf(subjectId, now).filter(({ id }) => !dead.has(id))
    return { running: running.length, slotFreeAt: slots.lapsesAt(subjectId, now) }
  }

  #openOf(subjectId: string, now: number): Reservation[] {
    return [...this.#awake().reservations.values()]
      .flat()
      .filter((share) => share.subjectId === subjectId && share.deadlineAt > now)
  }

  #save(subjectId: string, allowance: Allowance): void {
    this.#awake().allowances.set(subjectId, allowance)
    this.#changed.add(subjectId)
  }

  /** Notes the shares of a running request, in a row of its own or in those of its subjects. */
  #keep(reservationId: string, shares: Reservation[]): void {
    const { reservations, ownRows } = this.#awake()
    reservations.set(reservationId, shares)
    if (ownRows.has(reservationId)) this.#store.writeReservation(reservationId, shares)
    else for (const { subjectId } of shares) this.#changed.add(subjectId)
  }

  /** What running requests hold of a subject, in its row. */
  #sharesIn(subjectId: string): Reservation[] {
    const { reservations, ownRows } = this.#awake()
    return [...reservations.values()]
      .flat()
      .filter((share) => share.subjectId === subjectId && !ownRows.has(share.id))
  }

  /** Writes the subjects that have changed, each once. */
  #commit(): void {
    for (const id of this.#changed) {
      const allowance = this.#awake().allowances.get(id)
      if (allowance) this.#store.writeAllowance(id, allowance, this.#sharesIn(id))
    }
    this.#changed.clear()
  }

  #remove(reservationId: string): void {
    const { reservations, slots, dead, ownRows } = this.#awake()
    const shares = reservations.get(reservationId)
    if (!shares) return
    reservations.delete(reservationId)
    if (ownRows.delete(reservationId)) this.#store.removeReservation(reservationId)
    for (const share of shares) {
      slots.leave(holderOf(share))
      this.#changed.add(share.subjectId)
    }
    dead.delete(reservationId)
  }
}

/** Notes when the Worker of a request was last heard of, for the shares that hold a slot. */
function hear(slots: Slots, shares: readonly Reservation[]): void {
  for (const share of shares) if (share.slot) slots.hear(holderOf(share), share.subjectId, heardAt(share))
}

function holderOf({ id, subjectId }: Reservation): string {
  return `${id} ${subjectId}`
}

function heardAt(share: Reservation | undefined): number {
  return share?.renewedAt ?? share?.reservedAt ?? 0
}

/**
 * The allowances of all subjects that one object counts for. A request is let through by all of its subjects or
 * by none, and each decision is written in one step. The object keeps the clock and the alarm.
 */
import { randomId } from '../ids.ts'
import { AllowanceStore, deadlineOf } from './allowance-store.ts'
import { type Allowance, allowanceUnder, type Reservation, settle } from './allowance.ts'
import { reportUse } from './cap-report.ts'
import { type JointDecision, reserveTogether } from './joint.ts'
import type { CapUse, Refusal, RequestNeed, Rules, Spent } from './reservation.ts'

/** A copy of the storage, loaded when first needed. */
interface Awake {
  allowances: Map<string, Allowance>
  /** The shares of each running request, in the order in which they end. */
  reservations: Map<string, Reservation[]>
}

export class Allowances {
  readonly #store: AllowanceStore
  #loaded: Awake | undefined

  constructor(sql: SqlStorage) {
    this.#store = new AllowanceStore(sql)
  }

  /** Reserves for one request from all of its subjects, or says which refuses. */
  reserve(rules: readonly Rules[], need: RequestNeed, now: number): Refusal | JointDecision {
    const { allowances, reservations } = this.#awake()
    const subjects = rules.map((each) => ({
      rules: each,
      allowance: allowanceUnder(each, allowances.get(each.id)),
      running: this.#openOf(each.id, now).length,
    }))
    const decision = reserveTogether(subjects, need, randomId('res'), now)
    if (decision.type === 'refusal') return decision
    for (const { reservation, allowance } of decision.grants) this.#save(reservation.subjectId, allowance)
    const shares = decision.grants.map(({ reservation }) => reservation)
    this.#store.writeReservation(decision.reservationId, shares)
    reservations.set(decision.reservationId, shares)
    return decision
  }

  /** Ends a reservation; a second time changes nothing. @param spent absent where no call was made. */
  settle(reservationId: string, spent: Spent | undefined, now: number): void {
    const { allowances, reservations } = this.#awake()
    for (const share of reservations.get(reservationId) ?? []) {
      const allowance = allowances.get(share.subjectId)
      if (allowance) this.#save(share.subjectId, settle(allowance, share, spent, now))
    }
    this.#remove(reservationId)
  }

  /** The use of each subject's caps, in the order in which they are asked about. */
  uses(rules: readonly Rules[], now: number): CapUse[] {
    const { allowances } = this.#awake()
    return rules.map((each) =>
      reportUse(each, allowanceUnder(each, allowances.get(each.id)), this.#openOf(each.id, now), now),
    )
  }

  /** Forgets a subject and its share of running requests. */
  forget(subjectId: string): void {
    const { allowances, reservations } = this.#awake()
    for (const [id, shares] of reservations) {
      const others = shares.filter((share) => share.subjectId !== subjectId)
      if (others.length === shares.length) continue
      if (others.length === 0) this.#remove(id)
      else {
        this.#store.writeReservation(id, others)
        reservations.set(id, others)
      }
    }
    allowances.delete(subjectId)
    this.#store.removeAllowance(subjectId)
  }

  forgetAll(): void {
    this.#store.removeAll()
    this.#loaded = undefined
  }

  /** Ends reservations whose time is over. Their shares stay counted as they were reserved. */
  expire(now: number): void {
    for (const [id, shares] of this.#awake().reservations) if (deadlineOf(shares) <= now) this.#remove(id)
  }

  /** The end of the reservation that ends first; undefined where none is open. */
  nextDeadline(): number | undefined {
    const [first] = this.#awake().reservations.values()
    return first && deadlineOf(first)
  }

  #awake(): Awake {
    this.#loaded ??= {
      allowances: this.#store.readAllowances(),
      reservations: this.#store.readReservations(),
    }
    return this.#loaded
  }

  #openOf(subjectId: string, now: number): Reservation[] {
    return [...this.#awake().reservations.values()]
      .flat()
      .filter((share) => share.subjectId === subjectId && share.deadlineAt > now)
  }

  #save(subjectId: string, allowance: Allowance): void {
    this.#store.writeAllowance(subjectId, allowance)
    this.#awake().allowances.set(subjectId, allowance)
  }

  #remove(reservationId: string): void {
    if (this.#awake().reservations.delete(reservationId)) this.#store.removeReservation(reservationId)
  }
}

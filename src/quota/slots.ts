/**
 * Who holds the slots of a limit of concurrency, and when each was renewed last. A Worker renews
 * its slot every twenty seconds. A slot that was not renewed for a minute is free: its Worker is
 * dead.
 */
import { minuteMs } from '../domain/time.ts'

/** How often a Worker renews a slot that it holds, in milliseconds. */
export const renewMs = 20_000
/** After this silence a holder is dead: two renewals may be lost. */
const silentMs = minuteMs
/** A renewal may be so late before its holder is suspected. */
const lateMs = 5_000

interface Slot {
  /** What is limited: a key, a token, a person, a team. */
  subject: string
  heardAt: number
}

export class Slots {
  /** By the name of the holder, the one first that was not heard of for longest. */
  readonly #slots = new Map<string, Slot>()
  readonly #bySubject = new Map<string, Set<Slot>>()

  /**
   * Notes that a holder took a slot, or renewed it. Times must not run backwards from call to call.
   */
  hear(holder: string, subject: string, at: number): void {
    this.leave(holder)
    const slot = { subject, heardAt: at }
    this.#slots.set(holder, slot)
    const others = this.#bySubject.get(subject)
    if (others) others.add(slot)
    else this.#bySubject.set(subject, new Set([slot]))
  }

  /** A holder has no slot any more. */
  leave(holder: string): void {
    const slot = this.#slots.get(holder)
    if (!slot) return
    this.#slots.delete(holder)
    const others = this.#bySubject.get(slot.subject)
    others?.delete(slot)
    if (others?.size === 0) this.#bySubject.delete(slot.subject)
  }

  /** Takes the slots from the holders that are dead. @returns their names. */
  lapse(now: number): string[] {
    const dead: string[] = []
    for (const [holder, { heardAt }] of this.#slots) {
      if (heardAt + silentMs > now) break
      dead.push(holder)
    }
    for (const holder of dead) this.leave(holder)
    return dead
  }

  /**
   * When the first slot of a subject lapses, where all of its holders are silent; undefined where
   * one lives, because its call may end at any moment.
   */
  lapsesAt(subject: string, now: number): number | undefined {
    let first: number | undefined
    for (const { heardAt } of this.#bySubject.get(subject) ?? []) {
      if (now < heardAt + renewMs + lateMs) return undefined
      first = Math.min(first ?? Infinity, heardAt + silentMs)
    }
    return first
  }
}

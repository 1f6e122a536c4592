/**
 * How long a request goes on: with trying keys that fail, and with waiting for one where everything
 * rests.
 */
import { budgets } from './timeouts.ts'
import type { Ledger } from './request-record.ts'
import { pause } from '../http/sleep.ts'

interface PatienceInput {
  receivedAt: number
  /** How long the client would wait for a slot when everything rests, in milliseconds. */
  maxWaitMs: number
  clientLeft: AbortSignal
  deadline: AbortSignal
}

export class Patience {
  /** Until when the client would wait for a slot, in milliseconds since the epoch. */
  readonly waitsUntil: number
  readonly #input: PatienceInput
  readonly #trail: Ledger['trail']
  /** Time that went by in waiting is not counted as time spent on failing. */
  #waitedMs = 0

  constructor(input: PatienceInput, trail: Ledger['trail']) {
    this.#input = input
    this.#trail = trail
    this.waitsUntil = input.receivedAt + input.maxWaitMs
  }

  /** Whether there are no attempts or no time left for another. */
  get isSpent(): boolean {
    const { receivedAt, deadline } = this.#input
    return (
      this.#trail.length >= budgets.attempts ||
      Date.now() - receivedAt - this.#waitedMs > budgets.fallbackMs ||
      deadline.aborted
    )
  }

  /**
   * Waits until a place is due, or until it is time to show that somebody still waits.
   * @returns whether somebody does.
   */
  async wait(notBefore: number): Promise<'go-on' | 'client-left' | 'deadline'> {
    const { clientLeft, deadline } = this.#input
    const from = Date.now()
    await pause(Math.min(notBefore, this.waitsUntil, from + budgets.askAgainMs) - from, [
      clientLeft,
      deadline,
    ])
    this.#waitedMs += Date.now() - from
    if (deadline.aborted) return 'deadline'
    return clientLeft.aborted ? 'client-left' : 'go-on'
  }
}

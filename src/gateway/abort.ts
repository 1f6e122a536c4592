/**
 * Calls to a provider that the hub itself ends: why, how that is told on the way, and whose fault
 * it then is.
 */
import type { Fault } from '../errors.ts'

/** Why the hub itself ended an upstream call, as the reason of the abort signal. */
export type InterruptionCause =
  | 'client-left'
  | 'deadline'
  /**
   * A limit of one call that the client chose, or that what is left of its time is too short for.
   */
  | 'short-limit'
  | 'headers'
  | 'answer'
  | 'first-content'
  | 'idle'

export class Interruption extends Error {
  override readonly name = 'Interruption'
  readonly reason: InterruptionCause

  constructor(reason: InterruptionCause) {
    super(reason)
    this.reason = reason
  }
}

/** An abort controller that also obeys other signals and a clock until it is released. */
export class LinkedAbort {
  readonly #controller = new AbortController()
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #links: { signal: AbortSignal; listener: () => void }[] = []

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Why the call was ended, if it was. */
  get cause(): InterruptionCause | undefined {
    const { reason } = this.#controller.signal
    return reason instanceof Interruption ? reason.reason : undefined
  }

  abort(cause: InterruptionCause): void {
    this.#controller.abort(new Interruption(cause))
  }

  /** Aborts with `cause` when `signal` does. */
  follow(signal: AbortSignal, cause: InterruptionCause): void {
    if (signal.aborted) return this.abort(cause)
    const listener = (): void => this.abort(cause)
    signal.addEventListener('abort', listener)
    this.#links.push({ signal, listener })
  }

  /**
   * Aborts with `cause` after so many milliseconds, unless `stopClock` or `release` comes first.
   */
  abortAfter(ms: number, cause: InterruptionCause): void {
    this.stopClock()
    this.#timer = setTimeout(() => this.abort(cause), ms)
  }

  /** Takes the limit of `abortAfter` back. */
  stopClock(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
  }

  release(): void {
    this.stopClock()
    for (const { signal, listener } of this.#links.splice(0)) signal.removeEventListener('abort', listener)
  }
}

/** What an interruption means; undefined where there was none. */
export function interruption(
  cause: InterruptionCause | undefined,
): { type: 'client-left' } | { type: 'fault'; fault: Fault } | undefined {
  switch (cause) {
    case undefined:
      return undefined
    case 'client-left':
      return { type: 'client-left' }
    case 'deadline':
      // The client's own limit: nothing is known against the provider.
      return {
        type: 'fault',
        fault: { blame: 'unknown', verdict: 'deadline', message: 'The request timed out.' },
      }
    case 'short-limit':
      // Others would have waited longer: nothing is known against the provider.
      return {
        type: 'fault',
        fault: {
          blame: 'unknown',
          verdict: 'timeout',
          message: 'The call timed out before the provider answered.',
        },
      }
    case 'headers':
    case 'answer':
    case 'first-content':
    case 'idle': {
      const waitedFor = {
        headers: 'headers',
        answer: 'its answer',
        'first-content': 'the first content',
        idle: 'the next content',
      }[cause]
      const message = `The provider timed out before ${waitedFor}.`
      return { type: 'fault', fault: { blame: 'provider', verdict: 'timeout', message } }
    }
  }
}

/** Why the hub itself ended an upstream call, as the reason of the abort signal. */
export type InterruptionCause = 'client-left' | 'deadline' | 'headers' | 'first-content' | 'idle'

export class Interruption extends Error {
  override readonly name = 'Interruption'
  readonly reason: InterruptionCause

  constructor(reason: InterruptionCause) {
    super(reason)
    this.reason = reason
  }
}

/** An abort controller that also obeys other signals until it is released. */
export class LinkedAbort {
  readonly #controller = new AbortController()
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

  release(): void {
    for (const { signal, listener } of this.#links.splice(0)) signal.removeEventListener('abort', listener)
  }
}

/**
 * Settlements that need not be sent at once. The isolate's next call to the same object carries
 * them; without one they are sent by themselves, a few seconds after the call they are of.
 */

/** The time that a settlement waits for a call that carries it. */
const latestMs = 3_000

interface Deferred<Settlement> extends PromiseWithResolvers<void> {
  settlement: Settlement
  isDelivered: boolean
}

export class DeferredSettlements<Settlement> {
  readonly #wait: (ms: number) => Promise<unknown>
  /** By the name of the object. */
  readonly #waiting = new Map<string, Deferred<Settlement>[]>()

  constructor(wait: (ms: number) => Promise<unknown> = (ms) => scheduler.wait(ms)) {
    this.#wait = wait
  }

  /**
   * Keeps a settlement for the next call to an object.
   * @param send brings settlements to the object by themselves.
   * @returns once the object has it. Rejects where `send` does; then the next call carries it.
   */
  async defer(
    object: string,
    settlement: Settlement,
    send: (settlements: Settlement[]) => Promise<unknown>,
  ): Promise<void> {
    const deferred = { settlement, isDelivered: false, ...Promise.withResolvers<void>() }
    this.#keep(object, [deferred])
    await Promise.race([deferred.promise, this.#wait(latestMs)])
    // A call that carries it may hang: an object takes a settlement twice without harm.
    if (!deferred.isDelivered)
      await this.#deliver(object, [...new Set([deferred, ...this.#take(object)])], send)
  }

  /** Makes a call to an object, with every settlement that waits for one. */
  carry<Result>(object: string, call: (settlements: Settlement[]) => Promise<Result>): Promise<Result> {
    return this.#deliver(object, this.#take(object), call)
  }

  async #deliver<Result>(
    object: string,
    batch: Deferred<Settlement>[],
    send: (settlements: Settlement[]) => Promise<Result>,
  ): Promise<Result> {
    try {
      const result = await send(batch.map(({ settlement }) => settlement))
      for (const deferred of batch) {
        deferred.isDelivered = true
        deferred.resolve()
      }
      return result
    } catch (thrown) {
      this.#keep(
        object,
        batch.filter(({ isDelivered }) => !isDelivered),
      )
      throw thrown
    }
  }

  #keep(object: string, batch: Deferred<Settlement>[]): void {
    if (batch.length > 0) this.#waiting.set(object, [...(this.#waiting.get(object) ?? []), ...batch])
  }

  #take(object: string): Deferred<Settlement>[] {
    const batch = this.#waiting.get(object) ?? []
    this.#waiting.delete(object)
    return batch
  }
}

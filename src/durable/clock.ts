/** The clock of a Durable Object: a time that never runs backwards while the object lives. */
export class SteadyClock {
  readonly #read: () => number
  #latest = 0

  /** @param read the clock behind it, in milliseconds since the epoch. */
  constructor(read: () => number) {
    this.#read = read
  }

  /** Milliseconds since the epoch. */
  now(): number {
    this.#latest = Math.max(this.#latest, this.#read())
    return this.#latest
  }
}

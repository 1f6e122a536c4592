/** A clock that goes on only when all work of a moment is done, so that minutes pass in no time. */

interface Due {
  at: number
  run: () => Promise<unknown>
}

export class VirtualTime {
  now: number
  #due: Due[] = []

  /** @param now milliseconds since the epoch. */
  constructor(now: number) {
    this.now = now
  }

  /** Has something done at a time. */
  at(at: number, run: Due['run']): void {
    const index = this.#due.findLastIndex((other) => other.at <= at)
    this.#due.splice(index + 1, 0, { at, run })
  }

  /** Goes on to a time: everything that is due by then is done, in order. */
  async runUntil(end: number): Promise<void> {
    for (;;) {
      const [next] = this.#due
      if (!next || next.at > end) break
      this.#due.shift()
      this.now = Math.max(this.now, next.at)
      await next.run()
    }
    this.now = Math.max(this.now, end)
  }
}

/** A clock that goes on only when all work of a moment is done, so that minutes pass in no time. */

interface Due {
  at: number
  run: () => Promise<unknown>
}

export class VirtualTime {
  now: number
  #due: Due[] = []
  readonly #work = new Set<Promise<unknown>>()

  /** @param now milliseconds since the epoch. */
  constructor(now: number) {
    this.now = now
  }

  /** Has something done at a time. */
  at(at: number, run: Due['run']): void {
    const index = this.#due.findLastIndex((other) => other.at <= at)
    this.#due.splice(index + 1, 0, { at, run })
  }

  /** Waits so many milliseconds. */
  wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.at(this.now + ms, async () => {
      resolve()
      // Whoever waited begins their work now.
      await scheduler.wait(0)
    })
    return promise
  }

  /** Has the clock stand still until some work is done. */
  during<Result>(work: Promise<Result>): Promise<Result> {
    this.#work.add(work)
    return work.finally(() => this.#work.delete(work))
  }

  /** Goes on to a time: everything that is due by then is done, in order. */
  async runUntil(end: number): Promise<void> {
    for (;;) {
      const [next] = this.#due
      if (!next || next.at > end) break
      this.#due.shift()
      this.now = Math.max(this.now, next.at)
      await next.run()
      while (this.#work.size > 0) await Promise.all(this.#work)
    }
    this.now = Math.max(this.now, end)
  }
}

/** A timer that is put off each time something happens, without making a new timer each time. */
export class Watchdog {
  readonly #onExpired: () => void
  #limitMs: number
  #fedAt: number
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Calls `onExpired` once when nothing has happened for `limitMs`. */
  constructor(limitMs: number, onExpired: () => void) {
    this.#onExpired = onExpired
    this.#limitMs = limitMs
    this.#fedAt = Date.now()
    this.#arm(limitMs)
  }

  /** Something happened. With `limitMs` another patience applies from here on. */
  feed(limitMs = this.#limitMs): void {
    this.#fedAt = Date.now()
    if (limitMs === this.#limitMs) return
    this.#limitMs = limitMs
    this.#arm(limitMs)
  }

  stop(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
  }

  #arm(afterMs: number): void {
    this.stop()
    this.#timer = setTimeout(() => {
      const restMs = this.#fedAt + this.#limitMs - Date.now()
      if (restMs > 0) this.#arm(restMs)
      else this.#onExpired()
    }, afterMs)
  }
}

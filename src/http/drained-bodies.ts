/**
 * Counts the refused bodies that one isolate reads to their end, so that their clients keep the
 * connection. Strangers may send them too: beyond these bounds the connection is closed.
 */
import { noAddress } from './client-address.ts'

/** The most at a time, from everyone. */
export const maxDrains = 32
/** The most at a time from one address. */
export const maxDrainsOfAddress = 4

/**
 * Counts the bodies of an isolate that are drained. One object for each isolate, except in tests.
 */
export class Drains {
  #all = 0
  readonly #byAddress = new Map<string, number>()

  /** The drains at this moment. */
  get count(): number {
    return this.#all
  }

  /**
   * Begins a drain.
   * @param address of the client. Clients without a known address share half of the total.
   * @returns what ends it, once; undefined where there are too many.
   */
  begin(address: string): (() => void) | undefined {
    const ofAddress = this.#byAddress.get(address) ?? 0
    const most = address === noAddress ? maxDrains / 2 : maxDrainsOfAddress
    if (this.#all >= maxDrains || ofAddress >= most) return undefined
    this.#count(address, 1)
    let isOver = false
    return () => {
      if (!isOver) this.#count(address, -1)
      isOver = true
    }
  }

  #count(address: string, change: number): void {
    this.#all += change
    const ofAddress = (this.#byAddress.get(address) ?? 0) + change
    if (ofAddress > 0) this.#byAddress.set(address, ofAddress)
    else this.#byAddress.delete(address)
  }
}

/** The drains of this isolate. */
export const drains = new Drains()

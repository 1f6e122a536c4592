/**
 * The configuration epoch of an object's user or team, as far as the object knows it. A change is
 * committed in D1 first and announced second. An announcement that was lost is made good within a
 * minute.
 */
import { minuteMs } from '../domain/time.ts'

/** The age at which D1 is asked again. */
const copyAgeMs = minuteMs

interface Known {
  epoch: number
  /** When D1 was last asked. */
  pulledAt: number
}

interface KnownEpochInput {
  sql: SqlStorage
  /** Reads the epoch in D1; undefined where it has none. */
  read: () => Promise<number | undefined>
  clock: () => number
}

export class KnownEpoch {
  readonly #input: KnownEpochInput
  #known: Known | undefined
  /** How often the epoch was forgotten since the object woke. */
  #forgotten = 0

  constructor(input: KnownEpochInput) {
    this.#input = input
  }

  /** Notes an epoch that was announced. It may be announced twice, and in any order. */
  raise(epoch: number): void {
    const { epoch: before = 0, pulledAt = 0 } = this.#read() ?? {}
    if (epoch > before) this.#save({ epoch, pulledAt })
  }

  /** The epoch, read in D1 where it is not known or old; undefined where D1 has none. */
  async current(): Promise<number | undefined> {
    const { clock, read } = this.#input
    const known = this.#read()
    if (known && clock() - known.pulledAt < copyAgeMs) return known.epoch
    const forgotten = this.#forgotten
    const pulled = await read()
    // The user or team may have been removed while D1 was read.
    if (forgotten !== this.#forgotten) return this.current()
    if (pulled === undefined) {
      this.#drop()
      return undefined
    }
    // It may have risen while D1 was read.
    const epoch = Math.max(pulled, this.#read()?.epoch ?? 0)
    this.#save({ epoch, pulledAt: clock() })
    return epoch
  }

  /** Forgets the epoch of a user or team that was removed from D1. */
  forget(): void {
    this.#forgotten++
    this.#drop()
  }

  #drop(): void {
    this.#known = undefined
    this.#input.sql.exec("DELETE FROM facts WHERE name = 'epoch'")
  }

  #read(): Known | undefined {
    if (this.#known) return this.#known
    const [row] = this.#input.sql
      .exec<{ value: string }>("SELECT value FROM facts WHERE name = 'epoch'")
      .toArray()
    // Only this class writes the row.
    if (row) this.#known = JSON.parse(row.value) as Known
    return this.#known
  }

  #save(known: Known): void {
    this.#known = known
    this.#input.sql.exec(
      "INSERT OR REPLACE INTO facts (name, value) VALUES ('epoch', ?)",
      JSON.stringify(known),
    )
  }
}

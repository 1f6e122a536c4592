/** The one alarm of a Durable Object, for everything that must happen without a request. */
import type { SteadyClock } from './clock.ts'

/** Something that an object does when its time has come. */
export interface Task {
  /** When it is due next, in milliseconds since the epoch; undefined for never. */
  dueAt(): number | undefined
  /** Does what is due at a time. */
  run(now: number): void
}

/**
 * Runs the tasks of an object, by their names, and keeps its alarm at the soonest of their times.
 */
export class Alarms {
  readonly #storage: Pick<DurableObjectStorage, 'setAlarm'>
  readonly #clock: SteadyClock
  readonly #tasks: Readonly<Record<string, Task>>
  /** The alarm that this instance knows to be set. */
  #setFor = Infinity

  constructor(
    storage: Pick<DurableObjectStorage, 'setAlarm'>,
    clock: SteadyClock,
    tasks: Readonly<Record<string, Task>>,
  ) {
    this.#storage = storage
    this.#clock = clock
    this.#tasks = tasks
  }

  /** Sets the alarm, unless an earlier one is set: each setting is a row written. */
  async schedule(dueAt: number): Promise<void> {
    if (dueAt >= this.#setFor) return
    // An instance that has just woken does not know the alarm that is set, and must not put it off.
    const soonest = this.#setFor === Infinity ? Math.min(dueAt, this.#nextDueAt()) : dueAt
    this.#setFor = soonest
    await this.#storage.setAlarm(soonest)
  }

  /** Runs every task, and sets the alarm for the one that is due next. */
  async ring(): Promise<void> {
    this.#setFor = Infinity
    const now = this.#clock.now()
    for (const task of Object.values(this.#tasks)) task.run(now)
    await this.schedule(this.#nextDueAt())
  }

  #nextDueAt(): number {
    return Math.min(...Object.values(this.#tasks).map((task) => task.dueAt() ?? Infinity))
  }
}

/**
 * Counts how often something happened lately, exactly, however many ask at once: one object for
 * each thing that is counted, named by it (`login-from/<address>`). What may happen how often is
 * said by who asks; the decision is in `rate-limit.ts`.
 *
 * Stored under one key: the times that still count. An alarm forgets them, and the object is then
 * nothing.
 */
import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'
import { decidePass, type Pass, type Rate, withoutPast } from './rate-limit.ts'

interface Counted {
  times: number[]
  perMs: number
}

export class Throttle extends DurableObject<Env> {
  /** The one clock of the object. Tests put their own here. */
  clock = (): number => Date.now()

  /** Lets one more happen, and counts it, or says when there is room. */
  async take(rate: Rate): Promise<Pass> {
    const now = this.clock()
    const times = withoutPast(this.#read().times, rate, now)
    const pass = decidePass(times, rate, now)
    if (pass.type === 'refused') return pass
    this.#write({ times: [...times, now], perMs: rate.perMs })
    if (times.length === 0) await this.ctx.storage.setAlarm(now + rate.perMs)
    return pass
  }

  /** Takes back one that happened at this time and is not to count after all. */
  async giveBack(at: number): Promise<void> {
    const { times, perMs } = this.#read()
    const index = times.indexOf(at)
    if (index >= 0) this.#write({ times: times.toSpliced(index, 1), perMs })
  }

  override async alarm(): Promise<void> {
    const { times, perMs } = this.#read()
    const left = withoutPast(times, { perMs }, this.clock())
    const [oldest] = left
    if (oldest === undefined) return this.ctx.storage.deleteAll()
    this.#write({ times: left, perMs })
    await this.ctx.storage.setAlarm(oldest + perMs)
  }

  #read(): Counted {
    return this.ctx.storage.kv.get<Counted>('counted') ?? { times: [], perMs: 0 }
  }

  #write(counted: Counted): void {
    this.ctx.storage.kv.put('counted', counted)
  }
}

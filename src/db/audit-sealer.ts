/**
 * The one writer of the chain of the audit log: an object that seals for the whole hub. Requests
 * that ask at once share a run, so that a thousand parallel changes cost a few. What it cannot do
 * now stays pending in D1, and its alarm tries again. No change depends on it.
 */
import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'
import { sealPending } from './audit-sealing.ts'

const retryMs = 30_000
/** How long an answer waits for the seal of its entries. */
const waitMs = 5_000

export class AuditSealer extends DurableObject<Env> {
  #last: Promise<void> = Promise.resolve()
  /** A run that has not begun: it will see every entry that is committed now. */
  #next: Promise<void> | undefined

  /**
   * Seals all entries that are committed at the time of the call, or sets the alarm where D1 fails.
   */
  async seal(): Promise<void> {
    this.#next ??= this.#runAfter(this.#last)
    await this.#next
  }

  override async alarm(): Promise<void> {
    await this.seal()
  }

  #runAfter(previous: Promise<void>): Promise<void> {
    const run = async (): Promise<void> => {
      this.#next = undefined
      try {
        await sealPending(this.env.DB)
      } catch (error) {
        console.error('Sealing the audit log failed; its newest entries stay pending.', error)
        await this.ctx.storage.setAlarm(Date.now() + retryMs)
      }
    }
    this.#last = previous.then(run, run)
    return this.#last
  }
}

/**
 * Has the entries sealed that are committed, and waits for it for five seconds at most. Never
 * throws: what is not sealed now is sealed with the next change, the next look at the log, or by
 * the alarm.
 */
export async function sealAudit(env: Env, background: (work: Promise<unknown>) => void): Promise<void> {
  const sealed = env.AUDIT_SEALER.getByName('chain')
    .seal()
    .catch((error: unknown) =>
      console.error('The sealer of the audit log does not answer; entries stay pending.', error),
    )
  background(sealed)
  const patience = Promise.withResolvers<void>()
  const timer = setTimeout(patience.resolve, waitMs)
  await Promise.race([sealed, patience.promise])
  clearTimeout(timer)
}

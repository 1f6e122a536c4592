/**
 * Passwords and setup tokens that were wrong, in the audit log. Anyone can send wrong ones, and
 * each entry costs: there are 20 an hour for an account, and 60 for everything that names none.
 * Once an hour, one more says that others are left out. No password and no unknown login is written
 * down.
 */
import { hourMs } from '../domain/time.ts'
import { writeAudit } from '../db/audit.ts'
import type { Env } from '../env.ts'
import type { Rate } from './rate-limit.ts'
import { throttleStub } from './throttle-stub.ts'

const ofAccount: Rate = { limit: 20, perMs: hourMs }
const ofStrangers: Rate = { limit: 60, perMs: hourMs }
const oncePerHour: Rate = { limit: 1, perMs: hourMs }

/** What failed: a login, the old password for a new one, or the claim of the hub. */
export type FailedAction = 'login.failed' | 'password.refused' | 'setup.refused'

/** @param account the id of the user; undefined where the login names nobody. Never throws. */
export async function noteFailure(
  env: Env,
  action: FailedAction,
  account: string | undefined,
  why: string,
): Promise<void> {
  try {
    const rate = account === undefined ? ofStrangers : ofAccount
    const pass = await throttleStub(env, `noted/${action}/${account ?? 'strangers'}`).take(rate)
    const leftOut = pass.type === 'refused'
    if (leftOut) {
      const once = await throttleStub(env, `noted-left-out/${action}/${account ?? 'strangers'}`).take(
        oncePerHour,
      )
      if (once.type === 'refused') return
    }
    await writeAudit(env.DB, {
      actor: action === 'password.refused' && account !== undefined ? account : 'nobody',
      action,
      subject: account ?? 'unknown',
      detail: leftOut ? { why: 'more-are-not-recorded' } : { why },
    })
  } catch (error) {
    console.error(`A refusal (${action}) could not be audited.`, error)
  }
}

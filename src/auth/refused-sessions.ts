/**
 * Sessions that were refused because they are forged or have expired, in the audit log; as many as
 * are of use there.
 */
import { minuteMs } from '../domain/time.ts'
import { writeAudit } from '../db/audit.ts'
import type { Env } from '../env.ts'
import { decidePass, withoutPast } from './rate-limit.ts'

/**
 * Anyone can send forged sessions, and each row costs: an isolate writes down no more than these.
 */
const noted = { limit: 10, perMs: minuteMs }
let times: number[] = []

/**
 * Writes down that a session was refused. What it claims to be is not written down: nobody vouches
 * for it.
 */
export async function noteRefusedSession(
  env: Env,
  why: 'expired' | 'forged' | 'superseded',
  address: string,
  now: number,
): Promise<void> {
  times = withoutPast(times, noted, now)
  if (decidePass(times, noted, now).type === 'refused') return
  times.push(now)
  await writeAudit(env.DB, {
    actor: 'nobody',
    action: 'session.refused',
    subject: 'session',
    detail: { why, address },
  })
}

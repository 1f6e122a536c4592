/**
 * A ciphertext that does not open in its own row was altered or came from another row: somebody has
 * written to the database. That goes into the audit log, but not for every request that meets it.
 */
import { BoundedMap } from '../isolate/bounded-map.ts'
import { hourMs } from '../domain/time.ts'
import { countRecent, writeAudit } from '../db/audit.ts'
import { SealError } from './vault.ts'

const action = 'secret.refused'
/** The same finding is written once an hour by one isolate. */
const writtenAt = new BoundedMap<string, number>(1_000)
/**
 * And all of them this often an hour in the whole hub. Isolates that count at once may pass it by a
 * few.
 */
const maxAnHour = 50

/** What does not open, whose it is, and which of theirs. */
export interface Finding {
  what: 'key' | 'headers' | 'response' | 'transcript'
  owner: string
  id: string
}

/**
 * Writes down what the vault refused because it was altered; any other error says nothing of that.
 * Never throws.
 */
export async function auditIfAltered(
  d1: D1Database,
  error: unknown,
  finding: Finding,
  now: number,
): Promise<void> {
  if (error instanceof SealError && error.problem === 'altered') await auditTampering(d1, finding, now)
}

/**
 * Writes down that something was refused, unless that was done lately. Never throws: what was
 * refused stays refused.
 */
export async function auditTampering(
  d1: D1Database,
  { what, owner, id }: Finding,
  now: number,
): Promise<void> {
  const name = JSON.stringify([what, owner, id])
  if (now - (writtenAt.get(name) ?? -hourMs) < hourMs) return
  writtenAt.set(name, now)
  try {
    if ((await countRecent(d1, action, now - hourMs, maxAnHour)) >= maxAnHour) return
    await writeAudit(d1, { actor: 'nobody', action, subject: id, detail: { what, owner } })
  } catch (error) {
    console.error('A ciphertext that was refused could not be audited.', error)
  }
}

/** The audit log: who changed what. Administrative changes only; requests are in the request log. */
import { timeOrderedId } from '../ids.ts'
import { openDatabase } from './client.ts'
import { audit } from './schema.ts'

export interface AuditEntry {
  /** The user who acted. */
  actor: string
  /** What was done, as `noun.verb`: `key.added`, `token.revoked`. */
  action: string
  /** The id of what it was done to. */
  subject: string
  /** What is worth knowing besides; never a secret. */
  detail?: Record<string, unknown>
}

export async function writeAudit(d1: D1Database, entry: AuditEntry): Promise<void> {
  const now = Date.now()
  await openDatabase(d1)
    .insert(audit)
    .values({ id: timeOrderedId('aud', now), at: now, detail: {}, ...entry })
}

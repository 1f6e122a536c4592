/**
 * Moves entries of the audit log from `audit_pending`, where their changes put them, to the end of
 * the chain. SQLite has no SHA-256, so a Worker computes the links between two batches. The second
 * batch holds only where the chain still ends where the first one read it: of several sealers one
 * has its way, the others find its work done, and no entry is lost, doubled or out of order.
 */
import { asc, desc, sql } from 'drizzle-orm'
import { type ChainEnd, emptyChain, linkEntry } from './audit-chain.ts'
import { type Database, openDatabase } from './client.ts'
import { audit, auditPending } from './schema.ts'

/** Entries that one round seals, and rounds of one call: 20,000 entries at most. */
const entriesAtOnce = 200
const maxRounds = 100

/** What the sealer adds to a pending entry. */
interface Link extends ChainEnd {
  id: number
  previous: string
}

/** Seals every entry that is pending. Two statements read and two write, for 200 entries. */
export async function sealPending(d1: D1Database): Promise<void> {
  const db = openDatabase(d1)
  for (let round = 0; round < maxRounds; round++) {
    const [pending, [end = emptyChain]] = await db.batch([
      db.select().from(auditPending).orderBy(asc(auditPending.id)).limit(entriesAtOnce),
      db
        .select({ sequence: audit.sequence, hash: audit.hash })
        .from(audit)
        .orderBy(desc(audit.sequence))
        .limit(1),
    ])
    if (pending.length === 0) return
    const links: Link[] = []
    for (const { id, ...facts } of pending) {
      const { sequence, previous, hash } = await linkEntry(facts, links.at(-1) ?? end)
      links.push({ id, sequence, previous, hash })
    }
    const sealed = JSON.stringify(links)
    await db.batch([append(db, sealed, end), forget(db, sealed, links.at(-1) ?? end)])
  }
}

/**
 * Adds the entries to the chain, with the facts that are stored, if it ends where they are linked
 * to.
 */
function append(db: Database, links: string, end: ChainEnd) {
  // In the order of the columns.
  return db.insert(audit).select(
    sql`SELECT link.value ->> 'sequence', fact.at, fact.actor, fact.address, fact.action, fact.subject,
        fact.detail, link.value ->> 'previous', link.value ->> 'hash'
      FROM json_each(${links}) AS link JOIN audit_pending AS fact ON fact.id = link.value ->> 'id'
      WHERE coalesce((SELECT max(sequence) FROM audit), 0) = ${end.sequence}
        AND coalesce((SELECT hash FROM audit WHERE sequence = ${end.sequence}), '') = ${end.hash}`,
  )
}

/** Forgets pending entries, if the chain holds the last of them: then it holds them all. */
function forget(db: Database, links: string, last: ChainEnd) {
  return db.delete(auditPending).where(
    sql`id IN (SELECT value ->> 'id' FROM json_each(${links}))
      AND EXISTS (SELECT 1 FROM audit WHERE sequence = ${last.sequence} AND hash = ${last.hash})`,
  )
}

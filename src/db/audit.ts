/** The audit log: who changed what, from where. Administrative changes and refusals; requests are in the request log. */
import { and, asc, desc, eq, gt, gte, lt, sql, type SQL } from 'drizzle-orm'
import { actingAddress } from '../http/acting-address.ts'
import { type AuditRow, type ChainEnd, emptyChain, linkEntry } from './audit-chain.ts'
import { type Database, openDatabase } from './client.ts'
import { audit } from './schema.ts'

export interface AuditEntry {
  /** The user who acted; `nobody` for what was refused to a caller who is not known. */
  actor: string
  /** What was done, as `noun.verb`: `key.added`, `token.revoked`. */
  action: string
  /** The id of what it was done to. */
  subject: string
  /** What is worth knowing besides; never a secret. */
  detail?: Record<string, unknown>
}

/** Of writers that want the same place in the chain one gets it each time, so this many may write at once. */
const maxTries = 200
const maxPauseMs = 50

/** Where the chain ended when this isolate last looked: mostly it still does, and one round trip is enough. */
const lastSeen = new WeakMap<D1Database, ChainEnd>()

/**
 * Writes one entry at the end of the chain.
 * @throws {Error} when the place at the end was lost too often.
 */
export async function writeAudit(d1: D1Database, entry: AuditEntry): Promise<void> {
  const db = openDatabase(d1)
  const facts = { at: Date.now(), address: actingAddress(), detail: {}, ...entry }
  let end = lastSeen.get(d1) ?? endOf(await lastEntry(db))
  for (let tries = 0; tries < maxTries; tries++) {
    const link = await linkEntry(facts, end)
    const [taken, last] = await db.batch([append(db, link), lastEntry(db)])
    end = endOf(last)
    lastSeen.set(d1, end)
    if (taken.length > 0) return
    // Each of those who lost waits for a time of its own: together they would only lose to one another again.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * maxPauseMs))
  }
  throw new Error('The audit log is written by too many at once.')
}

/** Adds an entry if the chain still ends where the entry is linked to. Answers with its place, or with nothing. */
function append(db: Database, link: AuditRow) {
  const { sequence, at, actor, address, action, subject, detail, previous, hash } = link
  // In the order of the columns.
  return db
    .insert(audit)
    .select(
      sql`SELECT ${sequence}, ${at}, ${actor}, ${address}, ${action}, ${subject}, ${JSON.stringify(detail)}, ${previous}, ${hash}
        WHERE coalesce((SELECT max(sequence) FROM audit), 0) = ${sequence - 1}
          AND coalesce((SELECT hash FROM audit WHERE sequence = ${sequence - 1}), '') = ${previous}`,
    )
    .returning({ sequence: audit.sequence })
}

function lastEntry(db: Database) {
  return db
    .select({ sequence: audit.sequence, hash: audit.hash })
    .from(audit)
    .orderBy(desc(audit.sequence))
    .limit(1)
}

function endOf(rows: ChainEnd[]): ChainEnd {
  return rows[0] ?? emptyChain
}

export interface AuditFilter {
  actor?: string | undefined
  action?: string | undefined
  subject?: string | undefined
  /** Times in milliseconds since the epoch; `to` is exclusive. */
  from?: number | undefined
  to?: number | undefined
  /** The place before which this page begins. */
  cursor?: number | undefined
  limit: number
}

/** How many entries one page looks at, at most: what a filter costs is bounded, however rare its matches are. */
const scannedEntries = 1_000

/** The newest matching entries, and the cursor of the next page, which may have some even where this one has none. */
export async function listAudit(
  d1: D1Database,
  filter: AuditFilter,
): Promise<{ entries: AuditRow[]; nextCursor: number | null }> {
  const db = openDatabase(d1)
  const before = filter.cursor ?? endOf(await lastEntry(db)).sequence + 1
  // Places have no gaps, so that a span of them bounds the rows.
  const floor = Math.max(0, before - 1 - scannedEntries)
  const rows = await db
    .select()
    .from(audit)
    .where(and(lt(audit.sequence, before), gt(audit.sequence, floor), ...conditionsOf(filter)))
    .orderBy(desc(audit.sequence))
    .limit(filter.limit + 1)
  const entries = rows.slice(0, filter.limit)
  const last = rows.length > filter.limit ? entries.at(-1)?.sequence : floor + 1
  return { entries, nextCursor: last !== undefined && last > 1 ? last : null }
}

function conditionsOf({ actor, action, subject, from, to }: AuditFilter): SQL[] {
  return [
    actor === undefined ? undefined : eq(audit.actor, actor),
    action === undefined ? undefined : eq(audit.action, action),
    subject === undefined ? undefined : eq(audit.subject, subject),
    from === undefined ? undefined : gte(audit.at, from),
    to === undefined ? undefined : lt(audit.at, to),
  ].filter((condition) => condition !== undefined)
}

/** Entries in their order, from the one after `place`. */
export async function readChain(d1: D1Database, place: number, limit: number): Promise<AuditRow[]> {
  return openDatabase(d1)
    .select()
    .from(audit)
    .where(gt(audit.sequence, place))
    .orderBy(asc(audit.sequence))
    .limit(limit)
}

/** The entry at a place of the chain; undefined where the chain does not reach it. */
export async function findAuditEntry(d1: D1Database, sequence: number): Promise<AuditRow | undefined> {
  const [entry] = await openDatabase(d1).select().from(audit).where(eq(audit.sequence, sequence))
  return entry
}

/** How many of the newest entries say that this was done since a time; no more than `most` are looked at. */
export async function countRecent(
  d1: D1Database,
  action: string,
  since: number,
  most: number,
): Promise<number> {
  const { entries } = await listAudit(d1, { action, from: since, limit: most })
  return entries.length
}

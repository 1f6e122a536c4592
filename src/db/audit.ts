/**
 * The audit log: administrative changes and refusals, with their actor and address. Requests are in
 * the request log. A change carries its entry along in its own batch (`record`), so that D1 commits
 * both or neither; `audit-sealing.ts` links entries into the chain afterwards.
 */
import { and, asc, desc, eq, exists, gt, gte, lt, sql, type SQL } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { actingAddress, noteEntry } from '../http/current-request.ts'
import { type AuditRow, type ChainEnd, emptyChain } from './audit-chain.ts'
import { sealPending } from './audit-sealing.ts'
import { clientOf, type Database, openDatabase } from './client.ts'
import { audit, auditPending } from './schema.ts'

export interface AuditEntry {
  /** The user who acted; `nobody` for what was refused to a caller who is not known. */
  actor: string
  /** What was done, as `noun.verb`: `key.added`, `token.revoked`. */
  action: string
  /** The id of what it was done to. */
  subject: string
  /** What is worth knowing besides; never a secret. As SQL it is a text of JSON. */
  detail?: Record<string, unknown> | SQL<string>
  /** The address of the actor, where the entry is written outside of their request. */
  address?: string | null
}

/**
 * Returns the statement that a change carries along in its batch.
 *
 * @param happened a condition under which the change takes place. Put the statement before a change
 *   that the same condition decides, or after it with a condition that asks what it did. Absent
 *   where the batch fails as a whole unless the change takes place.
 */
export function record(db: Database, entry: AuditEntry, happened: SQL = sql`TRUE`) {
  const { actor, action, subject, detail = {}, address = actingAddress() } = entry
  noteEntry()
  return (
    db
      .insert(auditPending)
      // In the order of the columns.
      .select(
        sql`SELECT NULL, ${Date.now()}, ${actor}, ${address}, ${action}, ${subject},
          ${detail instanceof Object && 'queryChunks' in detail ? detail : JSON.stringify(detail)}
        WHERE ${happened}`,
      )
  )
}

/** Returns the same statement for a batch of D1's own, which holds what drizzle cannot express. */
export function prepareRecord(
  session: D1DatabaseSession,
  entry: AuditEntry,
  happened: SQL,
): D1PreparedStatement {
  const statement = record(clientOf(session), entry, happened).toSQL()
  return session.prepare(statement.sql).bind(...statement.params)
}

/**
 * Returns the statement of an entry that is written only where such a row is there. See `record`.
 */
export function recordIfAny(db: Database, entry: AuditEntry, table: SQLiteTable, where: SQL | undefined) {
  return record(
    db,
    entry,
    exists(
      db
        .select({ one: sql`1` })
        .from(table)
        .where(where),
    ),
  )
}

/** Writes an entry without sealing it: the request that caused it does that at its end. */
export async function writePending(d1: D1Database, entry: AuditEntry): Promise<void> {
  await record(openDatabase(d1), entry)
}

/** Writes an entry of its own, for what changes nothing in D1, and seals it. */
export async function writeAudit(d1: D1Database, entry: AuditEntry): Promise<void> {
  await record(openDatabase(d1), entry)
  await sealPending(d1)
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

/**
 * How many entries one page looks at, at most: what a filter costs is bounded, however rare its
 * matches are.
 */
const scannedEntries = 1_000

/**
 * The newest matching entries, and the cursor of the next page, which may have some even where this
 * one has none.
 */
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

/**
 * How many of the newest entries say that this was done since a time; no more than `most` are
 * looked at.
 */
export async function countRecent(
  d1: D1Database,
  action: string,
  since: number,
  most: number,
): Promise<number> {
  const { entries } = await listAudit(d1, { action, from: since, limit: most })
  return entries.length
}

/**
 * What the database need not keep: old requests, and what is left of people who were removed. Each
 * statement is bounded, because D1 ends one that runs for long, and so is their number, because an
 * invocation has only so many; what is left is for the next day.
 */
import { dayMs } from '../domain/time.ts'
import { and, lt, sql } from 'drizzle-orm'
import { firstIdAt } from '../ids.ts'
import { openDatabase } from './client.ts'
import { removeOldInvitations } from './invitations.ts'
import { departed } from './schema.ts'
import { removeExpiredSessions } from './sessions.ts'
import { readSettings } from './settings.ts'

/**
 * Rows that one statement removes, and statements of one kind in one run: 240,000 rows a day. The
 * free plan has 50 queries for all.
 */
const rowsAtOnce = 20_000
const rounds = 12
/** The same of stored answers, each of which may have more than a megabyte. */
const responsesAtOnce = 2_000
/** For so long a pool may still journal something for somebody who was removed, in milliseconds. */
const departureMs = 7 * dayMs
/** For so long an invitation is listed that is over, used or not. */
const rememberedMs = 30 * dayMs

/** Removes everything whose time is over. */
export async function removeOutdated(d1: D1Database, now: number): Promise<void> {
  const { logRetentionDays } = await readSettings(d1)
  await removeExpiredResponses(d1, now)
  await removeOldLogs(d1, now - logRetentionDays * dayMs)
  await removeDeparted(d1, now)
  await removeExpiredSessions(d1, now)
  await removeOldInvitations(d1, now - rememberedMs)
}

/** Removes answers of the Responses dialect that nothing may refer to any more. */
async function removeExpiredResponses(d1: D1Database, now: number): Promise<void> {
  await repeat(
    d1,
    () => sql`
    DELETE FROM kept_responses WHERE (owner, id) IN (
      SELECT owner, id FROM kept_responses WHERE expires_at < ${now} LIMIT ${responsesAtOnce})`,
    responsesAtOnce,
  )
}

/** Removes requests that are older than this time. */
async function removeOldLogs(d1: D1Database, before: number): Promise<void> {
  // The log's key begins with the owner: each owner's old rows are one range of it.
  await repeat(
    d1,
    () => sql`
    DELETE FROM requests WHERE (owner, id) IN (
      SELECT old.owner, old.id
      FROM (SELECT id AS person FROM users UNION ALL SELECT 'hub') CROSS JOIN requests AS old
      WHERE old.owner = person AND old.id < ${firstIdAt('req', before)}
      LIMIT ${rowsAtOnce})`,
  )
}

/** The tables of sums, and their keys. */
const sumsOfPeople = [
  [sql`usage_hourly`, sql`owner, hour, provider, model, key_id, token_id`],
  [sql`usage_totals`, sql`owner, hour`],
  [sql`usage_daily`, sql`owner, dimension, day, name`],
] as const

/** Removes the log and the sums of people who were removed. */
async function removeDeparted(d1: D1Database, now: number): Promise<void> {
  await repeat(
    d1,
    () => sql`
    DELETE FROM requests WHERE (owner, id) IN (
      SELECT old.owner, old.id FROM departed CROSS JOIN requests AS old
      WHERE old.owner = departed.user_id LIMIT ${rowsAtOnce})`,
  )
  for (const [table, key] of sumsOfPeople) {
    await repeat(
      d1,
      () => sql`
      DELETE FROM ${table} WHERE (${key}) IN (
        SELECT ${key} FROM departed CROSS JOIN ${table}
        WHERE owner = departed.user_id LIMIT ${rowsAtOnce})`,
    )
  }
  await openDatabase(d1)
    .delete(departed)
    .where(
      and(
        lt(departed.at, now - departureMs),
        sql`NOT EXISTS (SELECT 1 FROM requests WHERE requests.owner = ${departed.userId})`,
        ...sumsOfPeople.map(
          ([table]) => sql`NOT EXISTS (SELECT 1 FROM ${table} WHERE owner = ${departed.userId})`,
        ),
      ),
    )
}

/** Runs a statement until it removes less than it could, or often enough for one run. */
async function repeat(
  d1: D1Database,
  statement: () => ReturnType<typeof sql>,
  atOnce = rowsAtOnce,
): Promise<void> {
  const db = openDatabase(d1)
  for (let round = 0; round < rounds; round++) {
    const { meta } = await db.run(statement())
    if (meta.changes < atOnce) return
  }
}

/** Teams: people with common caps. A person belongs to at most one, by `users.team`. */
import type { Caps } from '../domain/limits.ts'
import { asc, count, eq, isNotNull, sql, type SQL } from 'drizzle-orm'
import { type AuditEntry, recordIfAny } from './audit.ts'
import { openDatabase } from './client.ts'
import { toJson } from './json.ts'
import { teams, users } from './schema.ts'

export type Team = typeof teams.$inferSelect

/** The most teams of one hub: their list is one page. */
export const mostTeams = 200
/** The most people in one team: all of their requests meet in one object. */
export const mostMembers = 500

/** All teams in the order of their names, each with the number of its members. */
export async function listTeams(d1: D1Database): Promise<{ team: Team; members: number }[]> {
  const db = openDatabase(d1)
  const [rows, counts] = await db.batch([
    db.select().from(teams).orderBy(asc(teams.name)).limit(mostTeams),
    db
      .select({ team: users.team, members: count() })
      .from(users)
      .where(isNotNull(users.team))
      .groupBy(users.team),
  ])
  const members = new Map(counts.map((row) => [row.team, row.members]))
  return rows.map((team) => ({ team, members: members.get(team.id) ?? 0 }))
}

export async function findTeam(
  d1: D1Database,
  id: string,
): Promise<{ team: Team; members: number } | undefined> {
  const db = openDatabase(d1)
  const [[team], [counted]] = await db.batch([
    db.select().from(teams).where(eq(teams.id, id)),
    db.select({ members: count() }).from(users).where(eq(users.team, id)),
  ])
  return team && { team, members: counted?.members ?? 0 }
}

/** Adds a team. @returns `taken` where another has its name, `full` where the hub has its most. */
export async function addTeam(
  d1: D1Database,
  { id, name, limits, maxConcurrent, budget, createdAt }: Omit<Team, 'epoch'>,
  entry: AuditEntry,
): Promise<'added' | 'taken' | 'full'> {
  const db = openDatabase(d1)
  const [, [added], [counted]] = await db.batch([
    db
      .insert(teams)
      // In the order of the table's columns.
      .select(
        sql`SELECT ${id}, ${name}, 1, ${toJson(limits)}, ${maxConcurrent}, ${toJson(budget)}, ${createdAt}
          WHERE (SELECT count(*) FROM teams) < ${mostTeams}`,
      )
      .onConflictDoNothing(),
    db.select({ id: teams.id }).from(teams).where(eq(teams.id, id)),
    db.select({ teams: count() }).from(teams),
    recordIfAny(db, entry, teams, eq(teams.id, id)),
  ])
  if (added) return 'added'
  return (counted?.teams ?? 0) >= mostTeams ? 'full' : 'taken'
}

export type TeamChange = Partial<Caps & Pick<Team, 'name'>>

/**
 * Changes a team.
 * @returns its new epoch; `taken` where another has the name; undefined where there is no such
 *   team.
 */
export async function changeTeam(
  d1: D1Database,
  id: string,
  change: TeamChange,
  entry: AuditEntry,
): Promise<number | 'taken' | undefined> {
  try {
    const db = openDatabase(d1)
    const [[changed]] = await db.batch([
      db
        .update(teams)
        .set({ ...change, epoch: sql`${teams.epoch} + 1` })
        .where(eq(teams.id, id))
        .returning({ epoch: teams.epoch }),
      recordIfAny(db, entry, teams, eq(teams.id, id)),
    ])
    return changed?.epoch
  } catch (error) {
    if (isTaken(error)) return 'taken'
    throw error
  }
}

/**
 * Removes a team and frees its people, all or nothing.
 * @returns false where there is no such team.
 */
export async function removeTeam(d1: D1Database, id: string, entry: AuditEntry): Promise<boolean> {
  const db = openDatabase(d1)
  const [, , removed] = await db.batch([
    recordIfAny(db, entry, teams, eq(teams.id, id)),
    db
      .update(users)
      .set({ team: null, epoch: sql`${users.epoch} + 1` })
      .where(eq(users.team, id)),
    db.delete(teams).where(eq(teams.id, id)).returning({ id: teams.id }),
  ])
  return removed.length > 0
}

/** The epoch of a team; undefined where there is no such team. */
export async function readTeamEpoch(d1: D1Database, id: string): Promise<number | undefined> {
  const [row] = await openDatabase(d1).select({ epoch: teams.epoch }).from(teams).where(eq(teams.id, id))
  return row?.epoch
}

/** Whether a team exists and has room for this person, as part of the statement that adds them. */
export function hasRoom(team: string, userId: string): SQL {
  return sql`(
    EXISTS (SELECT 1 FROM teams WHERE teams.id = ${team})
    AND (SELECT count(*) FROM users AS member WHERE member.team = ${team} AND member.id <> ${userId}) < ${mostMembers}
  )`
}

/**
 * Whether the unique index on names refused a change. Drizzle and D1 wrap the message of SQLite.
 */
function isTaken(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.message.includes('UNIQUE constraint failed: teams.') || isTaken(error.cause)
}

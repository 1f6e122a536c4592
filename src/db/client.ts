/**
 * The one way to D1: a drizzle client on a session that begins at the primary, so that what was
 * just written is read.
 */
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1'

export type Database = DrizzleD1Database

/** A session of D1 itself, for statements that drizzle cannot express. */
export function openSession(d1: D1Database): D1DatabaseSession {
  return d1.withSession('first-primary')
}

/** A client for one request or one unit of work. */
export function openDatabase(d1: D1Database): Database {
  return clientOf(openSession(d1))
}

/** A client on a session that is open. */
export function clientOf(session: D1DatabaseSession): Database {
  // A session has the methods of a database that drizzle uses (prepare and batch); the types do not
  // say so yet.
  return drizzle(session as unknown as D1Database)
}

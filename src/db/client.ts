/** The one way to D1: a drizzle client on a session that begins at the primary, so that what was just written is read. */
import { drizzle, type DrizzleD1Database } from 'drizzle-orm/d1'

export type Database = DrizzleD1Database

/** A client for one request or one unit of work. */
export function openDatabase(d1: D1Database): Database {
  // A session has the methods of a database that drizzle uses (prepare and batch); the types do not say so yet.
  return drizzle(d1.withSession('first-primary') as unknown as D1Database)
}

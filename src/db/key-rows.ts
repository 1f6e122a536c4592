/**
 * The provider row that a key goes with, as SQL. A key names its row's owner since it was entered
 * for it. One from before goes with its owner's row of that id, or else with the hub's; it is never
 * the row of the user who asks.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { keys, providers } from './schema.ts'

/** A key's own row binding, as it is stored, and what the row that it goes with says now. */
export interface KeyRow {
  /** The owner of the row: a user's id, `hub`, or `built-in` where no custom row is meant. */
  rowOwner: string
  /**
   * The base URL and dialect that the key was entered for; null where they are not known or built
   * in.
   */
  baseUrl: string | null
  dialect: string | null
  /** Those of the row now; null where there is no custom row. */
  rowBaseUrl: string | null
  rowDialect: string | null
}

/** The owner of the row that a key goes with. Only for statements that join tables. */
export const rowOwner = sql<string>`coalesce(${keys.rowOwner}, (
  SELECT ${providers.owner} FROM ${providers}
  WHERE ${providers.id} = ${keys.provider} AND ${providers.owner} IN (${keys.owner}, 'hub')
  ORDER BY ${providers.owner} = 'hub' LIMIT 1), 'built-in')`

function ofRow<T>(column: SQLiteColumn): SQL<T | null> {
  return sql<T | null>`(
    SELECT ${column} FROM ${providers}
    WHERE ${providers.id} = ${keys.provider} AND ${providers.owner} = ${rowOwner})`
}

/** What a statement over keys selects for a `KeyRow`. */
export const keyRowColumns = {
  rowOwner,
  baseUrl: keys.baseUrl,
  dialect: keys.dialect,
  rowBaseUrl: ofRow<string>(providers.baseUrl),
  rowDialect: ofRow<string>(providers.dialect),
}

/** When the row was changed last. */
export const rowChangedAt = ofRow<number>(providers.updatedAt)

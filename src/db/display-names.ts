/**
 * What things are called: keys, tokens and people, by the ids that the log and the sums hold. What
 * was removed has no name any more.
 */
import { type SQL, sql } from 'drizzle-orm'
import { openDatabase } from './client.ts'
import type { Whose } from './owner-filter.ts'

/**
 * The names of those among the ids that exist and belong to whoever the question is about. A key's
 * tells what is shown of its secret.
 */
export async function namesOf(
  d1: D1Database,
  whose: Whose,
  ids: Iterable<string>,
): Promise<Record<string, string>> {
  // One parameter however many they are.
  const wanted = JSON.stringify([...new Set(ids)])
  const of = (owner: SQL): SQL => (whose === 'everyone' ? sql`` : sql`AND ${owner} = ${whose.owner}`)
  const rows = await openDatabase(d1).all<{ id: string; name: string }>(sql`
    SELECT keys.id, coalesce(keys.name || ' (' || keys.masked || ')', keys.provider || ' ' || keys.masked) AS name
    FROM json_each(${wanted}) AS wanted CROSS JOIN keys WHERE keys.id = wanted.value ${of(sql`keys.owner`)}
    UNION ALL
    SELECT tokens.id, tokens.name
    FROM json_each(${wanted}) AS wanted CROSS JOIN tokens WHERE tokens.id = wanted.value ${of(sql`tokens.owner`)}
    UNION ALL
    SELECT users.id, coalesce(users.username, users.email)
    FROM json_each(${wanted}) AS wanted CROSS JOIN users WHERE users.id = wanted.value ${of(sql`users.id`)}`)
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]))
}

/**
 * Whose rows a question is about: one owner's, or everyone's, which only administrators may ask.
 */
import { type SQL, sql } from 'drizzle-orm'

export type Whose = { owner: string } | 'everyone'

/**
 * The owners as a table `people` with the column `person`, to be put first in a CROSS JOIN: keys of
 * tables begin with the owner, so that each owner's rows are then a range of the key. Whoever was
 * removed is not among them; `hub` is, for open access.
 */
export function peopleOf(whose: Whose): SQL {
  return whose === 'everyone'
    ? sql`(SELECT id AS person FROM users UNION ALL SELECT 'hub') AS people`
    : sql`(SELECT ${whose.owner} AS person) AS people`
}

/** Whether the database takes changes. */

/**
 * Begins a change that changes nothing and costs no row.
 * @throws where the database is read-only, locked, or does not answer.
 */
export async function isWritable(d1: D1Database): Promise<true> {
  await d1.prepare('UPDATE settings SET value = value WHERE name IS NULL').run()
  return true
}

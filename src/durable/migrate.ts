/**
 * Brings the storage of one Durable Object to its newest schema. The tables themselves are beside
 * each object.
 */

/**
 * Applies what has not been applied yet.
 * @param migrations SQL in the order of its numbers, append-only: what has run somewhere is never
 *   edited.
 */
export function migrateObject(storage: DurableObjectStorage, migrations: readonly string[]): void {
  const { sql } = storage
  sql.exec('CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY)')
  const [row] = sql
    .exec<{ version: number }>('SELECT coalesce(max(version), 0) AS version FROM migrations')
    .toArray()
  const applied = row?.version ?? 0
  for (const [index, statements] of migrations.entries()) {
    const version = index + 1
    if (version <= applied) continue
    storage.transactionSync(() => {
      sql.exec(statements)
      sql.exec('INSERT INTO migrations (version) VALUES (?)', version)
    })
  }
}

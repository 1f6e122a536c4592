/**
 * The storage of a Durable Object, counted as the platform bills it: for the bench and for tests.
 */

/**
 * Reports every row that the object writes from now on: those of each statement, and one for each
 * time the alarm is set.
 */
export function countWrites(storage: DurableObjectStorage, note: (rows: number) => void): void {
  const exec = storage.sql.exec.bind(storage.sql)
  storage.sql.exec = <T extends Record<string, SqlStorageValue>>(query: string, ...bindings: unknown[]) => {
    const cursor = exec<T>(query, ...bindings)
    // Statements that write give no rows: they are over when they return.
    if (/^\s*(INSERT|UPDATE|DELETE)/i.test(query)) note(cursor.rowsWritten)
    return cursor
  }
  const setAlarm = storage.setAlarm.bind(storage)
  storage.setAlarm = (at, options) => {
    note(1)
    return setAlarm(at, options)
  }
}

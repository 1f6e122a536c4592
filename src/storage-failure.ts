/**
 * Which errors say that D1 or a Durable Object cannot be used now, and not that our own code is
 * wrong.
 * https://developers.cloudflare.com/d1/observability/debug-d1/
 * https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
 */

/** What SQLite says of a statement that is wrong, or that a rule of ours refuses. */
const ofStatement = /SQLITE_(?:CONSTRAINT|ERROR|MISMATCH|RANGE|TOOBIG|AUTH)|D1_(?:TYPE_ERROR|COLUMN_NOTFOUND)/
/** A table that is not there: the database is empty, or another one. */
const withoutTables = /no such table/i
const ofStorage =
  /D1_ERROR|D1_EXEC_ERROR|SQLITE_(?:FULL|BUSY|LOCKED|IOERR|READONLY|CORRUPT|NOTADB|CANTOPEN|NOMEM|PROTOCOL)/
/** The platform's own words, without a code. */
const ofPlatform =
  /^(?:Error: )?(?:internal error|network connection lost|durable object|the durable object|cannot resolve D1|D1 DB|too many requests queued|storage operation exceeded|exceeded maximum DB size|database disk image is malformed|disk I\/O error|database is locked|database or disk is full|attempt to write a readonly database|unable to open database|file is not a database|broken\.)/i

/** Whether an error, or what caused it, is a failure of storage. */
export function isStorageFailure(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { message, cause } = error
    // Drizzle says which query failed, with what people sent in it, and its cause says why.
    if (message.startsWith('Failed query:') && cause instanceof Error) {
      return !ofStatement.test(cause.message) || withoutTables.test(cause.message)
    }
    if (withoutTables.test(message)) return true
    if (ofStatement.test(message)) return false
    // Set by the platform on errors of Durable Objects that may pass.
    if ('overloaded' in error && error.overloaded === true) return true
    if ('retryable' in error && error.retryable === true) return true
    if (ofStorage.test(message) || ofPlatform.test(message)) return true
  }
  return false
}

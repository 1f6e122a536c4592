/**
 * The tables inside one user's object. Append-only: a migration that has run somewhere is never
 * edited. See README.md.
 */
import { migrateObject } from '../durable/migrate.ts'

const migrations = [
  `CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE claims (
     name TEXT PRIMARY KEY, body TEXT NOT NULL, ticket TEXT NOT NULL, outcome TEXT NOT NULL, expires_at INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE answers (claim TEXT NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (claim, part)) WITHOUT ROWID;
   CREATE TABLE tokens (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE reservations (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;`,
  `CREATE TABLE transcripts (request TEXT NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (request, part)) WITHOUT ROWID;`,
  // A token is one subject of several, and a reservation may hold from more than one of them.
  `ALTER TABLE tokens RENAME TO allowances;
   UPDATE reservations SET body = json_array(json_object(
     'id', id, 'subjectId', body ->> '$.tokenId',
     'reservedAt', body ->> '$.reservedAt', 'deadlineAt', body ->> '$.deadlineAt',
     'charges', json(body -> '$.charges'), 'money', body ->> '$.money'
   ));`,
  // The shares that running requests hold of a subject are part of its row.
  `ALTER TABLE allowances ADD COLUMN reservations TEXT;`,
]

/** Brings an object's storage to the newest schema. */
export function migrate(storage: DurableObjectStorage): void {
  migrateObject(storage, migrations)
}

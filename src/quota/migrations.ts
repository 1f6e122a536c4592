import { migrateObject } from '../durable/migrate.ts'

/**
 * The tables inside one key pool. Append-only: a migration that has run somewhere is never edited.
 * See README.md.
 */
const migrations = [
  `CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE keys (id TEXT PRIMARY KEY, position INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE epochs (user TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE accounts (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE circuits (model TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE leases (id TEXT PRIMARY KEY, lease TEXT, record TEXT NOT NULL) WITHOUT ROWID;`,
  `CREATE TABLE places (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;`,
  `CREATE TABLE set_aside (id TEXT PRIMARY KEY, at INTEGER NOT NULL, reason TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;`,
  // Open leases and waiting records of an account, as JSON. Rows of `leases` from before live on.
  `ALTER TABLE accounts ADD COLUMN pending TEXT;`,
]

/** Brings a pool's storage to the newest schema. */
export function migrate(storage: DurableObjectStorage): void {
  migrateObject(storage, migrations)
}

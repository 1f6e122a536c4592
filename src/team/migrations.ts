/** The tables inside one team's object. Append-only: a migration that has run is never edited. */
import { migrateObject } from '../durable/migrate.ts'

const migrations = [
  `CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE allowances (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE reservations (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;`,
  `ALTER TABLE allowances ADD COLUMN reservations TEXT;`,
]

/** Brings an object's storage to the newest schema. */
export function migrate(storage: DurableObjectStorage): void {
  migrateObject(storage, migrations)
}

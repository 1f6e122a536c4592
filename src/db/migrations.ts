/** Which migrations this build knows, and how the database differs from that. */

/**
 * The files in `migrations/`, in their order. The build reads the folder: nothing of theirs is in
 * it but the names.
 */
export const migrationNames: readonly string[] = Object.keys(import.meta.glob('../../migrations/*.sql'))
  .map((file) => file.slice(file.lastIndexOf('/') + 1))
  .toSorted()

/** Where the database is not as this build expects it. */
export interface MigrationGap {
  /** Migrations that it has not had. */
  missing: string[]
  /** Migrations that it has had and this build does not know: a newer one has used it. */
  unknown: string[]
}

/** Compares the database with this build. `d1_migrations` is wrangler's own table. */
export async function compareMigrations(d1: D1Database): Promise<MigrationGap> {
  const table = await d1.prepare("SELECT name FROM sqlite_master WHERE name = 'd1_migrations'").first()
  const { results } = table
    ? await d1.prepare('SELECT name FROM d1_migrations').all<{ name: string }>()
    : { results: [] }
  const applied = new Set(results.map(({ name }) => name))
  const known = new Set(migrationNames)
  // Numbers only rise: a name that is older than the newest known one was taken out of the folder.
  const newest = migrationNames.at(-1) ?? ''
  return {
    missing: migrationNames.filter((name) => !applied.has(name)),
    unknown: [...applied].filter((name) => !known.has(name) && name > newest).toSorted(),
  }
}

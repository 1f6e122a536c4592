/** Which migrations this build expects, and which of them the database has not had. */

/** The files in `migrations/`, in their order; a test compares the two. */
export const migrationNames = [
  '0001_init.sql',
  '0002_model_catalogue.sql',
  '0003_kept_responses.sql',
  '0004_unaccounted.sql',
  '0006_token_limits.sql',
  '0007_people.sql',
  '0009_audit_chain.sql',
  '0010_key_origins.sql',
  '0011_usage.sql',
  '0012_transcripts.sql',
  '0013_audit_pending.sql',
  '0014_binding.sql',
  '0015_shares.sql',
  '0016_caps.sql',
  '0017_claimed_usage.sql',
  '0020_reasons.sql',
] as const

/** The names of migrations that are not applied yet. `d1_migrations` is wrangler's own table. */
export async function pendingMigrations(d1: D1Database): Promise<string[]> {
  const table = await d1.prepare("SELECT name FROM sqlite_master WHERE name = 'd1_migrations'").first()
  if (!table) return [...migrationNames]
  const { results } = await d1.prepare('SELECT name FROM d1_migrations').all<{ name: string }>()
  const applied = new Set(results.map((row) => row.name))
  return migrationNames.filter((name) => !applied.has(name))
}

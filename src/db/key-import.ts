/** Many keys at once, in one transaction with few statements. */
import type { AccountRow } from './accounts.ts'
import { type AuditEntry, prepareRecord } from './audit.ts'
import { openDatabase, openSession } from './client.ts'
import { eq, sql } from 'drizzle-orm'
import { keys } from './schema.ts'

type NewKey = typeof keys.$inferInsert

/** What tells whether a key was entered before. */
export async function listFingerprints(
  d1: D1Database,
  owner: string,
): Promise<{ id: string; provider: string; fingerprint: string }[]> {
  return openDatabase(d1)
    .select({ id: keys.id, provider: keys.provider, fingerprint: keys.fingerprint })
    .from(keys)
    .where(eq(keys.owner, owner))
}

const addKeys = `
  INSERT INTO keys
    (owner, id, provider, account_id, name, note, ciphertext, fingerprint, masked, origin, priority, weight, enabled,
     row_owner, base_url, dialect, binding_version, allowed_models, created_at, updated_at)
  SELECT
    value ->> '$.owner', value ->> '$.id', value ->> '$.provider', value ->> '$.accountId',
    value ->> '$.name', value ->> '$.note', value ->> '$.ciphertext', value ->> '$.fingerprint', value ->> '$.masked', value ->> '$.origin',
    value ->> '$.priority', value ->> '$.weight', 1,
    value ->> '$.rowOwner', value ->> '$.baseUrl', value ->> '$.dialect', value ->> '$.bindingVersion',
    -- Text as it stands in the column, where there are any.
    CASE json_type(value, '$.allowedModels') WHEN 'array' THEN value -> '$.allowedModels' END,
    value ->> '$.createdAt', value ->> '$.updatedAt'
  FROM json_each(?1)
  WHERE true
  ON CONFLICT DO NOTHING
  RETURNING id`

// After the keys, and only where there are any: a key that somebody else entered a moment ago
// leaves no account behind.
const addAccounts = `
  INSERT INTO accounts (owner, id, provider, name, shared, created_at, reserve)
  SELECT
    value ->> '$.owner', value ->> '$.id', value ->> '$.provider', value ->> '$.name', value ->> '$.shared',
    value ->> '$.createdAt', NULLIF(value -> '$.reserve', 'null')
  FROM json_each(?1)
  WHERE EXISTS (SELECT 1 FROM keys WHERE owner = value ->> '$.owner' AND account_id = value ->> '$.id')
  ON CONFLICT DO NOTHING`

const raiseEpoch = 'UPDATE users SET epoch = epoch + 1 WHERE id = ?1 RETURNING epoch'

/**
 * Keys of one statement: a bound text may have two megabytes, and a key with its note some
 * thousands of characters.
 */
const keysPerStatement = 200

/**
 * Adds keys with the accounts they are in. A key that was entered in the meantime is left as it is.
 * @param entry to which the ids that were added are put; none is written where there are none.
 * @returns the ids that were added, and the owner's new epoch.
 */
export async function importKeys(
  d1: D1Database,
  owner: string,
  entries: { key: NewKey; account: AccountRow }[],
  entry: Omit<AuditEntry, 'detail'>,
): Promise<{ added: Set<string>; epoch: number }> {
  const parts = Array.from({ length: Math.ceil(entries.length / keysPerStatement) }, (_, index) =>
    entries.slice(index * keysPerStatement, (index + 1) * keysPerStatement),
  )
  const session = openSession(d1)
  const written = recordAdded(session, entry, entries)
  const bind = (statement: string, rows: unknown[]) => session.prepare(statement).bind(JSON.stringify(rows))
  const results = await session.batch<{ id?: string; epoch?: number }>([
    session.prepare(raiseEpoch).bind(owner),
    ...parts.map((part) =>
      bind(
        addKeys,
        part.map(({ key }) => key),
      ),
    ),
    ...parts.map((part) =>
      bind(
        addAccounts,
        part.map(({ account }) => account),
      ),
    ),
    written,
  ])
  const rows = results.flatMap((result) => result.results)
  return {
    added: new Set(rows.flatMap(({ id }) => id ?? [])),
    epoch: rows.find((row) => row.epoch !== undefined)?.epoch ?? 0,
  }
}

/**
 * Only the database knows which of the keys were not there: it writes the entry's detail itself.
 */
function recordAdded(
  session: D1DatabaseSession,
  entry: Omit<AuditEntry, 'detail'>,
  entries: { key: NewKey }[],
): D1PreparedStatement {
  const ids = JSON.stringify(entries.map(({ key }) => key.id))
  const added = sql`FROM json_each(${ids}) AS asked JOIN keys
    ON keys.owner = ${entries[0]?.key.owner ?? ''} AND keys.id = asked.value`
  const detail = sql<string>`(SELECT json_object('keys', json_group_array(keys.id)) ${added})`
  return prepareRecord(session, { ...entry, detail }, sql`EXISTS (SELECT 1 ${added})`)
}

/** The header values of custom providers, as whoever seals them again asks for them. */
import { and, eq, gt, isNotNull, isNull, or, sql } from 'drizzle-orm'
import { type AuditEntry, record } from './audit.ts'
import { openDatabase } from './client.ts'
import { providers } from './schema.ts'
import type { Place } from './ciphertexts.ts'

/** What is stored of a row's headers, with what they are bound to. */
export interface StoredHeaders extends Place {
  baseUrl: string
  headers: Record<string, string> | null
  sealedHeaders: string | null
}

const columns = {
  owner: providers.owner,
  id: providers.id,
  baseUrl: providers.baseUrl,
  headers: providers.headers,
  sealedHeaders: providers.sealedHeaders,
}

function isOlder(current: string) {
  const prefix = `${current}.`
  const otherKey = sql`substr(${providers.sealedHeaders}, 1, ${prefix.length}) <> ${prefix}`
  return and(isNotNull(providers.sealedHeaders), otherKey)
}

/**
 * Rows whose headers another master key than `current` sealed, in order from the one after `after`.
 */
export async function listOlderHeaders(
  d1: D1Database,
  current: string,
  after: Place | undefined,
  limit: number,
): Promise<StoredHeaders[]> {
  const follows =
    after &&
    or(gt(providers.owner, after.owner), and(eq(providers.owner, after.owner), gt(providers.id, after.id)))
  return openDatabase(d1)
    .select(columns)
    .from(providers)
    .where(and(isOlder(current), follows))
    .orderBy(providers.owner, providers.id)
    .limit(limit)
}

/** Rows that hold headers in the clear, from before they were sealed. */
export async function listHeadersToSeal(d1: D1Database, limit: number): Promise<StoredHeaders[]> {
  return openDatabase(d1)
    .select(columns)
    .from(providers)
    .where(and(isNotNull(providers.headers), isNull(providers.sealedHeaders)))
    .limit(limit)
}

/** How many rows have headers that another master key than `current` sealed. */
export function countOlderHeaders(d1: D1Database, current: string): Promise<number> {
  return openDatabase(d1).$count(providers, isOlder(current))
}

/** A row's headers as they were read, and as they are to be stored. */
export interface ResealedHeaders {
  before: StoredHeaders
  fresh: { headerNames: string[] | null; sealedHeaders: string | null; headers: null }
}

/**
 * Puts sealed headers in the place of what was read, each only where that is still there.
 *
 * @param entry to which their number is put; absent for what no person asked for.
 * @returns how many were replaced.
 */
export async function replaceHeaders(
  d1: D1Database,
  resealed: ResealedHeaders[],
  entry?: Omit<AuditEntry, 'detail'>,
): Promise<number> {
  const [first, ...others] = resealed
  if (!first) return 0
  const db = openDatabase(d1)
  const replace = (one: ResealedHeaders) => db.update(providers).set(one.fresh).where(isUnchanged(one.before))
  const detail = { keys: 0, responses: 0, providers: resealed.length }
  const fresh = JSON.stringify(resealed.map((one) => one.fresh.sealedHeaders))
  const isAny = sql`EXISTS (SELECT 1 FROM providers WHERE sealed_headers IN (SELECT value FROM json_each(${fresh})))`
  const replaced = await db.batch([
    replace(first),
    ...others.map(replace),
    ...(entry ? [record(db, { ...entry, detail }, isAny)] : []),
  ])
  return replaced.slice(0, resealed.length).reduce((sum, { meta }) => sum + meta.changes, 0)
}

function isUnchanged({ owner, id, baseUrl, headers, sealedHeaders }: StoredHeaders) {
  const isSame =
    sealedHeaders === null
      ? and(isNull(providers.sealedHeaders), sql`${providers.headers} = ${JSON.stringify(headers)}`)
      : eq(providers.sealedHeaders, sealedHeaders)
  return and(eq(providers.owner, owner), eq(providers.id, id), eq(providers.baseUrl, baseUrl), isSame)
}

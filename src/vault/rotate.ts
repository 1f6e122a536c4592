/**
 * The rotation of the master key: everything that is stored sealed is opened with whichever key of
 * the ring sealed it, and sealed with the newest. It goes in batches while the hub serves. A row is
 * replaced only if it is still what was read, so that neither a person's change nor another
 * rotation is lost, and a batch that breaks off has done what it has done: what is left is known by
 * its ciphertext.
 */
import { openText, requireKeyRing, SealError, sealText } from './vault.ts'
import type { AuditEntry } from '../db/audit.ts'
import {
  listHeadersToSeal,
  listOlderHeaders,
  replaceHeaders,
  type ResealedHeaders,
  type StoredHeaders,
} from '../db/sealed-headers.ts'
import {
  listOlderKeys,
  listOlderResponses,
  listUnboundKeys,
  type Place,
  replaceKeys,
  replaceResponses,
  type ResealedResponse,
  type SealedKey,
} from '../db/ciphertexts.ts'
import type { Env } from '../env.ts'
import { responseContext } from '../gateway/stored-responses.ts'
import { openHeaders, sealHeaders } from '../gateway/provider-row.ts'
import { resealKey } from './rotate-key.ts'

/** Where a rotation goes on: what is walked, and the row it came to. */
export interface Position {
  table: 'keys' | 'providers' | 'responses'
  after?: Place | undefined
}

/**
 * Something that could not be sealed anew, and why: its master key is not in the ring, or it was
 * altered.
 */
export interface Stuck extends Place {
  what: 'key' | 'headers' | 'response'
  problem: SealError['problem']
}

export interface Batch {
  keys: number
  /** Providers whose header values were sealed. */
  providers: number
  responses: number
  stuck: Stuck[]
  /** The pools whose copies of keys are now old. */
  pools: { owner: string; provider: string }[]
  /** Absent where everything was walked. */
  next?: Position
}

/** Conversations may be large: this many are in memory at once. */
const responsesAtOnce = 5

/** Seals up to `limit` things anew, from a position on. */
export async function resealBatch(
  env: Env,
  position: Position,
  limit: number,
  entry: Omit<AuditEntry, 'detail'>,
): Promise<Batch> {
  switch (position.table) {
    case 'keys':
      return resealKeys(env, position.after, limit, entry)
    case 'providers':
      return resealProviders(env, position.after, limit, entry)
    case 'responses':
      return resealResponses(env, position.after, Math.min(limit, responsesAtOnce), entry)
  }
}

/** As many stored things as one run of the daily task seals. */
const mostADay = 2_000
const page = 100

/**
 * Binds to their rows the keys that an older version sealed, and seals header values that it stored
 * in the clear. Runs daily: until then such keys open by their origin, for the row that they go
 * with, and such headers are used as they are.
 */
export async function sealWhatIsOld(env: Env): Promise<void> {
  let after: Place | undefined
  for (let done = 0; done < mostADay; done += page) {
    const rows = await listUnboundKeys(env.DB, after, page)
    const results = await Promise.all(rows.map((row) => resealKey(env, row)))
    await replaceKeys(
      env.DB,
      results.filter((result) => 'ciphertext' in result),
    )
    after = placeOf(rows.at(-1))
    if (rows.length < page) break
  }
  await sealProviders(env, await listHeadersToSeal(env.DB, mostADay))
}

async function resealKeys(
  env: Env,
  after: Place | undefined,
  limit: number,
  entry: Omit<AuditEntry, 'detail'>,
): Promise<Batch> {
  const [current] = requireKeyRing(env)
  const rows = await listOlderKeys(env.DB, current.id, after, limit)
  const results = await Promise.all(rows.map((row) => resealKey(env, row)))
  const fresh = results.filter((result) => 'ciphertext' in result)
  return {
    keys: await replaceKeys(env.DB, fresh, entry),
    providers: 0,
    responses: 0,
    stuck: results.filter((result) => 'problem' in result),
    pools: poolsOf(rows),
    next: rows.length < limit ? { table: 'providers' } : { table: 'keys', after: placeOf(rows.at(-1)) },
  }
}

async function resealProviders(
  env: Env,
  after: Place | undefined,
  limit: number,
  entry: Omit<AuditEntry, 'detail'>,
): Promise<Batch> {
  const [current] = requireKeyRing(env)
  const rows = await listOlderHeaders(env.DB, current.id, after, limit)
  const next: Position =
    rows.length < limit ? { table: 'responses' } : { table: 'providers', after: placeOf(rows.at(-1)) }
  return { keys: 0, responses: 0, pools: [], ...(await sealProviders(env, rows, entry)), next }
}

async function sealProviders(
  env: Env,
  rows: StoredHeaders[],
  entry?: Omit<AuditEntry, 'detail'>,
): Promise<Pick<Batch, 'providers' | 'stuck'>> {
  const stuck: Stuck[] = []
  const resealed: ResealedHeaders[] = []
  for (const row of rows) {
    try {
      const fresh = await sealHeaders(env, row, await openHeaders(env, row, row))
      resealed.push({ before: row, fresh })
    } catch (error) {
      if (!(error instanceof SealError)) throw error
      stuck.push({ what: 'headers', owner: row.owner, id: row.id, problem: error.problem })
    }
  }
  return { providers: await replaceHeaders(env.DB, resealed, entry), stuck }
}

async function resealResponses(
  env: Env,
  after: Place | undefined,
  limit: number,
  entry: Omit<AuditEntry, 'detail'>,
): Promise<Batch> {
  const [current] = requireKeyRing(env)
  const rows = await listOlderResponses(env.DB, current.id, after, limit)
  const batch: Batch = { keys: 0, providers: 0, responses: 0, stuck: [], pools: [] }
  const resealed: ResealedResponse[] = []
  for (const { owner, id, items } of rows) {
    const bound = responseContext(owner, id)
    try {
      const fresh = await sealText(env, await openText(env, items, bound), bound)
      resealed.push({ owner, id, before: items, items: fresh })
    } catch (error) {
      if (!(error instanceof SealError)) throw error
      batch.stuck.push({ what: 'response', owner, id, problem: error.problem })
    }
  }
  batch.responses = await replaceResponses(env.DB, resealed, entry)
  return rows.length < limit ? batch : { ...batch, next: { table: 'responses', after: placeOf(rows.at(-1)) } }
}

function placeOf(row: Place | undefined): Place | undefined {
  return row && { owner: row.owner, id: row.id }
}

function poolsOf(rows: SealedKey[]): Batch['pools'] {
  const pools = rows.map(({ owner, provider, shared }) => ({ owner: shared ? 'hub' : owner, provider }))
  return [...new Map(pools.map((pool) => [`${pool.owner}/${pool.provider}`, pool])).values()]
}

/**
 * The rotation of the master key: everything that is stored sealed is opened with whichever key of the ring sealed it, and sealed
 * with the newest. It goes in batches while the hub serves. A row is replaced only if it is still what was read, so that neither a
 * person's change nor another rotation is lost, and a batch that breaks off has done what it has done: what is left is known by
 * its ciphertext.
 */
import {
  fingerprintSecret,
  openSecret,
  openText,
  requireKeyRing,
  SealError,
  sealSecret,
  sealText,
} from '../auth/vault.ts'
import type { AuditEntry } from '../db/audit.ts'
import {
  listOlderKeys,
  listOlderResponses,
  type Place,
  replaceKeys,
  replaceResponses,
  type ResealedKey,
  type ResealedResponse,
  type SealedKey,
} from '../db/sealed.ts'
import type { Env } from '../env.ts'
import { originOf } from '../providers/auth.ts'
import { findProvider } from '../providers/registry.ts'
import { responseContext } from './conversation.ts'

/** Where a rotation goes on: what is walked, and the row it came to. */
export interface Position {
  table: 'keys' | 'responses'
  after?: Place | undefined
}

/** Something that could not be sealed anew, and why: its master key is not in the ring, or it was altered. */
export interface Stuck extends Place {
  what: 'key' | 'response'
  problem: SealError['problem']
}

export interface Batch {
  keys: number
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
  return position.table === 'keys'
    ? resealKeys(env, position.after, limit, entry)
    : resealResponses(env, position.after, Math.min(limit, responsesAtOnce), entry)
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
    responses: 0,
    stuck: results.filter((result) => 'problem' in result),
    pools: poolsOf(rows),
    next: rows.length < limit ? { table: 'responses' } : { table: 'keys', after: placeOf(rows.at(-1)) },
  }
}

async function resealKey(env: Env, row: SealedKey): Promise<ResealedKey | Stuck> {
  const { owner, id, provider, ciphertext } = row
  const origin = originOfRow(row)
  const context = { owner, provider, origin, keyId: id }
  try {
    const secret = await openSecret(env, ciphertext, context)
    return {
      owner,
      id,
      before: ciphertext,
      ciphertext: await sealSecret(env, secret, context),
      fingerprint: await fingerprintSecret(env, secret),
      origin,
    }
  } catch (error) {
    if (error instanceof SealError) return { what: 'key', owner, id, problem: error.problem }
    throw error
  }
}

/** What a key's ciphertext is bound to: what is stored with it, or else what its provider's row says. */
function originOfRow({ origin, provider, baseUrl }: SealedKey): string {
  if (origin !== null) return origin
  if (baseUrl !== null) return new URL(baseUrl).origin
  const builtIn = findProvider(provider)
  // A key whose provider is gone opens nowhere.
  return builtIn ? originOf(builtIn.provider) : ''
}

async function resealResponses(
  env: Env,
  after: Place | undefined,
  limit: number,
  entry: Omit<AuditEntry, 'detail'>,
): Promise<Batch> {
  const [current] = requireKeyRing(env)
  const rows = await listOlderResponses(env.DB, current.id, after, limit)
  const batch: Batch = { keys: 0, responses: 0, stuck: [], pools: [] }
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

/** What becomes of a custom provider's headers and keys when its row is changed. */
import type { AuditEntry } from '../db/audit.ts'
import { moveProviderToHub, type ProviderChanges, type StoredProvider } from '../db/routing.ts'
import { listKeysOfRow } from '../db/sealed.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { type HeaderColumns, openHeaders, sealHeaders } from '../gateway/provider-row.ts'
import { resealKey } from '../gateway/reseal-key.ts'
import { headerNamesOf } from './provider-shapes.ts'

/**
 * The headers of a row after a change: those that were entered with it, else those from before.
 * Their values are for one base URL, as keys are: at another one, even of the same origin, they are
 * dropped.
 *
 * @param entered undefined where the change leaves headers alone.
 */
export async function headersAfter(
  env: Env,
  row: StoredProvider,
  baseUrl: string,
  entered: Record<string, string> | undefined,
): Promise<{ columns: Partial<HeaderColumns>; dropped: string[] }> {
  const place = { ...row, baseUrl }
  if (entered) return { columns: await sealHeaders(env, place, entered), dropped: [] }
  const names = headerNamesOf(row)
  if (names.length === 0) return { columns: {}, dropped: [] }
  if (baseUrl !== row.baseUrl) return { columns: await sealHeaders(env, place, undefined), dropped: names }
  // Values in the clear are from before they were sealed.
  const columns = row.sealedHeaders === null ? await sealHeaders(env, place, row.headers ?? {}) : {}
  return { columns, dropped: [] }
}

/**
 * Makes a person's own row the hub's. The keys that they entered for it go with it; a key that was held
 * back stays held back.
 *
 * @param row the row as it is after the change.
 * @returns the person's new epoch.
 * @throws {HubError} CONFLICT where the hub has a provider of that id.
 */
export async function moveToHub(
  env: Env,
  row: StoredProvider,
  changes: ProviderChanges & { row: NonNullable<ProviderChanges['row']> },
  entry: AuditEntry,
): Promise<number> {
  const { id, owner, baseUrl, dialect } = row
  const keys = await listKeysOfRow(env.DB, owner, id)
  const here = keys.filter((key) => key.baseUrl === baseUrl && key.dialect === dialect)
  const resealed = await Promise.all(
    here.map((key) => resealKey(env, key, { owner: 'hub', baseUrl, dialect })),
  )
  const headers = await sealHeaders(env, { owner: 'hub', id, baseUrl }, await openHeaders(env, row, row))
  const epoch = await moveProviderToHub(
    env.DB,
    { ...changes, row: { owner, id, change: { ...changes.row.change, ...headers } } },
    resealed.filter((result) => 'ciphertext' in result),
    entry.actor,
    entry,
  )
  if (epoch !== undefined) return epoch
  throw hasOneAlready(id)
}

/** The error where the hub has a provider of an id that a person's own row would take. */
export function hasOneAlready(id: string): HubError {
  return new HubError('CONFLICT', `The hub has a provider "${id}" already.`, { param: 'scope' })
}

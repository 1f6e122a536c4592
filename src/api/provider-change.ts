/** What a custom provider's row becomes when it is made or changed, with its headers and keys. */
import type { DialectId } from '../domain/dialects.ts'
import type { Caller } from '../auth/caller.ts'
import type { ModelFacts } from '../chat/model.ts'
import type { AuditEntry } from '../db/audit.ts'
import { toCustomProvider } from '../db/configuration.ts'
import { moveProviderToHub, type ProviderChanges, type StoredProvider } from '../db/routes-and-providers.ts'
import { listKeysOfRow } from '../db/ciphertexts.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { type KnownProvider, toKnown } from '../gateway/provider-directory.ts'
import { type HeaderColumns, openHeaders, sealHeaders } from '../gateway/provider-row.ts'
import { resealKey } from '../vault/rotate-key.ts'
import { addressRulesFor, checkBaseUrl } from '../http/safe-fetch.ts'
import { withoutEndpoint } from '../providers/base-url.ts'
import { headerNamesOf } from './schemas/provider.ts'
import { withoutUndefined } from './schemas/common.ts'

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
 * Makes a person's own row the hub's. The keys that they entered for it go with it; a key that was
 * held back stays held back.
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
  return new HubError('CONFLICT', `The hub already has a provider "${id}".`, { param: 'scope' })
}

/**
 * Further dialects of a row, each at a base URL of the row's own origin: its keys and headers were
 * entered for that one.
 *
 * @throws {HubError} VALIDATION_ERROR naming `dialects`.
 */
export async function checkDialects(
  env: Env,
  { configuration }: Caller,
  baseUrl: string,
  dialects: Partial<Record<DialectId, string | undefined>> | undefined,
): Promise<StoredProvider['dialects']> {
  const rules = addressRulesFor(env, configuration.user)
  const checked: Partial<Record<DialectId, string>> = {}
  for (const [name, entered] of Object.entries(dialects ?? {})) {
    // The shape of the body names no other dialects.
    const dialect = name as DialectId
    const url = await checkBaseUrl(withoutEndpoint(entered ?? '', dialect), 'dialects', rules)
    if (new URL(url).origin !== new URL(baseUrl).origin)
      throw new HubError(
        'VALIDATION_ERROR',
        `"dialects" must have the same scheme, host and port as "baseUrl": ${dialect} does not.`,
        { param: 'dialects' },
      )
    checked[dialect] = url
  }
  return Object.keys(checked).length > 0 ? checked : null
}

/** A row as its keys are entered for it. */
export function knownRow({ configuration }: Caller, row: StoredProvider): KnownProvider {
  return toKnown(toCustomProvider({ row, role: configuration.user.role }))
}

/** What a person entered of models, as it is stored; null where that is nothing. */
export function withoutUndefinedFacts(
  details: Readonly<Record<string, { [K in keyof ModelFacts]?: ModelFacts[K] | undefined }>> | undefined,
): Record<string, ModelFacts> | null {
  const entries = Object.entries(details ?? {})
  if (entries.length === 0) return null
  return Object.fromEntries(entries.map(([model, facts]) => [model, withoutUndefined(facts)]))
}

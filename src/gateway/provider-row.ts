/**
 * The row behind a provider: whose it is, which decides the keys that may go there, and the headers
 * that go along, sealed for that row and its base URL.
 */
import { auditIfAltered } from '../vault/tamper-audit.ts'
import { openText, SealError, sealText } from '../vault/vault.ts'
import type { Env } from '../env.ts'
import type { Fault } from '../errors.ts'
import type { RowBinding } from '../providers/provider.ts'

/** What is known of a row beyond the provider that it describes. */
export interface ProviderRow {
  /** The binding of keys that go with it. */
  binding: RowBinding
  /**
   * The headers of every call: sealed, or in the clear where the row is from before they were
   * sealed.
   */
  headers: { sealed: string } | { clear: Readonly<Record<string, string>> }
  /** Whether it may have a private address, where the deployment allows any. */
  byAdmin: boolean
}

/** The row of every built-in provider. Its address and headers come with the release. */
export const builtInRow: ProviderRow = {
  binding: { owner: 'built-in', baseUrl: null, dialect: null },
  headers: { clear: {} },
  byAdmin: true,
}

/**
 * Whether a row is a person's own. They pay for what is called there, and its prices are theirs to
 * enter.
 */
export function isOwnRow({ binding }: Pick<ProviderRow, 'binding'>, userId: string): boolean {
  return binding.owner === userId
}

/** The columns of a custom row that hold its headers. */
export interface HeaderColumns {
  headerNames: string[] | null
  sealedHeaders: string | null
  /** In the clear, by an older version. Never written. */
  headers: null
}

/** Names a custom row, and where it is now. */
interface Place {
  owner: string
  id: string
  baseUrl: string
}

/** The headers of a custom row as they are stored. */
export async function sealHeaders(
  env: Env,
  place: Place,
  headers: Readonly<Record<string, string>> | undefined,
): Promise<HeaderColumns> {
  const headerNames = Object.keys(headers ?? {})
  if (headerNames.length === 0) return { headerNames: null, sealedHeaders: null, headers: null }
  const sealedHeaders = await sealText(env, JSON.stringify(headers), headerContext(place))
  return { headerNames, sealedHeaders, headers: null }
}

/**
 * The headers of a custom row in the clear.
 * @throws {SealError} where they do not open: they were altered, or sealed for another row or base
 *   URL.
 */
export async function openHeaders(
  env: Env,
  place: Place,
  { headers, sealedHeaders }: { headers: Record<string, string> | null; sealedHeaders: string | null },
): Promise<Record<string, string>> {
  if (sealedHeaders === null) return headers ?? {}
  // An older version bound them to the origin alone. A change or a rotation seals them for the base
  // URL.
  const text = await openText(env, sealedHeaders, headerContext(place)).catch((error: unknown) =>
    openText(env, sealedHeaders, originContext(place)).catch(() => Promise.reject(error)),
  )
  // Only `sealHeaders` writes what is sealed here.
  return JSON.parse(text) as Record<string, string>
}

/** The headers for one call to a row; or the fault where they are not to be had. */
export async function headersForCall(
  env: Env,
  id: string,
  { binding, headers }: ProviderRow,
): Promise<{ headers: Readonly<Record<string, string>> } | { fault: Fault }> {
  if ('clear' in headers) return { headers: headers.clear }
  const { owner, baseUrl } = binding
  try {
    const place = { owner, id, baseUrl: baseUrl ?? '' }
    return { headers: await openHeaders(env, place, { headers: null, sealedHeaders: headers.sealed }) }
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    await auditIfAltered(env.DB, error, { what: 'headers', owner, id }, Date.now())
    const message = 'The stored headers of this provider could not be decrypted. Enter them again.'
    return { fault: { blame: 'unknown', verdict: 'headers-not-openable', message } }
  }
}

/** Headers are for one row at one base URL: they do not follow it to another, as keys do not. */
function headerContext({ owner, id, baseUrl }: Place): string[] {
  return ['provider', 'headers', owner, id, 'base-url', baseUrl]
}

function originContext({ owner, id, baseUrl }: Place): string[] {
  return ['provider', 'headers', owner, id, new URL(baseUrl).origin]
}

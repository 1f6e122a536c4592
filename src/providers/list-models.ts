/**
 * Asks a provider which models it has, with the caller's key. The key goes to the host on the
 * provider's row, and nowhere else.
 */
import type { DialectId } from '../domain/dialects.ts'
import type { Json } from '../chat/json.ts'
import { isJsonObject } from '../chat/json.ts'
import { maxModelName, type ModelFacts } from '../chat/model.ts'
import { readError } from '../dialects/provider-error.ts'
import { parseJson } from '../dialects/json-read.ts'
import { HubError } from '../errors.ts'
import { readBeginning } from '../http/bounded-reader.ts'
import { addressFor, authHeaders } from './auth.ts'
import { listedFacts } from './listed-facts.ts'
import type { Provider } from './provider.ts'
import { redact } from './redact.ts'

const patienceMs = 15_000
/** The longest lists have some hundreds of models, and a thousand bytes for each. */
const maxBytes = 8 * 1024 * 1024
const maxModels = 5_000

/** Models as a provider lists them, in its order, with what its list says of each. */
export type ListedModels = Record<string, ModelFacts>

/** A provider's answer to the question. */
export type ModelList =
  | { type: 'models'; models: ListedModels }
  /** The key was refused; another one may not be. */
  | { type: 'refused'; error: HubError }

/** How an address is called: what a user supplied is looked at before. */
export type Send = (url: string, init: RequestInit) => Promise<Response>

/**
 * A provider's models, as it lists them to this key.
 * @throws {HubError} PROVIDER_ERROR or PROVIDER_TIMEOUT in the provider's own words, without the
 *   key.
 */
export async function askForModels(
  provider: Provider,
  { secret, headers }: { secret: string; headers: Readonly<Record<string, string>> },
  send: Send,
): Promise<ModelList> {
  const call = callFor(provider, secret)
  let status: number
  let text: string | undefined
  try {
    const response = await send(call.url, {
      headers: { accept: 'application/json', ...provider.headers, ...headers, ...call.headers },
      // A key must not follow a provider's redirect to another host.
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    })
    status = response.status
    const { text: beginning, isCut } = await readBeginning(response, maxBytes)
    text = isCut ? undefined : beginning
  } catch (thrown) {
    throw unreachable(provider, thrown)
  }
  if (status < 200 || status >= 300) {
    const words = redact(readError(text ?? '').message, [secret, ...Object.values(headers)])
    const error = new HubError('PROVIDER_ERROR', `${provider.name} answered ${status}: ${words}`)
    if (status === 401 || status === 403) return { type: 'refused', error }
    throw error
  }
  const models = text === undefined ? undefined : readModelList(text)
  if (!models)
    throw new HubError(
      'PROVIDER_ERROR',
      `${provider.name} returned an unexpected response for its model list.`,
    )
  return { type: 'models', models }
}

function callFor(
  provider: Provider,
  secret: string,
): { url: string; headers: Record<string, string>; secret: string } {
  // A row has at least one dialect, and the first is its own.
  const dialect = Object.keys(provider.dialects)[0] as DialectId
  const row =
    provider.modelsUrl === undefined ? provider : { ...provider, dialects: { [dialect]: provider.modelsUrl } }
  const address = addressFor(row, dialect, secret)
  return {
    url: provider.modelsUrl === undefined ? `${address.baseUrl}/models${pageOf(dialect)}` : address.baseUrl,
    headers: authHeaders(provider, dialect, address.secret),
    secret,
  }
}

/** Those that list page by page are asked for the longest one. */
function pageOf(dialect: DialectId): string {
  switch (dialect) {
    case 'anthropic':
      return '?limit=1000'
    case 'gemini':
      return '?pageSize=1000'
    default:
      return ''
  }
}

/**
 * The models in a list: `data` (OpenAI and most), `models` (Gemini, Cohere), `result` (Cloudflare),
 * or the list itself (Together, GitHub). Each once, in their order; undefined where it is none.
 */
export function readModelList(text: string): ListedModels | undefined {
  const body = parseJson(text)
  const list = isJsonObject(body) ? (body.data ?? body.models ?? body.result) : body
  if (!Array.isArray(list)) return undefined
  const models = new Map<string, ModelFacts>()
  for (const entry of list) {
    const id = idOf(entry)
    if (id === undefined || id.length > maxModelName || models.size >= maxModels) continue
    if (!models.has(id)) models.set(id, isJsonObject(entry) ? listedFacts(entry) : {})
  }
  return Object.fromEntries(models)
}

/** Cloudflare's ids are of its own database; what a call names is the name. */
const databaseId = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

function idOf(entry: Json): string | undefined {
  if (typeof entry === 'string') return entry
  if (!isJsonObject(entry)) return undefined
  const { id, name } = entry
  const called = typeof id === 'string' && !databaseId.test(id) ? id : name
  // Gemini's names are those of its addresses.
  return typeof called === 'string' ? called.replace(/^models\//, '') : undefined
}

function unreachable(provider: Provider, thrown: unknown): HubError {
  if (thrown instanceof Error && thrown.name === 'TimeoutError') {
    return new HubError(
      'PROVIDER_TIMEOUT',
      `${provider.name} did not answer within ${patienceMs / 1000} seconds.`,
    )
  }
  return new HubError('PROVIDER_ERROR', `${provider.name} could not be reached.`, { cause: thrown })
}

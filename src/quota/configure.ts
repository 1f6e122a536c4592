/**
 * From what is stored to what a pool works with: windows of each account, and the keys that nobody
 * entered. Pure.
 */
import { type Limit, usualResets } from '../domain/limits.ts'
import type { StoredKey, StoredPool } from '../db/pools.ts'
import { environmentKeyId, environmentVariable, findProvider } from '../providers/registry.ts'
import type { Calendar } from '../providers/calendar.ts'
import type { RowBinding } from '../providers/provider.ts'
import { toCounted, toShown } from './amounts.ts'
import type { KeySecret } from './rpc.ts'
import type { Configuration, PoolKey } from './pool-state.ts'
import type { SharedAccount } from './shares.ts'
import { defaultStrategy } from './strategies.ts'
import { windowName, type WindowRule } from './windows.ts'

/** Counted for every account, whether limited or not. */
const countedWindows = [
  { unit: 'requests', per: 'minute' },
  { unit: 'requests', per: 'day' },
  { unit: 'tokens', per: 'minute' },
  { unit: 'tokens', per: 'day' },
] as const

/** What a pool reads of the Worker's environment. */
interface Variables {
  KEY_SELECTION_STRATEGY?: string
  /** `{PROVIDER}_API_KEY` among them. */
  [name: string]: unknown
}

/** The configuration of the pool `<owner>/<provider>`. */
export function configure(
  pool: { owner: string; provider: string },
  stored: Pick<StoredPool, 'strategy' | 'keys'>,
  env: Variables,
): Configuration {
  const calendar = calendarOf(pool.provider)
  const storedKeys = stored.keys.map((key) => toPoolKey(key, pool))
  const keys = storedKeys.length > 0 ? storedKeys : implicitKeys(pool, env)
  const limits = Map.groupBy(stored.keys, accountName)
  const rules = new Map(
    keys.map(({ account }) => [account, toRules(limits.get(account)?.flatMap(limitsOf) ?? [], calendar)]),
  )
  return {
    strategy: stored.strategy ?? env.KEY_SELECTION_STRATEGY ?? defaultStrategy,
    keys,
    rules,
  }
}

/** By which calendar a provider counts its days and months, as far as its row says. */
export function calendarOf(provider: string): Calendar {
  return findProvider(provider)?.provider.resets ?? {}
}

/** Accounts are named by their owners, and the hub's pool holds those of many. */
function accountName(key: StoredKey): string {
  return `${key.owner}/${key.accountId}`
}

function toPoolKey(key: StoredKey, pool: { owner: string; provider: string }): PoolKey {
  const {
    id,
    enabled,
    priority,
    weight,
    allowedModels,
    defaultModel,
    maxConcurrent,
    free,
    owner,
    ciphertext,
    rowOwner,
  } = key
  const secret: KeySecret =
    pool.provider === 'sandbox' ? { type: 'none' } : { type: 'sealed', owner, ciphertext }
  const boundTo = bindingOf(key)
  return {
    id,
    enabled,
    priority,
    weight,
    allowedModels,
    defaultModel,
    maxConcurrent,
    free,
    account: accountName(key),
    row: rowOwner,
    secret,
    ...(boundTo && { boundTo }),
    mark: `v${key.secretVersion}`,
    ...(pool.owner === 'hub' && { shared: { owner, ...reserveOf(key) } }),
    ...(isMoved(key) && { movedAt: key.providerChangedAt ?? 0 }),
  }
}

/**
 * What the owner of a key's account keeps. A copy from before there were reserves lacks the field.
 */
function reserveOf({ reserve = null }: Partial<Pick<StoredKey, 'reserve'>>): Pick<SharedAccount, 'reserve'> {
  if (reserve === null) return {}
  const isPercentage = typeof reserve === 'string'
  return { reserve: isPercentage ? { percent: Number.parseFloat(reserve) } : { requests: reserve } }
}

/** The row that a key was entered for; undefined where only its origin is known. */
function bindingOf({ rowOwner, baseUrl, dialect }: StoredKey): RowBinding | undefined {
  if (rowOwner === 'built-in') return { owner: rowOwner, baseUrl: null, dialect: null }
  return baseUrl === null ? undefined : { owner: rowOwner, baseUrl, dialect }
}

/** Whether the provider's row is no longer the one that the key was entered for. */
function isMoved({ rowOwner, origin, baseUrl, dialect, rowBaseUrl, rowDialect }: StoredKey): boolean {
  if (rowOwner === 'built-in') return false
  if (rowBaseUrl === null) return true
  if (baseUrl === null) return origin !== null && origin !== new URL(rowBaseUrl).origin
  return baseUrl !== rowBaseUrl || dialect !== rowDialect
}

/**
 * Where nobody entered a key: the deployment's own for the hub's pool, and the sandbox, which needs
 * none.
 */
function implicitKeys({ owner, provider }: { owner: string; provider: string }, env: Variables): PoolKey[] {
  if (provider === 'sandbox') return [implicitKey('sandbox', { type: 'none' }, '')]
  const variable = environmentVariable(provider)
  const value = env[variable]
  if (owner !== 'hub' || typeof value !== 'string' || value === '') return []
  const key = implicitKey(environmentKeyId(provider), { type: 'environment', variable }, markOf(value))
  return [{ ...key, shared: {} }]
}

function implicitKey(id: string, secret: KeySecret, mark: string): PoolKey {
  return {
    id,
    account: id,
    row: 'built-in',
    secret,
    mark,
    enabled: true,
    priority: 1,
    weight: 1,
    allowedModels: null,
    defaultModel: null,
    maxConcurrent: null,
    free: false,
  }
}

/**
 * 32 bits of FNV-1a: enough to see that a secret was replaced, far too little to say what it is.
 */
function markOf(secret: string): string {
  let hash = 0x811c9dc5
  for (const character of secret) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return (hash >>> 0).toString(16)
}

/**
 * A limit that was entered on a key counts for its account, unless it is said to be the key's own.
 */
function limitsOf(key: StoredKey): (Limit & { key?: string })[] {
  return (key.limits ?? []).map((limit) => (limit.scope === 'key' ? { ...limit, key: key.id } : limit))
}

/** The windows of an account: of several limits on the same thing the tightest. */
function toRules(limits: (Limit & { key?: string })[], calendar: Calendar): WindowRule[] {
  const defaults = { ...usualResets, ...calendar }
  const rules = new Map<string, WindowRule>()
  for (const counted of countedWindows) {
    rules.set(windowName(counted), { ...counted, resets: defaults[counted.per] })
  }
  for (const { unit, per, limit, model, key, resets } of limits) {
    const rule: WindowRule = { unit, per, resets: resets ?? defaults[per], limit: toCounted(unit, limit) }
    if (model !== undefined) rule.model = model
    if (key !== undefined) rule.key = key
    const other = rules.get(windowName(rule))
    if (other?.limit === undefined || limit < toShown(unit, other.limit)) rules.set(windowName(rule), rule)
  }
  return [...rules.values()]
}

/**
 * Needs, settlements and stored keys for tests of the key pool, each with as little said as the
 * test is about.
 */
import type { Limit } from '../../src/domain/limits.ts'
import type { Usage } from '../../src/chat/events.ts'
import type { Fault } from '../../src/errors.ts'
import type { RequestRecord } from '../../src/observe/record.ts'
import type { Need } from '../../src/quota/rpc.ts'

export function makeRecord(change: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: 'req_1',
    owner: 'u1',
    startedAt: Date.UTC(2100, 0, 1, 10, 30),
    durationMs: 100,
    tokenId: null,
    dialect: 'openai-chat',
    asked: 'smart',
    stream: false,
    provider: 'groq',
    model: 'm',
    keyId: 'k1',
    status: 200,
    code: null,
    usage: makeUsage(10, 5),
    cost: null,
    saved: null,
    trail: [],
    ...change,
  }
}

export function makeUsage(inputTokens: number, outputTokens: number): Usage {
  return { inputTokens, outputTokens, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }
}

export function makeNeed(change: Partial<Need> = {}): Need {
  const requestId = change.requestId ?? 'req_1'
  return {
    requestId,
    user: 'u1',
    model: 'm',
    defaultModel: 'provider-default',
    estimate: { inputTokens: 10, outputTokens: 10 },
    excludedKeys: [],
    record: makeRecord({ id: requestId }),
    ...change,
  }
}

export function makeFault(change: Partial<Fault> = {}): Fault {
  return { blame: 'account', verdict: 'rate-limited', message: 'Slow down.', status: 429, ...change }
}

export interface KeySeed {
  id: string
  owner?: string
  provider?: string
  account?: string
  shared?: boolean
  enabled?: boolean
  priority?: number
  allowedModels?: string[]
  defaultModel?: string
  limits?: Limit[]
  maxConcurrent?: number
  weight?: number
  /** What the owner of its account keeps. */
  reserve?: string | number
  /** Takes the place of a key of the same id. */
  replace?: boolean
}

let entered = 0

/**
 * Stores a key and its account in D1, as the routes do. Keys are entered in the order of the calls.
 */
export async function storeKey(db: D1Database, seed: KeySeed): Promise<void> {
  const {
    id,
    owner = 'u1',
    provider = 'groq',
    account = id,
    shared = false,
    enabled = true,
    priority = 1,
  } = seed
  entered++
  await db.batch([
    db
      .prepare(
        'INSERT OR IGNORE INTO accounts (owner, id, provider, shared, created_at, reserve) VALUES (?, ?, ?, ?, 1, ?)',
      )
      .bind(owner, account, provider, Number(shared), toJson(seed.reserve)),
    db
      .prepare(
        `INSERT ${seed.replace ? 'OR REPLACE ' : ''}INTO keys (owner, id, provider, account_id, ciphertext, fingerprint, masked, priority, enabled,
           allowed_models, default_model, limits, max_concurrent, created_at, updated_at, weight)
         VALUES (?1, ?2, ?3, ?4, ?5, ?2, '****', ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13)`,
      )
      .bind(
        owner,
        id,
        provider,
        account,
        `sealed-${id}`,
        priority,
        Number(enabled),
        toJson(seed.allowedModels),
        seed.defaultModel ?? null,
        toJson(seed.limits),
        seed.maxConcurrent ?? null,
        entered,
        seed.weight ?? 1,
      ),
  ])
}

function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}

export async function storeUser(db: D1Database, id: string, epoch = 1): Promise<void> {
  await db
    .prepare(
      "INSERT INTO users (id, username, password_hash, role, epoch, created_at) VALUES (?1, ?1, '', 'user', ?2, 1)",
    )
    .bind(id, epoch)
    .run()
}

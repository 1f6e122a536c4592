/**
 * Records as any table can hold them: every text is cut and well-formed, every number finite.
 * Clients name models and providers report usage, and a row that the database refuses must not be
 * made of either. Pure.
 */
import type { Usage } from '../chat/events.ts'
import { maxModelName } from '../chat/model.ts'
import type { TrailEntry } from '../errors.ts'
import { maxClientName } from './client-name.ts'
import type { RequestRecord, Skip } from './record.ts'

/** Characters of ids, words and names. */
const longestWord = 100
/** Characters of a provider's own words. */
const longestMessage = 300
/** Characters of the message that a client was sent. */
const longestError = 500
/** Characters of the reason for which a candidate was passed over. */
const longestReason = 150
/** More than a request has attempts. */
const mostAttempts = 20
/** Of more candidates that were passed over, the first ones say enough. */
export const mostSkips = 16
/**
 * More than anything counted in one request: tokens, milliseconds, dollars. Sums of them stay
 * exact.
 */
const largest = 1e12
/** Times in milliseconds since the epoch: the year 5138. */
const latest = 1e14

/** The same record within the bounds of a row. */
export function boundRecord(record: RequestRecord): RequestRecord {
  return {
    ...record,
    id: word(record.id),
    owner: word(record.owner),
    startedAt: whole(record.startedAt, latest),
    durationMs: whole(record.durationMs),
    ...(record.firstContentMs !== undefined && { firstContentMs: whole(record.firstContentMs) }),
    tokenId: wordOrNull(record.tokenId),
    dialect: word(record.dialect),
    asked: cut(record.asked, maxModelName),
    provider: wordOrNull(record.provider),
    model: record.model === null ? null : cut(record.model, maxModelName),
    keyId: wordOrNull(record.keyId),
    status: whole(record.status),
    usage: record.usage && boundUsage(record.usage),
    cost: record.cost === null ? null : between(record.cost, -largest, largest),
    saved: record.saved === null ? null : between(record.saved, -largest, largest),
    trail: record.trail.slice(0, mostAttempts).map(boundAttempt),
    ...(record.message !== undefined && { message: cut(record.message, longestError) }),
    ...(record.skipped && { skipped: record.skipped.slice(0, mostSkips).map(boundSkip) }),
    ...(record.route !== undefined && { route: cut(record.route, maxModelName) }),
    ...(record.client !== undefined && { client: cut(record.client, maxClientName) }),
  }
}

/**
 * The least that still counts: who asked, when, and how much was used. For a record that is
 * refused.
 */
export function minimalRecord(record: RequestRecord): RequestRecord {
  const {
    message: _message,
    skipped: _skipped,
    route: _route,
    client: _client,
    ...rest
  } = boundRecord(record)
  return { ...rest, dialect: '', asked: '', provider: null, model: null, trail: [] }
}

function boundUsage(usage: Usage): Usage {
  return {
    ...usage,
    inputTokens: whole(usage.inputTokens),
    outputTokens: whole(usage.outputTokens),
    cachedTokens: whole(usage.cachedTokens),
    cacheWriteTokens: whole(usage.cacheWriteTokens),
    reasoningTokens: whole(usage.reasoningTokens),
    ...(usage.hourCacheWriteTokens !== undefined && {
      hourCacheWriteTokens: whole(usage.hourCacheWriteTokens),
    }),
  }
}

function boundAttempt(entry: TrailEntry): TrailEntry {
  return {
    ...entry,
    provider: word(entry.provider),
    model: cut(entry.model, maxModelName),
    keyId: wordOrNull(entry.keyId),
    status: entry.status === null ? null : whole(entry.status),
    verdict: word(entry.verdict),
    startedAt: whole(entry.startedAt, latest),
    durationMs: whole(entry.durationMs),
    ...(entry.retryAt !== undefined && { retryAt: whole(entry.retryAt, latest) }),
    ...(entry.message !== undefined && { message: cut(entry.message, longestMessage) }),
  }
}

function boundSkip(skip: Skip): Skip {
  return {
    ...skip,
    provider: word(skip.provider),
    model: skip.model === null ? null : cut(skip.model, maxModelName),
    reason: cut(skip.reason, longestReason),
    ...(skip.keys !== undefined && { keys: whole(skip.keys) }),
    ...(skip.keyId !== undefined && { keyId: word(skip.keyId) }),
    ...(skip.verdict !== undefined && { verdict: word(skip.verdict) }),
    ...(skip.retryAt !== undefined && { retryAt: whole(skip.retryAt, latest) }),
    ...(skip.after !== undefined && { after: whole(skip.after) }),
  }
}

function word(text: string): string {
  return cut(text, longestWord)
}

function wordOrNull(text: string | null): string | null {
  return text === null ? null : word(text)
}

/** A cut may halve a character, and SQLite ends a text at NUL. */
function cut(text: string, most: number): string {
  return text.slice(0, most).toWellFormed().replaceAll('\0', '')
}

function whole(value: number, most = largest): number {
  return Math.round(between(value, 0, most))
}

function between(value: number, least: number, most: number): number {
  return Number.isNaN(value) ? 0 : Math.min(most, Math.max(least, value))
}

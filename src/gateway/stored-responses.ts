/**
 * Keeps the conversations that clients of the Responses dialect go on from, sealed, for a while.
 */
import { dayMs } from '../domain/time.ts'
import { auditIfAltered } from '../vault/tamper-audit.ts'
import { openText, sealText } from '../vault/vault.ts'
import { parseExactly } from '../chat/exact-json.ts'
import { isJsonObject, type Json, type JsonObject } from '../chat/json.ts'
import {
  findKeptResponses,
  type FoundRow,
  keepResponses,
  type KeptRow,
  removeOldestResponses,
} from '../db/stored-responses.ts'
import { continueFrom, conversationOf, itemsOfProvider } from '../dialects/openai-responses/continuation.ts'
import { responseOfItem } from '../dialects/openai-responses/ids.ts'
import { itemsReferredTo, replaceReferences } from '../dialects/openai-responses/references.ts'
import { objectIn, parseJson, textIn } from '../dialects/json-read.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { BoundedMap } from '../isolate/bounded-map.ts'

/** How long an answer can be gone on from, in milliseconds. */
const keepMs = dayMs
/** A row of D1 holds two megabytes; a conversation larger than this is not kept. */
const maxSealedCharacters = 1_500_000

/** No answer has more items that are worth a row each. */
const mostItems = 64
/** Items that a request refers to beyond this number are not looked up. */
const mostReferences = 1_000
/** The most sealed characters that one request may refer to: all are in memory together. */
const mostReferred = 16_000_000
/** The most of them that are read before their number is known. */
const readUnseen = 2_000_000
/** The most bytes that an owner keeps; a row counts at least the second number. */
const mostKept = { mostBytes: 50_000_000, leastBytes: 10_000 }
/** After so many bytes an isolate has the oldest removed, which reads every row of the owner. */
const removeEvery = 5_000_000
/** The bytes that this isolate has kept since it removed the oldest, by owner. */
const keptSince = new BoundedMap<string, number>(1_000)
/** The ids that rows may have. Clients and providers may send any text as one. */
const usableId = /^[\x20-\x7e]{1,500}$/

/** What is kept behind an answer, or of one item of it. */
interface Kept {
  items: Json[]
  /**
   * Who keeps the answer too: a provider that speaks this dialect, for the account of the key that
   * it was made with.
   */
  madeBy?: Maker
}

/** Who made an answer. */
export interface Maker {
  provider: string
  keyId: string
}

/** A request that goes on from something. */
export interface Resumed {
  /** The request with all it refers to in it, for whoever serves it. */
  body: JsonObject
  /** The request with its references, for each of those who keep what it refers to. */
  originals: readonly (Maker & { body: JsonObject })[]
}

/**
 * A request with what it refers to in it: the conversation before it, or single items. What the hub
 * did not keep stays as it is: it may be kept at the provider that answered.
 * @param grow counts bytes that come into memory, and negative ones that leave it.
 * @throws {HubError} PAYLOAD_TOO_LARGE where it refers to more than one request may hold.
 */
export async function resumeConversation(
  env: Env,
  owner: string,
  body: JsonObject,
  now: number,
  grow: (bytes: number) => void,
): Promise<Resumed> {
  const references = itemsReferredTo(body).slice(0, mostReferences)
  const previous = textIn(body.previous_response_id)
  const rows = [...(previous === undefined ? [] : [previous]), ...references.map(rowOfItem)]
  const ids = [...new Set(rows.filter(isUsable))]
  if (ids.length === 0) return { body, originals: [] }
  const sealed = await readSealed(env, owner, ids, now, grow)
  const opened = sealed.flatMap(({ id, items }) =>
    items === null ? [] : [openRow(env, owner, id, items, now)],
  )
  const kept = new Map(await Promise.all(opened))
  const items = new Map(
    references.flatMap((id) => {
      const row = kept.get(rowOfItem(id))
      const item = row?.items.find((one) => objectIn(one)?.id === id)
      return row && item !== undefined ? [[id, { item, madeBy: row.madeBy }] as const] : []
    }),
  )
  /** The request without the references that a maker does not know. */
  const bodyFor = (maker: Maker | undefined): JsonObject => {
    const others = [...items].filter(([, { madeBy }]) => !maker || !madeBy || !isSame(madeBy, maker))
    return replaceReferences(body, new Map(others.map(([id, { item }]) => [id, item])))
  }
  const before = previous === undefined ? undefined : kept.get(previous)
  const makers = before ? [before.madeBy] : [...items.values()].map(({ madeBy }) => madeBy)
  const distinct = new Map(
    makers.flatMap((maker) => (maker ? [[JSON.stringify(maker), maker] as const] : [])),
  )
  const whole = bodyFor(undefined)
  // Only the items that are used stay in memory, not the rest of their answers.
  const used = [...(before?.items ?? []), ...[...items.values()].map(({ item }) => item)]
  const left = used.reduce((bytes: number, item) => bytes + JSON.stringify(item).length, 0)
  grow(left - charactersOf(sealed))
  return {
    body: before ? continueFrom(whole, before.items) : whole,
    originals: [...distinct.values()].map((maker) => ({ ...maker, body: bodyFor(maker) })),
  }
}

function isSame(one: Maker, other: Maker): boolean {
  return one.provider === other.provider && one.keyId === other.keyId
}

/**
 * The id of the row in which an item is kept: the hub's own items are found in their answer, those
 * of providers have rows of their own.
 */
function rowOfItem(id: string): string {
  return responseOfItem(id) ?? `item ${id}`
}

function isUsable(id: string): boolean {
  return usableId.test(id)
}

/** Reads the rows of these ids, counted before they are read where they are large. */
async function readSealed(
  env: Env,
  owner: string,
  ids: readonly string[],
  now: number,
  grow: (bytes: number) => void,
): Promise<FoundRow[]> {
  const rows = await findKeptResponses(env.DB, owner, ids, { now, most: readUnseen })
  const characters = charactersOf(rows)
  if (characters > mostReferred) throw tooLarge()
  grow(characters)
  if (rows.every(({ items }) => items !== null)) return rows
  return findKeptResponses(env.DB, owner, ids, { now, most: characters })
}

function charactersOf(rows: readonly FoundRow[]): number {
  return rows.at(-1)?.characters ?? 0
}

function tooLarge(): HubError {
  return new HubError(
    'PAYLOAD_TOO_LARGE',
    'The request refers to more stored items than one request may hold. Shorten the conversation.',
    { param: 'input' },
  )
}

async function openRow(
  env: Env,
  owner: string,
  id: string,
  sealed: string,
  now: number,
): Promise<[string, Kept]> {
  try {
    // Only `keepConversation` writes what is sealed here.
    const kept: unknown = parseExactly(await openText(env, sealed, responseContext(owner, id)))
    return [id, kept as Kept]
  } catch (error) {
    await auditIfAltered(env.DB, error, { what: 'response', owner, id }, now)
    throw error
  }
}

/** What a kept conversation is sealed for: it opens for its owner and under its own id only. */
export function responseContext(owner: string, id: string): string[] {
  return [owner, 'response', id]
}

/**
 * Keeps the conversation up to and with an answer, unless the client asked that nothing be stored.
 * @param madeBy where the answer came from a provider of this dialect, which keeps it too.
 */
export async function keepConversation(
  env: Env,
  owner: string,
  body: JsonObject,
  answer: string,
  madeBy: Maker | undefined,
  now: number,
): Promise<void> {
  if (body.store === false) return
  // A stream ends in an event that holds the whole answer.
  const parsed = parseJson(answer)
  const response = isJsonObject(parsed) && isJsonObject(parsed.response) ? parsed.response : parsed
  const conversation = isJsonObject(response) ? conversationOf(body, response) : undefined
  if (!conversation) return
  const rows = [conversation, ...(madeBy && isJsonObject(response) ? itemRows(response) : [])]
  const sealed = rows
    .filter(({ id }) => isUsable(id))
    .map(async ({ id, items }): Promise<KeptRow> => {
      const kept: Kept = { items, ...(madeBy && { madeBy }) }
      const text = await sealText(env, JSON.stringify(kept), responseContext(owner, id))
      return { owner, id, expiresAt: now + keepMs, items: text }
    })
  const fitting = (await Promise.all(sealed)).filter(({ items }) => items.length <= maxSealedCharacters)
  await keepResponses(env.DB, fitting)
  await keepWithinBounds(env, owner, fitting, now)
}

/** Removes the oldest that an owner keeps, at the isolate's first answer and once in a while. */
async function keepWithinBounds(
  env: Env,
  owner: string,
  rows: readonly KeptRow[],
  now: number,
): Promise<void> {
  const before = keptSince.get(owner) ?? removeEvery
  const bytes = rows.reduce((sum, { items }) => sum + Math.max(items.length, mostKept.leastBytes), before)
  keptSince.set(owner, bytes < removeEvery ? bytes : 0)
  if (bytes >= removeEvery) await removeOldestResponses(env.DB, owner, { now, ...mostKept })
}

function itemRows(response: JsonObject): { id: string; items: Json[] }[] {
  return itemsOfProvider(response)
    .slice(0, mostItems)
    .map(({ id, item }) => ({ id: rowOfItem(id), items: [item] }))
}

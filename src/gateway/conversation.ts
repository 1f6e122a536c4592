/** Keeps the conversations that clients of the Responses dialect go on from, sealed, for a while. */
import { dayMs } from '../domain/time.ts'
import { auditIfAltered } from '../auth/tampering.ts'
import { openText, sealText } from '../auth/vault.ts'
import { parseExactly } from '../chat/exact-json.ts'
import { isJsonObject, type Json, type JsonObject } from '../chat/json.ts'
import { findKeptResponse, keepResponse } from '../db/kept-responses.ts'
import {
  answersReferredTo,
  continueFrom,
  conversationOf,
  replaceReferences,
} from '../dialects/openai-responses/continuation.ts'
import { parseJson } from '../dialects/read.ts'
import type { Env } from '../env.ts'

/** How long an answer can be gone on from, in milliseconds. */
const keepMs = dayMs
/** A row of D1 holds two megabytes; a conversation larger than this is not kept. */
const maxSealedCharacters = 1_500_000

/** What is kept behind an answer. */
interface Kept {
  items: Json[]
  /** Who keeps the answer too: a provider that speaks this dialect, for the account of the key that it was made with. */
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
  /** The request as it came, for the one who keeps what it refers to. */
  original?: Maker & { body: JsonObject }
}

/**
 * A request with what it refers to in it: the conversation before it, or single items. What the hub did not keep stays as it is:
 * it may be kept at the provider that answered.
 */
export async function resumeConversation(
  env: Env,
  owner: string,
  body: JsonObject,
  now: number,
): Promise<Resumed> {
  const find = (id: string): Promise<Kept | undefined> => findKept(env, owner, id, now)
  const kept = await Promise.all(answersReferredTo(body).map(find))
  const items = kept.flatMap((found) => found?.items ?? [])
  const whole = items.length > 0 ? replaceReferences(body, items) : body
  const previous = whole.previous_response_id
  const before = typeof previous === 'string' ? await find(previous) : undefined
  if (!before) return { body: whole }
  return {
    body: continueFrom(whole, before.items),
    ...(before.madeBy && { original: { ...before.madeBy, body: whole } }),
  }
}

async function findKept(env: Env, owner: string, id: string, now: number): Promise<Kept | undefined> {
  const sealed = await findKeptResponse(env.DB, owner, id, now)
  if (sealed === undefined) return undefined
  try {
    // Only `keepConversation` writes what is sealed here.
    const kept: unknown = parseExactly(await openText(env, sealed, responseContext(owner, id)))
    return kept as Kept
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
  const { id, items } = conversation
  const kept: Kept = { items, ...(madeBy && { madeBy }) }
  const sealed = await sealText(env, JSON.stringify(kept), responseContext(owner, id))
  if (sealed.length > maxSealedCharacters) return
  await keepResponse(env.DB, { owner, id, expiresAt: now + keepMs, items: sealed })
}

/** Keeps the conversations that clients of the Responses dialect go on from, sealed, for a while. */
import { openText, sealText } from '../auth/vault.ts'
import { isJsonObject, type Json, type JsonObject } from '../chat/json.ts'
import { findKeptResponse, keepResponse } from '../db/kept-responses.ts'
import {
  answersReferredTo,
  continueFrom,
  conversationOf,
  replaceReferences,
} from '../dialects/openai-responses/continuation.ts'
import type { Env } from '../env.ts'

/** How long an answer can be gone on from, in milliseconds. */
const keepMs = 24 * 60 * 60_000
/** A row of D1 holds two megabytes; a conversation larger than this is not kept. */
const maxSealedCharacters = 1_500_000

/**
 * A request with what it refers to in it: the conversation before it, or single items. What the hub did not keep stays as it is:
 * it may be kept at the provider that answered.
 */
export async function resumeConversation(
  env: Env,
  owner: string,
  body: JsonObject,
  now: number,
): Promise<JsonObject> {
  const find = (id: string): Promise<Json[] | undefined> => findItems(env, owner, id, now)
  const kept = (await Promise.all(answersReferredTo(body).map(find))).flatMap((items) => items ?? [])
  const whole = kept.length > 0 ? replaceReferences(body, kept) : body
  const previous = whole.previous_response_id
  const items = typeof previous === 'string' ? await find(previous) : undefined
  return items ? continueFrom(whole, items) : whole
}

async function findItems(env: Env, owner: string, id: string, now: number): Promise<Json[] | undefined> {
  const sealed = await findKeptResponse(env.DB, owner, id, now)
  if (sealed === undefined) return undefined
  const items: Json = JSON.parse(await openText(env.MASTER_KEY, sealed, [owner, 'response', id]))
  return Array.isArray(items) ? items : undefined
}

/** Keeps the conversation up to and with an answer, unless the client asked that nothing be stored. */
export async function keepConversation(
  env: Env,
  owner: string,
  body: JsonObject,
  answer: string,
  now: number,
): Promise<void> {
  if (body.store === false) return
  // A stream ends in an event that holds the whole answer.
  const parsed: unknown = JSON.parse(answer)
  const response = isJsonObject(parsed) && isJsonObject(parsed.response) ? parsed.response : parsed
  const conversation = isJsonObject(response) ? conversationOf(body, response) : undefined
  if (!conversation) return
  const { id, items } = conversation
  const sealed = await sealText(env.MASTER_KEY, JSON.stringify(items), [owner, 'response', id])
  if (sealed.length > maxSealedCharacters) return
  await keepResponse(env.DB, { owner, id, expiresAt: now + keepMs, items: sealed })
}

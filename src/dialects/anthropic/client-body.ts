/**
 * The body of a client of this dialect, with what the hub has to change in it. Every step takes a
 * body and gives one, and leaves what it was given as it was.
 */
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import { listIn, numberIn, objectIn, textIn } from '../json-read.ts'
import { withoutForeignCitations } from './citations.ts'
import { madeFileNote, readMadeFile } from './made-files.ts'
import { lacksThinking } from './replay.ts'
import { bearsMark } from './reasoning-blocks.ts'
import { fitBudget } from './thinking.ts'
import { toolId } from './tool-ids.ts'

/**
 * Takes out of the history what only the hub understands: reasoning that bears its mark, and the
 * ids of calls that other vendors made in letters that Anthropic refuses. The same body where there
 * is nothing of the kind.
 */
export function withoutForeign(body: JsonObject, dropped: string[]): JsonObject {
  const messages = listIn(body.messages)
  const cleaned = messages.flatMap((message): Json[] =>
    isJsonObject(message) ? cleanMessage(message) : [message],
  )
  if (sameItems(cleaned, messages)) return body
  const clean: JsonObject = { ...body, messages: cleaned }
  if (objectIn(body.thinking)?.type !== 'enabled' || !lacksThinking(cleaned.filter(isJsonObject)))
    return clean
  // The thinking that it would have to go on from is that of another model.
  dropped.push('thinking')
  return { ...clean, thinking: { type: 'disabled' } }
}

/** The message itself where nothing in it is ours; none where nothing is left. */
function cleanMessage(message: JsonObject): JsonObject[] {
  if (!Array.isArray(message.content)) return [message]
  const isAnswer = message.role === 'assistant'
  const kept = message.content
    .filter((block) => !bearsMark(block))
    .map((block) => (isAnswer && isJsonObject(block) ? cleanText(block) : block))
    .map(cleanBlock)
  if (sameItems(kept, message.content)) return [message]
  return kept.length > 0 ? [{ ...message, content: kept }] : []
}

function sameItems(list: Json[], other: Json[]): boolean {
  return list.length === other.length && list.every((item, index) => item === other[index])
}

/**
 * What an answer of another dialect said, without the sources and files that only a hub writes so.
 */
function cleanText(block: JsonObject): JsonObject {
  if (block.type !== 'text') return block
  const isFile = typeof block.text === 'string' && readMadeFile(block.text) !== undefined
  return isFile ? { ...block, text: madeFileNote } : withoutForeignCitations(block)
}

function cleanBlock(block: Json): Json {
  if (!isJsonObject(block)) return block
  if (block.type === 'tool_use') return withId(block, 'id')
  return block.type === 'tool_result' ? withId(block, 'tool_use_id') : block
}

function withId(block: JsonObject, field: string): JsonObject {
  const id = textIn(block[field])
  return id === undefined || toolId(id) === id ? block : { ...block, [field]: toolId(id) }
}

/** The pipeline may have set or lowered the limit, to keep a budget, after the request was read. */
export function withLimit(body: JsonObject, limit: number | undefined, dropped: string[]): JsonObject {
  if (limit === undefined || limit === body.max_tokens) return body
  const limited = { ...body, max_tokens: limit }
  const budget = numberIn(objectIn(body.thinking)?.budget_tokens)
  if (budget === undefined || budget < limit) return limited
  const budgetTokens = fitBudget(budget, limit)
  if (budgetTokens !== undefined)
    return { ...limited, thinking: { ...objectIn(body.thinking), budget_tokens: budgetTokens } }
  dropped.push('thinking')
  return { ...limited, thinking: { type: 'disabled' } }
}

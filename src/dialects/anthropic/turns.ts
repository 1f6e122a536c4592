/**
 * The order that the API asks for, made of blocks in any order: turns of user and assistant by
 * turns, every call of a tool answered in the turn right after it, results before anything else.
 * Nothing is made up: a call that nobody answered is left out, and a result that belongs to no call
 * is shown as what the user says.
 */
import { append } from '../../chat/append.ts'
import { isJsonObject, type JsonObject } from '../../chat/json.ts'
import { listIn, textIn } from '../json-read.ts'
import { isThinking } from './replay.ts'
import { withUniqueIds } from './tool-ids.ts'

/** A message of the wire. A type and no interface, so that it is a `JsonObject`. */
export type Turn = {
  role: 'user' | 'assistant'
  content: JsonObject[]
}

/** What stands where a turn is needed and nothing was said: empty ones are refused. */
const placeholder: JsonObject = { type: 'text', text: '(empty)' }

export function orderTurns(turns: Turn[]): Turn[] {
  const paired = pairCalls(withUniqueIds(mergeTurns(turns)))
  const kept = mergeTurns(paired.filter(({ role, content }) => role === 'user' || saysSomething(content)))
  const ordered = trimEnd(kept).map((turn) => (turn.role === 'user' ? orderUserTurn(turn) : turn))
  // A conversation begins with the user.
  return ordered[0]?.role === 'user' ? ordered : [{ role: 'user', content: [placeholder] }, ...ordered]
}

function mergeTurns(turns: Turn[]): Turn[] {
  const merged: Turn[] = []
  for (const { role, content } of turns) {
    const last = merged.at(-1)
    if (last?.role === role) append(last.content, content)
    else merged.push({ role, content: [...content] })
  }
  return merged
}

function pairCalls(turns: Turn[]): Turn[] {
  return turns.map(({ role, content }, index) => {
    if (role === 'assistant') {
      const answered = idsOf(turns[index + 1], 'tool_result', 'tool_use_id')
      const isAnswered = ({ type, id }: JsonObject) => type !== 'tool_use' || answered.has(textIn(id))
      return { role, content: content.filter(isAnswered) }
    }
    const waiting = idsOf(turns[index - 1], 'tool_use', 'id')
    return {
      role,
      // Each is taken once: a second result for the same call is refused.
      content: content.flatMap((block) =>
        block.type !== 'tool_result' || waiting.delete(textIn(block.tool_use_id))
          ? [block]
          : shownResult(block),
      ),
    }
  })
}

function idsOf(turn: Turn | undefined, type: string, field: string): Set<string | undefined> {
  const blocks = turn?.content.filter((block) => block.type === type) ?? []
  return new Set(blocks.map((block) => textIn(block[field])))
}

/** A result as plain blocks. */
function shownResult({ content }: JsonObject): JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return listIn(content).filter(isJsonObject)
}

/** Thinking alone is no turn. */
function saysSomething(content: JsonObject[]): boolean {
  return content.some((block) => !isThinking(block))
}

/**
 * Where the model is to go on with what the assistant said last, white space at the end of that is
 * refused.
 */
function trimEnd(turns: Turn[]): Turn[] {
  const last = turns.at(-1)
  const end = last?.content.at(-1)
  if (last?.role !== 'assistant' || end?.type !== 'text') return turns
  const text = (textIn(end.text) ?? '').trimEnd()
  return [...turns.slice(0, -1), { ...last, content: [...last.content.slice(0, -1), { ...end, text }] }]
}

function orderUserTurn({ role, content }: Turn): Turn {
  if (content.length === 0) return { role, content: [placeholder] }
  const isResult = ({ type }: JsonObject) => type === 'tool_result'
  return { role, content: [...content.filter(isResult), ...content.filter((block) => !isResult(block))] }
}

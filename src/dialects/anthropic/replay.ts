/**
 * What a history must hold of the model's thinking for the model to go on thinking. Where the
 * conversation stands amid calls of tools, a model with a thinking budget wants the thinking back
 * that led to them: "a final assistant message must start with a thinking block". What another
 * model thought is not that, so thinking is off until the user speaks again. Adaptive thinking has
 * no such rule. https://platform.claude.com/docs/en/build-with-claude/thinking-tool-workflows
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import { listIn, objectIn } from '../json-read.ts'

/**
 * Whether the history breaks off where a model with a thinking budget could not go on.
 * @param turns messages of the wire, in whose content a text holds neither calls nor thinking.
 */
export function lacksThinking(turns: readonly JsonObject[]): boolean {
  // Words put into the model's mouth leave no place for thinking.
  if (turns.at(-1)?.role === 'assistant') return true
  // Whether words beside results begin anew is not documented: it must be right either way.
  return [holdsResult, holdsOnlyResults].some((goesOn) => {
    const loop = openLoop(turns, goesOn)
    const [first] = loop
    const last = loop.at(-1)
    // Between calls a model may go on without new thinking; then it is the start of the loop that
    // has it.
    return first !== undefined && last !== undefined && !beginsThinking(first) && !beginsThinking(last)
  })
}

/** The assistant turns since the user last said anything but results. */
function openLoop(turns: readonly JsonObject[], goesOn: (content: Json[]) => boolean): JsonObject[] {
  const spoken = turns.findLastIndex(({ role, content }) => role !== 'assistant' && !goesOn(listIn(content)))
  return turns.slice(spoken + 1).filter(({ role }) => role === 'assistant')
}

function holdsResult(content: Json[]): boolean {
  return content.some(isResult)
}

function holdsOnlyResults(content: Json[]): boolean {
  return content.length > 0 && content.every(isResult)
}

function beginsThinking(turn: JsonObject): boolean {
  const block = objectIn(listIn(turn.content)[0])
  return block !== undefined && isThinking(block)
}

function isResult(block: Json): boolean {
  return objectIn(block)?.type === 'tool_result'
}

export function isThinking({ type }: JsonObject): boolean {
  return type === 'thinking' || type === 'redacted_thinking'
}

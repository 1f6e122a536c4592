/**
 * Ids of tool calls as Anthropic takes them: in few letters, and each for one call of the whole
 * conversation. Made of nothing but the ids and their order, so that the same history has the same
 * ids each time and nothing is remembered.
 */
import { textIn } from '../json-read.ts'
import type { Turn } from './turns.ts'

/** The letters that an id may have. */
const allowed = /^[a-zA-Z0-9_-]+$/

/**
 * The id itself where it may stand, else with every other letter written as its number, so that no
 * two ids become one.
 */
export function toolId(id: string): string {
  if (allowed.test(id)) return id
  if (id === '') return 'call'
  return id.replaceAll(/[^a-zA-Z0-9_-]/gu, (letter) => `-${letter.codePointAt(0)?.toString(16)}-`)
}

/**
 * Turns in which no id names two calls, as vendors have it that count their calls anew for each
 * answer.
 */
export function withUniqueIds(turns: Turn[]): Turn[] {
  const uses = new Map<string, number>()
  /** The new ids of the calls in the last assistant turn, in their order, by their old ones. */
  let renamed = new Map<string, string[]>()
  return turns.map(({ role, content }) => {
    if (role === 'assistant') renamed = new Map()
    const renumbered = content.map((block) => {
      if (block.type === 'tool_use') {
        const id = textIn(block.id) ?? ''
        const count = (uses.get(id) ?? 0) + 1
        uses.set(id, count)
        const unique = count === 1 ? id : `${id}-${count}`
        renamed.set(id, [...(renamed.get(id) ?? []), unique])
        return { ...block, id: unique }
      }
      const next = block.type === 'tool_result' && renamed.get(textIn(block.tool_use_id) ?? '')?.shift()
      return next ? { ...block, tool_use_id: next } : block
    })
    return { role, content: renumbered }
  })
}

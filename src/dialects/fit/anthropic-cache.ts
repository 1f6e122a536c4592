/**
 * Anthropic's prompt cache for clients of other dialects, which caches nothing unasked. Marks that
 * Chat clients put on messages and tools go to the same texts here, four at most; without any, a
 * request that is one of many (it has tools, or a key for a cache) asks for the automatic one.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import { hasMarks } from '../cache-marks.ts'
import { listIn, objectIn, textIn } from '../read.ts'
import type { BodyStep } from './fit.ts'
import { mapMember } from './messages.ts'

const mostMarks = 4
const plainMark: JsonObject = { type: 'ephemeral' }

export const markForCache: BodyStep = (body, { isTranslated, quirks, clientBody }) => {
  // Marks that canonical parts carry are written already.
  if (!isTranslated || hasMarks(body)) return body
  const wanted = marksIn(clientBody)
  if (wanted.length > 0) return placeMarks(body, wanted)
  const recurs = listIn(body.tools).length > 0 || textIn(clientBody.prompt_cache_key) !== undefined
  if (!recurs || !quirks.takes?.includes('cache_control')) return body
  return { ...body, cache_control: plainMark }
}

/** What a client marked: a tool by its name, or a text. */
interface Mark {
  tool?: string
  text?: string
  mark: JsonObject
}

/**
 * The marks of a Chat body, in the order of a prompt; none in bodies of other dialects, which mark
 * nothing.
 */
function marksIn(client: JsonObject): Mark[] {
  const marks: Mark[] = []
  for (const tool of listIn(client.tools)) {
    const mark = markOf(tool) ?? markOf(objectIn(tool)?.function)
    const name = textIn(objectIn(objectIn(tool)?.function)?.name)
    if (mark && name !== undefined) marks.push({ tool: name, mark })
  }
  for (const message of listIn(client.messages)) {
    const { content } = objectIn(message) ?? {}
    const ofMessage = markOf(message)
    if (typeof content === 'string') {
      if (ofMessage && content !== '') marks.push({ text: content, mark: ofMessage })
      continue
    }
    const parts = listIn(content)
    for (const [index, part] of parts.entries()) {
      const mark = markOf(part) ?? (index === parts.length - 1 ? ofMessage : undefined)
      const text = textIn(objectIn(part)?.text)
      if (mark && text !== undefined) marks.push({ text, mark })
    }
  }
  // The first is that of the instructions, which all turns share; the last are those of the newest
  // turns.
  return marks.length <= mostMarks ? marks : [...marks.slice(0, 1), ...marks.slice(1 - mostMarks)]
}

function markOf(holder: Json | undefined): JsonObject | undefined {
  const mark = objectIn(objectIn(holder)?.cache_control)
  return mark?.type === 'ephemeral' ? mark : undefined
}

function placeMarks(body: JsonObject, wanted: Mark[]): JsonObject {
  const waiting = [...wanted]
  const marked = (item: JsonObject, isMeant: (mark: Mark) => boolean): JsonObject => {
    const at = waiting.findIndex(isMeant)
    const [found] = at === -1 ? [] : waiting.splice(at, 1)
    return found ? { ...item, cache_control: found.mark } : item
  }
  const markText = (block: JsonObject): JsonObject => {
    const said = block.type === 'text' ? block.text : block.type === 'tool_result' ? block.content : undefined
    return typeof said === 'string' ? marked(block, ({ text }) => text === said) : block
  }
  const tools = mapMember(body, 'tools', (item) => marked(item, ({ tool }) => tool === item.name))
  const system = mapMember(tools, 'system', markText)
  return mapMember(system, 'messages', (message) => mapMember(message, 'content', markText))
}

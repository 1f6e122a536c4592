/**
 * Google's SDKs keep a streamed turn of the model as a content for each chunk, and hand it back so:
 * one with thoughts, one for each call, an empty one at the end. Here the turn is one again: its
 * results belong to all of its calls, and its signature to all of it.
 * https://github.com/googleapis/js-genai, `chats.ts`, and the loop of `generateContentStream`
 */
import { append } from '../../chat/append.ts'
import type { Json, JsonObject } from '../../chat/json.ts'
import { itemsIn, objectIn } from '../json-read.ts'
import type { WireContent, WirePart } from './wire.ts'

/** The contents with each turn of the model as one. */
export function joinSplitTurns(contents: WireContent[]): WireContent[] {
  const joined: WireContent[] = []
  // The parts of the last turn, if it is the model's: a list of our own, to which more is appended.
  let open: WirePart[] | undefined
  for (const content of contents) {
    if (content.role !== 'model') open = undefined
    else if (open) {
      append(open, content.parts ?? [])
      continue
    } else open = [...(content.parts ?? [])]
    joined.push(open ? { ...content, parts: open } : content)
  }
  return joined
}

/**
 * The same for a client's own body, where only turns with calls need it: Gemini counts their
 * results. Returns the same list where no turn is split.
 */
export function joinSplitCalls(contents: Json[]): Json[] {
  const joined: Json[] = []
  for (let from = 0; from < contents.length;) {
    const run = modelRun(contents, from)
    const parts = run.flatMap((content) => itemsIn(content.parts))
    if (run.length > 1 && parts.some(isCall)) joined.push({ ...run[0], parts: parts.filter(holdsSomething) })
    else append(joined, contents.slice(from, from + Math.max(1, run.length)))
    from += Math.max(1, run.length)
  }
  return joined.length < contents.length ? joined : contents
}

/** The contents of the model that follow each other from here on. */
function modelRun(contents: Json[], from: number): JsonObject[] {
  const run: JsonObject[] = []
  for (let at = from; at < contents.length; at++) {
    const turn = objectIn(contents[at])
    if (turn?.role !== 'model') break
    run.push(turn)
  }
  return run
}

function isCall(part: Json): boolean {
  const { functionCall, function_call } = objectIn(part) ?? {}
  return objectIn(functionCall) !== undefined || objectIn(function_call) !== undefined
}

/** Whether a part is more than the empty text with which streams end. */
function holdsSomething(part: Json): boolean {
  const { text, ...others } = objectIn(part) ?? {}
  return text !== '' || Object.keys(others).length > 0
}

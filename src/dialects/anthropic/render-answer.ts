/** A canonical answer, whole, as a client of this dialect reads it. */
import { append } from '../../chat/append.ts'
import { byPlace, type Citation } from '../../chat/citation.ts'
import type { JsonObject } from '../../chat/json.ts'
import type { AssistantPart } from '../../chat/request.ts'
import type { ChatResponse } from '../../chat/response.ts'
import { listIn, objectIn, parseJson, textIn } from '../json-read.ts'
import { CitedText } from './cited-text.ts'
import { writeCitation, writeSources } from './citations.ts'
import { writeFinish } from './finish.ts'
import { writeMadeFile } from './made-files.ts'
import { callStateBlock, sealedBlock } from './reasoning-blocks.ts'
import { writeUsage } from './usage.ts'

/** Of several answers the first: a client of this dialect cannot ask for more. */
export function renderAnswer({ id, model, choices, usage }: ChatResponse): JsonObject {
  const [answer] = choices
  return {
    ...renderHead(id, model),
    content: renderContent(withoutLastSeal(answer?.content ?? []), answer?.citations ?? []),
    stop_reason: answer ? writeFinish(answer.finish) : null,
    usage: writeUsage(usage),
  }
}

/** A message in which nothing has been said yet. */
export function renderHead(id: string, model: string): JsonObject {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    // Which of them was met, other dialects do not say.
    stop_sequence: null,
    usage: writeUsage(undefined),
  }
}

/** Hidden state after the last word of a model is left out, as it is of a stream. */
function withoutLastSeal(content: AssistantPart[]): AssistantPart[] {
  const last = content.findLastIndex((part) => part.type !== 'reasoning')
  return content.filter((part, index) => last === -1 || index < last || !isHidden(part))
}

function isHidden(part: AssistantPart): boolean {
  return (
    part.type === 'reasoning' && part.opaque !== undefined && sealedBlock(part).type === 'redacted_thinking'
  )
}

function renderContent(content: AssistantPart[], citations: readonly Citation[]): JsonObject[] {
  const text = new CitedText()
  const others = byPlace(citations).filter((citation) => text.takesNow(citation))
  const blocks = content.flatMap((part) =>
    part.type === 'text' ? renderText(part.text, text) : renderPart(part),
  )
  append(others, text.rest())
  if (others.length === 0) return blocks
  const last = blocks.findLast(({ type }) => type === 'text')
  if (last) cite(last, others)
  // Nothing may follow the calls, which a client acts on.
  else if (!content.some(({ type }) => type === 'tool-call')) blocks.push(textBlock(writeSources(others)))
  return blocks
}

function renderText(text: string, cited: CitedText): JsonObject[] {
  const blocks: JsonObject[] = []
  if (text === '') return blocks
  for (const { text: piece, begins, citations } of cited.cut(text)) {
    const open = blocks.at(-1)
    const goesOn = open && !begins && open.citations === undefined
    if (goesOn) open.text = (textIn(open.text) ?? '') + piece
    else blocks.push(textBlock(piece))
    const block = blocks.at(-1)
    if (block && citations.length > 0) cite(block, citations)
  }
  return blocks
}

function cite(block: JsonObject, citations: readonly Citation[]): void {
  block.citations = [...listIn(block.citations), ...citations.map(writeCitation)]
}

function textBlock(text: string): JsonObject {
  return { type: 'text', text }
}

function renderPart(part: Exclude<AssistantPart, { type: 'text' }>): JsonObject[] {
  switch (part.type) {
    case 'refusal':
      // A refusal is a text here; that it is one, the stop reason says.
      return part.text === '' ? [] : [textBlock(part.text)]
    case 'reasoning':
      return part.text === '' && !part.opaque ? [] : [sealedBlock(part)]
    case 'file':
      return [textBlock(writeMadeFile(part))]
    case 'tool-call': {
      const { id, name, opaque } = part
      // What was cut off is no object. As at Anthropic, the call stays, and the stop reason says
      // not to trust it.
      const call = { type: 'tool_use', id, name, input: objectIn(parseJson(part.arguments)) ?? {} }
      return opaque ? [callStateBlock(id, opaque), call] : [call]
    }
  }
}

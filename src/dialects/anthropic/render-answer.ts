/** A canonical answer, whole, as a client of this dialect reads it. */
import type { JsonObject } from '../../chat/json.ts'
import type { AssistantPart, FilePart } from '../../chat/request.ts'
import type { ChatResponse } from '../../chat/response.ts'
import { objectIn, parseJson } from '../read.ts'
import { writeFile } from './files.ts'
import { writeFinish } from './finish.ts'
import { callStateBlock, sealedBlock } from './sealed-blocks.ts'
import { writeUsage } from './usage.ts'

/** Of several answers the first: a client of this dialect cannot ask for more. */
export function renderAnswer({ id, model, choices, usage }: ChatResponse): JsonObject {
  const [answer] = choices
  return {
    ...renderHead(id, model),
    content: (answer?.content ?? []).flatMap(renderPart),
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

function renderPart(part: AssistantPart): JsonObject[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      // A refusal is a text here; that it is one, the stop reason says.
      return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    case 'reasoning':
      return part.text === '' && !part.opaque ? [] : [sealedBlock(part)]
    case 'file':
      return [renderFile(part)]
    case 'tool-call': {
      const { id, name, opaque } = part
      // What was cut off is no object. As at Anthropic, the call stays, and the stop reason says not to trust it.
      const call = { type: 'tool_use', id, name, input: objectIn(parseJson(part.arguments)) ?? {} }
      return opaque ? [callStateBlock(id, opaque), call] : [call]
    }
  }
}

/** Anthropic's models make no files. What other models make is shown in the block that a client would show it to us in. */
export function renderFile(file: FilePart): JsonObject {
  if (file.kind !== 'audio' && file.source.type !== 'reference') return writeFile(file, 'content')
  return { type: 'text', text: `The model made a file (${file.kind}) that cannot be shown here.` }
}

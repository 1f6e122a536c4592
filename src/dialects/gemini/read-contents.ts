/** The contents of a Gemini request, as canonical messages. */
import { append } from '../../chat/append.ts'
import type { Message, ToolResultPart, UserPart } from '../../chat/request.ts'
import { readMedia } from './media.ts'
import { ModelTurn } from './model-turn.ts'
import { CallMatcher } from './call-matcher.ts'
import { joinSplitTurns } from './split-turns.ts'
import { readResult } from './tool-result.ts'
import type { WireContent, WirePart } from './wire.ts'

export function readContents(contents: WireContent[]): Message[] {
  const calls = new CallMatcher()
  return joinSplitTurns(contents).flatMap(({ role, parts }, index) =>
    role === 'model' ? readModelTurn(parts ?? [], index, calls) : readUserTurn(parts ?? [], index, calls),
  )
}

function readModelTurn(parts: WirePart[], index: number, calls: CallMatcher): Message[] {
  const turn = new ModelTurn()
  for (const [place, part] of parts.entries()) {
    if (part.functionCall) {
      const id = calls.open(part.functionCall, `${index}_${place}`)
      turn.addCall({ ...part.functionCall, id }, part.thoughtSignature)
    } else turn.add(part)
  }
  return turn.content.length > 0 ? [{ role: 'assistant', content: turn.content }] : []
}

/**
 * One content holds results and what the user says beside them; the results go first, directly
 * after the calls.
 */
function readUserTurn(parts: WirePart[], index: number, calls: CallMatcher): Message[] {
  const results: ToolResultPart[] = []
  const said: UserPart[] = []
  for (const [place, part] of parts.entries()) {
    if (part.functionResponse) {
      const callId = calls.close(part.functionResponse, `${index}_${place}`)
      results.push(readResult(callId, part.functionResponse))
    } else append(said, readUserPart(part))
  }
  const messages: Message[] = []
  if (results.length > 0) messages.push({ role: 'tool', content: results })
  if (said.length > 0) messages.push({ role: 'user', content: said })
  return messages
}

function readUserPart(part: WirePart): UserPart[] {
  if (part.text) return [{ type: 'text', text: part.text }]
  const file = readMedia(part)
  return file ? [file] : []
}

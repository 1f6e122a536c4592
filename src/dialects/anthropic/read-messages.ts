/**
 * The messages of a request, as canonical ones. Tool results stand inside user messages here;
 * canonically they are messages of their own, before what else the user says, which is where the
 * API wants them anyway.
 */
import type { AssistantPart, Message, Opaque, ToolResultPart, UserPart } from '../../chat/request.ts'
import { readMark, withMark } from '../cache-marks.ts'
import { readForeignPart } from '../foreign-parts.ts'
import { compact } from '../json-read.ts'
import { readMadeFile } from './made-files.ts'
import { readImage, readShownBlock, readText } from './files.ts'
import { readRedacted, readSignature } from './reasoning-blocks.ts'
import type { WireBlock, WireMessage, WireRequest } from './wire.ts'

export function readMessages({ system, messages }: WireRequest): Message[] {
  const instructions = readInstructions(system ?? '')
  return [...instructions, ...messages.flatMap(readMessage)]
}

function readMessage({ role, content }: WireMessage): Message[] {
  switch (role) {
    case 'system':
      return readInstructions(content)
    case 'user':
      return readUserMessage(content)
    case 'assistant':
      return [{ role, content: readAssistantContent(content) }]
  }
}

/** Instructions that say nothing are none. */
function readInstructions(content: string | WireBlock[]): Message[] {
  const texts = readUserParts(content).filter((part) => part.type === 'text')
  return texts.length > 0 ? [{ role: 'system', content: texts }] : []
}

function readUserMessage(content: string | WireBlock[]): Message[] {
  const results = typeof content === 'string' ? [] : content.flatMap(readToolResult)
  const parts = readUserParts(content)
  const said: Message[] = parts.length > 0 || results.length === 0 ? [{ role: 'user', content: parts }] : []
  return results.length > 0 ? [{ role: 'tool', content: results }, ...said] : said
}

function readUserParts(content: string | WireBlock[]): UserPart[] {
  if (typeof content === 'string') return readText(content)
  return content.flatMap((block) => {
    switch (block.type) {
      case 'text':
      case 'image':
      case 'document':
      case 'search_result':
      case 'unknown':
        return readShownBlock(block)
      default:
        return []
    }
  })
}

function readToolResult(block: WireBlock): ToolResultPart[] {
  if (block.type !== 'tool_result') return []
  const { tool_use_id: callId, content, is_error: isError } = block
  const shown: UserPart[] =
    typeof content === 'string' ? readText(content) : (content ?? []).flatMap(readShownBlock)
  const marked = withMark(shown, readMark(block))
  return [compact({ type: 'tool-result' as const, callId, content: marked, isError: isError ?? undefined })]
}

function readAssistantContent(content: string | WireBlock[]): AssistantPart[] {
  if (typeof content === 'string') return readText(content)
  const callStates = new Map<string, Opaque>()
  return content.flatMap((block): AssistantPart[] => {
    switch (block.type) {
      case 'text': {
        const file = readMadeFile(block.text)
        return file ? [file] : withMark(readText(block.text), readMark(block))
      }
      case 'image':
        // Not a block that Anthropic's models make; a model of another dialect did, and we showed
        // it to the client so.
        return readImage(block.source)
      case 'thinking':
        return [
          compact({
            type: 'reasoning' as const,
            text: block.thinking,
            opaque: readSignature(block.signature),
          }),
        ]
      case 'redacted_thinking': {
        const state = readRedacted(block.data)
        if (state?.callId !== undefined) callStates.set(state.callId, state.opaque)
        else if (state) return [{ type: 'reasoning', text: '', opaque: state.opaque }]
        return []
      }
      case 'tool_use': {
        const { id, name, input } = block
        const opaque = callStates.get(id)
        return [compact({ type: 'tool-call' as const, id, name, arguments: JSON.stringify(input), opaque })]
      }
      case 'unknown':
        return readForeignPart(block)
      default:
        return []
    }
  })
}

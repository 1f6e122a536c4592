/**
 * Names of tools in the characters and the length that the receiver takes. Unknown characters are
 * escaped, and what is too long is cut in its middle around a hash. The same name is always written
 * the same, so the names of a conversation need not be remembered: those that come back are found
 * among the tools of the request itself.
 */
import type { ChatRequest, Message } from '../../chat/request.ts'
import { shortId } from './short-id.ts'
import type { DialectLimits } from './limits.ts'

type NameLimits = Pick<DialectLimits, 'longestToolName' | 'unknownInToolName'>

/**
 * How much of a name's beginning stays where it is cut; its end says more of what the tool does.
 */
const keptHead = 16

/** A name as the receiver takes it. */
export function writeToolName(
  name: string,
  { longestToolName: longest, unknownInToolName }: NameLimits,
): string {
  const escaped = escapeName(name, unknownInToolName)
  if (escaped.length <= longest) return escaped
  // Longer than any id, so that it is hashed and never taken as it is.
  const hash = shortId(`tool name ${name}`)
  const tail = escaped.slice(keptHead + hash.length + 2 - longest)
  return `${escaped.slice(0, keptHead)}_${hash}_${tail}`
}

/** Unknown characters as `_0x2d_`, by their code points; no two names become one. */
function escapeName(name: string, unknown: RegExp): string {
  return name.replaceAll(unknown, (character) => `_0x${character.codePointAt(0)?.toString(16) ?? ''}_`)
}

/**
 * The request with names that fit, and the client's own by those that were changed; the same
 * request where all fit.
 */
export function fitToolNames(
  request: ChatRequest,
  limits: NameLimits,
): { request: ChatRequest; names: ReadonlyMap<string, string> } {
  const names = new Map<string, string>()
  const written = new Map<string, string>()
  const write = (name: string): string => {
    const found = written.get(name)
    if (found !== undefined) return found
    const fitting = writeToolName(name, limits)
    written.set(name, fitting)
    if (fitting !== name) names.set(fitting, name)
    return fitting
  }
  for (const { name } of request.tools) write(name)
  for (const { role, content } of request.messages) {
    if (role === 'assistant') for (const part of content) if (part.type === 'tool-call') write(part.name)
  }
  const { toolChoice } = request
  if (typeof toolChoice === 'object') write(toolChoice.name)
  if (names.size === 0) return { request, names }
  return {
    request: {
      ...request,
      tools: request.tools.map((tool) => ({ ...tool, name: write(tool.name) })),
      messages: request.messages.map((message) => renameCalls(message, write)),
      ...(typeof toolChoice === 'object' && { toolChoice: { name: write(toolChoice.name) } }),
    },
    names,
  }
}

function renameCalls(message: Message, write: (name: string) => string): Message {
  if (message.role !== 'assistant' || !message.content.some((part) => part.type === 'tool-call'))
    return message
  const content = message.content.map((part) =>
    part.type === 'tool-call' ? { ...part, name: write(part.name) } : part,
  )
  return { ...message, content }
}

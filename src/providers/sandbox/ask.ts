/** What the sandbox is asked, in no dialect: all that its behaviours look at. */
import type { OutputFormat, Tool, ToolChoice } from '../../chat/request.ts'
import type { SandboxModel } from './models.ts'

export interface Ask {
  model: SandboxModel
  /** The text of the last user message. */
  prompt: string
  /** Images, audio and documents that came with it. */
  files: number
  /** What the tools answered, where the conversation ends in their answers. */
  toolResults: string[]
  tools: Tool[]
  toolChoice: ToolChoice
  parallelToolCalls: boolean
  format?: OutputFormat
  stop: string[]
  /** Output limit in tokens, reasoning included. */
  maxOutputTokens?: number
  choices: number
  inputTokens: number
  stream: boolean
  /** Whether the stream should report usage. */
  streamUsage: boolean
}

/** Roughly how many tokens a text is, by the usual four letters each. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4)
}

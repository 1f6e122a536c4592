/** How large a request will be, near enough to reserve quota for it. Pure. */
import type { FilePart, ChatRequest, Message } from '../chat/request.ts'

/** Four characters to a token hold for English text and most code; what it misses is settled by the true usage. */
const charactersPerToken = 4
/** What providers count for one image at usual detail, and for a document or recording that is only named. */
const imageTokens = 1_000
const fileTokens = 2_000
/** Overhead of a message's role and separators. */
const messageTokens = 4
/** An answer's length where the client set no limit. */
const usualOutputTokens = 1_024

export interface Estimate {
  inputTokens: number
  outputTokens: number
}

/** The tokens a request will take at most (input as guessed, output as limited or usual). */
export function estimateTokens(request: ChatRequest): Estimate {
  let input = request.messages.reduce((sum, message) => sum + messageSize(message), 0)
  for (const tool of request.tools) {
    input +=
      tokensOf(tool.name) + tokensOf(tool.description ?? '') + tokensOf(JSON.stringify(tool.parameters ?? {}))
  }
  if (request.format?.type === 'json-schema') input += tokensOf(JSON.stringify(request.format.schema))
  return {
    inputTokens: input,
    outputTokens: (request.maxOutputTokens ?? usualOutputTokens) * (request.choices ?? 1),
  }
}

/** The tokens of a text, at least one for any text at all. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / charactersPerToken)
}

function messageSize(message: Message): number {
  let tokens = messageTokens
  for (const part of message.content) {
    switch (part.type) {
      case 'text':
      case 'reasoning':
      case 'refusal':
        tokens += tokensOf(part.text)
        break
      case 'tool-call':
        tokens += tokensOf(part.name) + tokensOf(part.arguments)
        break
      case 'tool-result':
        for (const inner of part.content)
          tokens += inner.type === 'text' ? tokensOf(inner.text) : sizeOfFile(inner)
        break
      case 'file':
        tokens += sizeOfFile(part)
        break
    }
  }
  return tokens
}

function sizeOfFile(file: FilePart): number {
  if (file.source.type === 'text') return tokensOf(file.source.text)
  return file.kind === 'image' ? imageTokens : fileTokens
}

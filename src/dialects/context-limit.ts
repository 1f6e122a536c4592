/**
 * A request that is too long for its model, in the words on which the clients of each dialect act:
 * Claude Code makes its conversation shorter on "prompt is too long" and lowers `max_tokens` on
 * "exceed context limit" alone. The numbers are the provider's own, read from its sentence. Pure.
 */
import type { HubError } from '../errors.ts'

/** What a provider says of a request that is too long, in tokens. */
export interface ContextLimit {
  /** The most that the model takes. */
  limit?: number
  /** The prompt, where it is said apart from the output, else all that was asked for. */
  input?: number
  /** What the request asked for as output. */
  output?: number
}

/** Whether an error says that the request is too long for every model that was asked. */
export function isTooLong({ upstream }: HubError): boolean {
  return upstream?.verdict === 'context-too-long'
}

const count = String.raw`(\d[\d,_]*)`
const limits = [
  `context limit: [\\d,]+ \\+ [\\d,]+ > ${count}`,
  `(?:context length|context window|context limit|prompt length|context size|length) (?:is|of|limit of|to)?\\s*(?:only )?(?:up to )?${count}`,
  `${count} (?:tokens? )?(?:maximum|max)\\b`,
  `tokens? > ${count}`,
  `maximum number of (?:input )?tokens(?: allowed)? \\(${count}\\)`,
  `(?:token|context) limit(?: of|:)? ${count}`,
  `exceeds the limit of ${count}`,
  `cannot exceed ${count}`,
  `available context size \\(${count}`,
  `model with ${count}`,
  `must be <= ${count}`,
]
const inputs = [
  `\\(${count} (?:tokens )?(?:in the messages|of text input|in your prompt|in the prompt)`,
  `prompt is too long: ${count}`,
  `input token count(?: of)? \\(?${count}`,
  `prompt token count of ${count}`,
  `context limit: ${count} \\+`,
  `(?:prompt|request|messages|input) (?:contains?|has|have|resulted in|is|requires?)(?: at least| about)? ${count}`,
  `Given: ${count}`,
  `received ${count}`,
  `request \\(${count}`,
  `requested(?: about)?:? ${count}`,
]
const outputs = [
  `(?:, |and )${count} (?:tokens )?(?:in the completion|in the output|for the completion|of output)`,
  `context limit: [\\d,]+ \\+ ${count} >`,
  `requested ${count} output tokens`,
  `too large: ${count}`,
  `and ${count} \`?max_new_tokens`,
]

/** Reads the numbers of a sentence. */
export function readContextLimit(message: string): ContextLimit {
  const text = message.slice(0, longestSentence)
  const limit = first(limits, text)
  const input = first(inputs, text)
  const output = first(outputs, text)
  return {
    ...(limit !== undefined && { limit }),
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
  }
}

/** Numbers stand in the first sentences. */
const longestSentence = 1_000

function first(patterns: readonly string[], text: string): number | undefined {
  for (const pattern of patterns) {
    const digits = new RegExp(pattern, 'i').exec(text)?.[1]?.replaceAll(/[,_]/g, '')
    if (digits !== undefined && digits.length <= 12) return Number(digits)
  }
  return undefined
}

/** As Anthropic says it. https://platform.claude.com/docs/en/build-with-claude/context-windows */
export function anthropicTooLong(message: string): string {
  if (/^(?:prompt is too long|input length and `max_tokens` exceed context limit)/.test(message))
    return message
  const { limit, input, output } = readContextLimit(message)
  if (limit === undefined || input === undefined) return `prompt is too long: ${message}`
  if (output !== undefined && output > 0 && input < limit)
    return `input length and \`max_tokens\` exceed context limit: ${input} + ${output} > ${limit}, decrease input length or \`max_tokens\` and try again`
  return `prompt is too long: ${input} tokens > ${limit} maximum`
}

/** As OpenAI says it; its clients go by the code. */
export function openaiTooLong(message: string): string {
  if (/context (?:length|window)/i.test(message)) return message
  const { limit, input } = readContextLimit(message)
  if (limit === undefined || input === undefined) return `This request exceeds the context window: ${message}`
  return `This model's maximum context length is ${limit} tokens. However, your messages resulted in ${input} tokens. Please reduce the length of the messages.`
}

/** As Google says it. */
export function geminiTooLong(message: string): string {
  if (/input token count.{0,40}exceeds the maximum/i.test(message)) return message
  const { limit, input } = readContextLimit(message)
  if (limit === undefined || input === undefined)
    return `The input token count exceeds the maximum number of tokens allowed: ${message}`
  return `The input token count (${input}) exceeds the maximum number of tokens allowed (${limit}).`
}

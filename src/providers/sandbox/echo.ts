/** What the sandbox says: the same for the same question, and shaped as the question wants it. */
import type { Tool } from '../../chat/request.ts'
import type { Ask } from './ask.ts'
import { valueFor } from './schema-value.ts'

/** A part of an answer. For a tool call the text is its arguments. */
export type Step =
  | { type: 'text' | 'reasoning' | 'refusal'; text: string }
  | { type: 'tool-call'; name: string; text: string }

/**
 * Calls the tools it is offered, once each; when they have answered, and otherwise, says back what
 * it was told.
 */
export function echo(ask: Ask): Step[] {
  const calls = ask.toolResults.length > 0 ? [] : toolsToCall(ask)
  if (calls.length > 0) {
    return calls.map((tool) => ({
      type: 'tool-call',
      name: tool.name,
      text: JSON.stringify(argumentsFor(tool)),
    }))
  }
  return [{ type: 'text', text: ask.format ? jsonText(ask) : plainText(ask) }]
}

function toolsToCall({ tools, toolChoice, parallelToolCalls }: Ask): Tool[] {
  if (toolChoice === 'none') return []
  const offered =
    typeof toolChoice === 'object' ? tools.filter((tool) => tool.name === toolChoice.name) : tools
  return parallelToolCalls ? offered : offered.slice(0, 1)
}

function argumentsFor({ parameters }: Tool) {
  return parameters ? valueFor({ type: 'object', ...parameters }) : {}
}

function jsonText({ format, prompt, toolResults }: Ask): string {
  if (format?.type === 'json-schema') return JSON.stringify(valueFor(format.schema, format.name))
  return JSON.stringify(toolResults.length > 0 ? { echo: prompt, toolResults } : { echo: prompt })
}

function plainText({ prompt, files, toolResults }: Ask): string {
  if (toolResults.length > 0) return `The tools answered: ${toolResults.join('; ')}`
  const attached = files === 0 ? '' : ` (with ${files} ${files === 1 ? 'file' : 'files'})`
  return `You said: ${prompt}${attached}\n\nThis is the sandbox: no model was asked and no network was used.`
}

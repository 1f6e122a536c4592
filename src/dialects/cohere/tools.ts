/** Tools and the choice among them. https://docs.cohere.com/docs/tool-use-overview */
import type { JsonObject } from '../../chat/json.ts'
import type { ChatRequest, Tool } from '../../chat/request.ts'
import { HubError } from '../../errors.ts'
import { compact, listIn } from '../json-read.ts'

/** @throws {HubError} VALIDATION_ERROR where the choice names a tool that is not there. */
export function writeTools(request: ChatRequest): { fields: JsonObject; dropped: string[] } {
  const { toolChoice, parallelToolCalls } = request
  const tools = offered(request)
  if (tools.length === 0) return { fields: {}, dropped: [] }
  // The field is one for all tools, and refused where one of them requires no parameter.
  const strict = tools.every((tool) => tool.strict && listIn(tool.parameters?.required).length > 0)
  const fields = compact({
    tools: tools.map(writeTool),
    strict_tools: strict || undefined,
    tool_choice: writeChoice(toolChoice),
  })
  const dropped = [
    ...(!strict && tools.some((tool) => tool.strict) ? ['strict'] : []),
    ...(parallelToolCalls === false ? ['parallel_tool_calls'] : []),
  ]
  return { fields, dropped }
}

/**
 * Cohere has no word for one named tool, but a model that must use a tool and is offered one uses
 * that one.
 */
function offered({ tools, toolChoice }: ChatRequest): Tool[] {
  if (typeof toolChoice !== 'object') return tools
  const named = tools.filter((tool) => tool.name === toolChoice.name)
  if (named.length > 0) return named
  const problem = `The tool "${toolChoice.name}" in "tool_choice" is not defined in "tools".`
  throw new HubError('VALIDATION_ERROR', problem, { param: 'tool_choice' })
}

function writeTool({ name, description, parameters }: Tool): JsonObject {
  const definition = compact({
    name,
    description,
    parameters: parameters ?? { type: 'object', properties: {} },
  })
  return { type: 'function', function: definition }
}

function writeChoice(choice: ChatRequest['toolChoice']): string | undefined {
  if (choice === undefined || choice === 'auto') return undefined
  return choice === 'none' ? 'NONE' : 'REQUIRED'
}

/**
 * A client's own body for a provider of this dialect that knows functions and no other tools of a
 * client: xAI, DeepSeek, OpenRouter. Definitions, calls and results become those of functions; the
 * answer is translated back.
 */
import type { Json, JsonObject } from '../../chat/json.ts'
import type { ChatRequest } from '../../chat/request.ts'
import { listIn, objectIn, textIn } from '../json-read.ts'
import { clientToolTypes, functionItems, ToolNames } from './client-tools.ts'
import { writeTool, writeToolChoice } from './write-request.ts'

/** Whether a body holds anything that only OpenAI knows. */
export function needsFlatTools({ tools, origin }: ChatRequest): boolean {
  const names = new ToolNames([])
  return (
    tools.some(({ form }) => form) ||
    listIn(origin.body.tools).some((tool) => clientToolTypes.has(objectIn(tool)?.type)) ||
    listIn(origin.body.input).some((item) => {
      const members = objectIn(item)
      return members && (functionItems(members, names) !== undefined || isNamespaced(members))
    })
  )
}

function isNamespaced({ type, namespace }: JsonObject): boolean {
  return type === 'function_call' && textIn(namespace) !== undefined
}

/** The body with functions in the places of all other tools that the client runs. */
export function withFlatTools(body: JsonObject, { tools, toolChoice }: ChatRequest): JsonObject {
  const names = new ToolNames(tools)
  const given = listIn(body.tools).filter((tool) => !clientToolTypes.has(objectIn(tool)?.type))
  const known = new Set(given.map((tool) => objectIn(tool)?.name))
  const offered: Json[] = [...given, ...tools.filter(({ name }) => !known.has(name)).map(writeTool)]
  const { tools: _tools, tool_choice: choice, ...rest } = body
  return {
    ...rest,
    ...(Array.isArray(body.input) && { input: body.input.flatMap((item) => flatItem(item, names)) }),
    ...(offered.length > 0 && { tools: offered }),
    ...(choice !== undefined && { tool_choice: flatChoice(choice, toolChoice) }),
  }
}

function flatItem(item: Json, names: ToolNames): Json[] {
  const members = objectIn(item)
  if (!members) return [item]
  if (!isNamespaced(members)) return functionItems(members, names) ?? [item]
  const { namespace, ...call } = members
  return [{ ...call, name: names.of('function', textIn(call.name) ?? '', namespace) }]
}

/** A choice among the client's tools is said as it is read; one of a tool of the provider stays. */
function flatChoice(choice: Json, read: ChatRequest['toolChoice']): Json {
  return objectIn(choice) && read !== undefined ? (writeToolChoice(read) ?? choice) : choice
}

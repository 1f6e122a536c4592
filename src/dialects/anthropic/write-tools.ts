/** Tools and the choice among them. */
import type { JsonObject } from '../../chat/json.ts'
import type { ChatRequest, Tool, ToolChoice } from '../../chat/request.ts'
import { writeMark } from '../cache-marks.ts'
import { compact } from '../json-read.ts'
import { strictSchema } from './schema.ts'
import type { Thinking } from './thinking.ts'

interface Written {
  tools?: JsonObject[]
  tool_choice?: JsonObject
}

/** @param knowsSchemas whether the model can be held to a schema. */
export function writeTools(
  { tools, toolChoice, parallelToolCalls }: ChatRequest,
  thinking: Thinking,
  knowsSchemas: boolean,
  dropped: string[],
): Written {
  if (tools.length === 0) return {}
  // Whether calls may be parallel is said inside of the choice.
  const plain = parallelToolCalls === undefined ? undefined : 'auto'
  const choice = writeChoice(toolChoice ?? plain, thinking, dropped)
  return {
    tools: tools.map((tool) => writeTool(tool, knowsSchemas)),
    ...(choice && { tool_choice: withParallel(choice, parallelToolCalls) }),
  }
}

function writeTool(
  { name, description, parameters, strict, cache }: Tool,
  knowsSchemas: boolean,
): JsonObject {
  const isStrict = strict === true && knowsSchemas
  // The root must be an object, even of a tool that takes nothing.
  const schema = { type: 'object', ...(parameters ?? { properties: {} }) }
  return compact({
    name,
    description,
    input_schema: isStrict ? strictSchema(schema) : schema,
    strict: isStrict || undefined,
    ...writeMark(cache),
  })
}

function writeChoice(
  choice: ToolChoice | undefined,
  thinking: Thinking,
  dropped: string[],
): JsonObject | undefined {
  if (choice === undefined || choice === 'auto' || choice === 'none') return choice && { type: choice }
  // A model with a thinking budget cannot be made to call a tool; one that thinks as it likes can.
  if (thinking.type === 'budget') {
    dropped.push('tool_choice')
    return { type: 'auto' }
  }
  return choice === 'required' ? { type: 'any' } : { type: 'tool', name: choice.name }
}

function withParallel(choice: JsonObject, parallel: boolean | undefined): JsonObject {
  if (parallel === undefined || choice.type === 'none') return choice
  return { ...choice, disable_parallel_tool_use: !parallel }
}

/** A request as a scripted model reads it, in no dialect. */
import type { DialectId } from '../../src/domain/dialects.ts'
import { isJsonObject, type Json, type JsonObject } from '../../src/chat/json.ts'
import { listIn, objectIn, textIn } from '../../src/dialects/json-read.ts'

/** A tool that the model may call. */
export interface OfferedTool {
  name: string
  /** Codex keeps the tools of an MCP server in a namespace. */
  namespace?: string
  /** Set for a tool that takes a text instead of arguments. */
  isCustom?: true
  schema: JsonObject
}

export interface Result {
  tool: string
  text: string
}

export interface HeardRequest {
  tools: OfferedTool[]
  /** The results of the calls so far, in their order, with the tools that were called. */
  results: Result[]
  images: number
  /** Everything that the user and the agent wrote, for finding the task. */
  text: string
}

/** Reads a body of any dialect. */
export function hear(dialect: DialectId, body: JsonObject): HeardRequest {
  return {
    tools: toolsOf(dialect, body),
    results: resultsOf(dialect, body),
    images: countImages(body),
    text: JSON.stringify(body.messages ?? body.input ?? body.contents ?? ''),
  }
}

function toolsOf(dialect: DialectId, body: JsonObject): OfferedTool[] {
  const added = listIn(body.input).flatMap((item) =>
    objectIn(item)?.type === 'additional_tools' ? listIn(objectIn(item)?.tools) : [],
  )
  return [...listIn(body.tools), ...added].flatMap((tool) => offered(dialect, objectIn(tool) ?? {}))
}

function offered(dialect: DialectId, tool: JsonObject): OfferedTool[] {
  if (dialect === 'gemini')
    return listIn(tool.functionDeclarations).map((declared) => {
      const { name, parametersJsonSchema, parameters } = objectIn(declared) ?? {}
      return named(name, parametersJsonSchema ?? parameters)
    })
  if (tool.type === 'namespace')
    return listIn(tool.tools).flatMap((inner) =>
      offered(dialect, objectIn(inner) ?? {}).map((one) => ({ ...one, namespace: textIn(tool.name) ?? '' })),
    )
  if (tool.type === 'custom' && dialect === 'openai-responses')
    return [{ ...named(tool.name, undefined), isCustom: true }]
  const called = objectIn(tool.function)
  return [named(called?.name ?? tool.name, called?.parameters ?? tool.parameters ?? tool.input_schema)]
}

function named(name: Json | undefined, schema: Json | undefined): OfferedTool {
  return { name: textIn(name) ?? '', schema: objectIn(schema) ?? {} }
}

function resultsOf(dialect: DialectId, body: JsonObject): Result[] {
  switch (dialect) {
    case 'gemini':
      return partsIn(body.contents, 'parts').flatMap(({ functionResponse }) => {
        const { name, response } = objectIn(functionResponse) ?? {}
        return functionResponse ? [{ tool: textIn(name) ?? '', text: textOf(response) }] : []
      })
    case 'anthropic':
      return pair(partsIn(body.messages, 'content'), {
        call: ({ type, id, name }) => type === 'tool_use' && [id, name],
        result: ({ type, tool_use_id: id, content }) => type === 'tool_result' && [id, content],
      })
    case 'openai-responses':
      return pair(objectsIn(body.input), {
        call: ({ type, call_id: id, name }) => isText(type, /_call$/) && [id, name ?? type],
        result: ({ type, call_id: id, output }) => isText(type, /_output$/) && [id, output],
      })
    default:
      return pair(
        objectsIn(body.messages).flatMap((message) => [message, ...objectsIn(message.tool_calls)]),
        {
          call: ({ id, function: called }) => called !== undefined && [id, objectIn(called)?.name],
          result: ({ role, tool_call_id: id, content }) => role === 'tool' && [id, content],
        },
      )
  }
}

type Pick = (item: JsonObject) => false | [id: Json | undefined, value: Json | undefined]

/** Results, each with the name in the call of the same id. */
function pair(items: JsonObject[], { call, result }: { call: Pick; result: Pick }): Result[] {
  const names = new Map(items.map(call).filter((found) => found !== false))
  return items
    .map(result)
    .filter((found) => found !== false)
    .map(([id, content]) => ({ tool: textIn(names.get(id)) ?? '', text: textOf(content) }))
}

function isText(value: Json | undefined, form: RegExp): boolean {
  return typeof value === 'string' && form.test(value)
}

function objectsIn(value: Json | undefined): JsonObject[] {
  return listIn(value).filter((item) => isJsonObject(item))
}

function partsIn(turns: Json | undefined, member: string): JsonObject[] {
  return objectsIn(turns).flatMap((turn) => objectsIn(turn[member]))
}

/** All texts within a value. */
function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textOf).join('\n')
  return Object.values(objectIn(value) ?? {})
    .map(textOf)
    .join('\n')
}

function countImages(body: JsonObject): number {
  return (
    JSON.stringify(body).split(/"(?:image_url|inlineData|input_image)":|"type":"(?:image|input_image)"/)
      .length - 1
  )
}

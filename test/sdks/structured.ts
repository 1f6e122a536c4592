/**
 * What vendors refuse of structured output, strict schemas and choices of tools: the rules that
 * SDKs' helpers meet and coding agents do not. Each is from its vendor's documentation.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import type { Json, JsonObject } from '../../src/chat/json.ts'
import { listIn, objectIn, textIn } from '../../src/dialects/json-read.ts'
import { demand } from '../agents/strict/refusal.ts'

/** Vendors that hold schemas to OpenAI's rules where these are marked as strict. */
const strictVendors = ['openai', 'groq']

/** @throws {Refusal} where a vendor does not take how an answer is to be formed. */
export function checkStructured(dialect: DialectId, body: JsonObject, vendor: string): void {
  switch (dialect) {
    case 'openai-chat':
      return checkChat(body, vendor)
    case 'openai-responses':
      return checkResponses(body, vendor)
    case 'anthropic':
      return checkAnthropic(body)
    case 'gemini':
      return checkGemini(body)
    case 'cohere':
      return checkCohere(body)
    case 'openai-embeddings':
    case 'hub-chat':
    case 'hub-query':
      return
  }
}

function checkChat(body: JsonObject, vendor: string): void {
  const tools = listIn(body.tools).map((tool) => objectIn(objectIn(tool)?.function) ?? {})
  checkStrictTools(tools, vendor, false)
  const choice = body.tool_choice
  const name = textIn(objectIn(objectIn(choice)?.function)?.name)
  checkChoice(choice, name, tools)
  // https://api-docs.deepseek.com/guides/thinking_mode: "Thinking mode does not support this
  // tool_choice".
  if (vendor === 'deepseek' && objectIn(body.thinking)?.type !== 'disabled')
    demand(
      [undefined, 'auto', 'none'].includes(choice as string),
      'Thinking mode does not support this tool_choice',
    )
  const format = objectIn(body.response_format)
  if (!format) return
  checkFormat(format, objectIn(format.json_schema), body.messages, vendor)
  // https://console.groq.com/docs/structured-outputs
  if (vendor === 'groq') demand(tools.length === 0, 'json mode cannot be combined with tool/function calling')
}

function checkResponses(body: JsonObject, vendor: string): void {
  const tools = listIn(body.tools).map((tool) => objectIn(tool) ?? {})
  // An absent `strict` means that the schema is made strict where it can be.
  checkStrictTools(tools, vendor, false)
  checkChoice(body.tool_choice, textIn(objectIn(body.tool_choice)?.name), tools)
  const format = objectIn(objectIn(body.text)?.format)
  if (format) checkFormat(format, format, body.input, vendor)
}

/** https://platform.claude.com/docs/en/build-with-claude/structured-outputs */
function checkAnthropic(body: JsonObject): void {
  const tools = listIn(body.tools).map((tool) => objectIn(tool) ?? {})
  for (const { name, strict, input_schema } of tools)
    if (strict === true) demandClosed(input_schema, textIn(name) ?? '')
  const { type, name } = objectIn(body.tool_choice) ?? {}
  demand(
    [undefined, 'auto', 'any', 'tool', 'none'].includes(type as string),
    `tool_choice: ${JSON.stringify(type)}`,
  )
  checkChoice(type, textIn(name), tools)
  if (objectIn(body.thinking)?.type === 'enabled')
    demand(type !== 'any' && type !== 'tool', 'Thinking may not be enabled when tool_choice forces tool use.')
  const format = objectIn(objectIn(body.output_config)?.format)
  if (!format) return
  demand(format.type === 'json_schema', 'output_config.format.type: Input should be "json_schema"')
  demand(objectIn(format.schema) !== undefined, 'output_config.format.schema: Field required')
  demandClosed(format.schema, 'output_config.format.schema')
}

/** https://ai.google.dev/gemini-api/docs/structured-output */
function checkGemini(body: JsonObject): void {
  const tools = listIn(body.tools).flatMap((tool) => listIn(objectIn(tool)?.functionDeclarations))
  const names = tools.map((tool) => objectIn(tool)?.name)
  const mode = objectIn(objectIn(body.toolConfig)?.functionCallingConfig)
  for (const name of listIn(mode?.allowedFunctionNames))
    demand(names.includes(name), `allowed_function_names has ${JSON.stringify(name)}, which is not declared.`)
  if (mode?.mode === 'ANY')
    demand(names.length > 0, 'Function calling config is set without function_declarations.')
  if (mode?.allowedFunctionNames) demand(mode.mode !== 'AUTO', 'allowed_function_names needs the mode ANY.')
  const config = objectIn(body.generationConfig) ?? {}
  const schemas = [config.responseSchema, config.responseJsonSchema].filter((schema) => schema !== undefined)
  demand(schemas.length <= 1, 'Only one of response_schema and response_json_schema can be set.')
  if (schemas.length > 0)
    demand(
      config.responseMimeType === 'application/json',
      'Schemas need response_mime_type: application/json.',
    )
}

function checkCohere(body: JsonObject): void {
  const tools = listIn(body.tools)
  const choice = body.tool_choice
  demand(
    [undefined, 'REQUIRED', 'NONE'].includes(choice as string),
    `invalid tool_choice: ${JSON.stringify(choice)}`,
  )
  if (choice !== undefined) demand(tools.length > 0, 'tool_choice needs tools')
  if (body.response_format === undefined) return
  // https://docs.cohere.com/docs/structured-outputs
  demand(tools.length === 0, 'cannot specify response_format with tools')
}

function checkChoice(choice: Json | undefined, name: string | undefined, tools: JsonObject[]): void {
  if (choice !== undefined && choice !== 'auto' && choice !== 'none')
    demand(tools.length > 0, 'tool_choice is only allowed when tools are specified.')
  if (name !== undefined)
    demand(
      tools.some((tool) => tool.name === name),
      `tool_choice names '${name}', which is not among the tools.`,
    )
}

function checkStrictTools(tools: JsonObject[], vendor: string, byDefault: boolean): void {
  if (!strictVendors.includes(vendor)) return
  for (const { name, strict = byDefault, parameters } of tools)
    if (strict === true) demandStrict(parameters, textIn(name) ?? '')
}

function checkFormat(
  format: JsonObject,
  spec: JsonObject | undefined,
  told: Json | undefined,
  vendor: string,
): void {
  if (format.type === 'json_object')
    demand(/json/i.test(JSON.stringify(told)), "'messages' must contain the word 'json' in some form.")
  if (format.type !== 'json_schema') return
  demand(
    /^[a-zA-Z0-9_-]{1,64}$/.test(textIn(spec?.name) ?? ''),
    'The name of the schema is missing or wrong.',
  )
  if (strictVendors.includes(vendor) && spec?.strict === true)
    demandStrict(spec.schema, textIn(spec.name) ?? '')
}

/** Anthropic's: every object is closed. */
function demandClosed(schema: Json | undefined, name: string): void {
  for (const one of objectsIn(schema))
    demand(
      one.additionalProperties === false,
      `${name}: For 'object' type, 'additionalProperties' must be false`,
    )
}

/** OpenAI's: every object is closed, and every property is required. */
function demandStrict(schema: Json | undefined, name: string): void {
  for (const one of objectsIn(schema)) {
    const says = `Invalid schema for '${name}': `
    demand(one.additionalProperties === false, `${says}'additionalProperties' is required to be false.`)
    const required = listIn(one.required)
    const missing = Object.keys(objectIn(one.properties) ?? {}).find((key) => !required.includes(key))
    demand(missing === undefined, `${says}'required' must include every key in properties: '${missing}'.`)
  }
}

/** The schemas of objects within a schema. */
function objectsIn(value: Json | undefined): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn)
  const schema = objectIn(value)
  if (!schema) return []
  const tables = [schema.properties, schema.$defs].flatMap((table) => Object.values(objectIn(table) ?? {}))
  const inner = [...tables, schema.items, schema.anyOf].flatMap((one) => objectsIn(one))
  return schema.type === 'object' ? [schema, ...inner] : inner
}

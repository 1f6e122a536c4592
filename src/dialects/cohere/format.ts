/**
 * JSON output. Cohere refuses `response_format` beside tools, so there the shape is asked for in
 * words. https://docs.cohere.com/docs/structured-outputs
 */
import type { JsonObject } from '../../chat/json.ts'
import type { ChatRequest, OutputFormat } from '../../chat/request.ts'

/**
 * The format as a field, or else as an instruction to the model; neither where plain text is
 * wanted.
 */
export function placeFormat({ format, tools }: Pick<ChatRequest, 'format' | 'tools'>): {
  format?: JsonObject
  instruction?: string
} {
  if (!format) return {}
  return tools.length > 0 ? { instruction: describe(format) } : { format: writeFormat(format) }
}

function writeFormat(format: OutputFormat): JsonObject {
  return format.type === 'json'
    ? { type: 'json_object' }
    : { type: 'json_object', json_schema: format.schema }
}

function describe(format: OutputFormat): string {
  if (format.type === 'json') return 'When you answer, answer with a JSON object and nothing else.'
  const schema = JSON.stringify(format.schema)
  return `When you answer, answer with a JSON object that conforms to this JSON Schema and nothing else:\n${schema}`
}

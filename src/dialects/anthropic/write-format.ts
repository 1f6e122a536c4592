/**
 * The shape of the answer's text: a schema that the model is held to where it knows any, else an
 * instruction.
 */
import type { JsonObject } from '../../chat/json.ts'
import type { OutputFormat } from '../../chat/request.ts'
import { strictSchema } from './schema.ts'

/**
 * A schema in words is better than a forced tool, which would need the call turned back into text,
 * and forbids thinking.
 */
export function writeFormat(
  format: OutputFormat | undefined,
  knowsSchemas: boolean,
  dropped: string[],
): { format?: JsonObject; instruction?: string } {
  switch (format?.type) {
    case undefined:
      return {}
    case 'json':
      return {
        instruction: 'Answer with one JSON object and nothing else: no words around it, no code fence.',
      }
    case 'json-schema': {
      const schema = strictSchema(format.schema)
      if (knowsSchemas) return { format: { type: 'json_schema', schema } }
      dropped.push('response_format.json_schema')
      return {
        instruction: `Answer with one JSON object and nothing else: no words around it, no code fence. It conforms to this JSON Schema:\n${JSON.stringify(format.schema)}`,
      }
    }
  }
}

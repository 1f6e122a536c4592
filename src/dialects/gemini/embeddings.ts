/**
 * Gemini's embeddings, told in OpenAI's words and back: `embedContent` and `batchEmbedContents`.
 * https://ai.google.dev/api/embeddings
 */
import { z } from 'zod'
import { isJsonObject, type Json, type JsonObject } from '../../chat/json.ts'
import { HubError } from '../../errors.ts'
import { validationError } from '../../http/validation.ts'
import { compact } from '../json-read.ts'

const part = z.looseObject({ text: z.string().optional() })
// The fields may have either of proto3's names, and one object may be given where a list is meant.
const content = z.looseObject({ parts: z.union([z.array(part), part]) })
// A number may be a text in proto3's JSON, and null says nothing.
const dimensions = z.coerce.number().int().min(1).nullish()
const request = z.looseObject({
  model: z.string().optional(),
  content,
  outputDimensionality: dimensions,
  output_dimensionality: dimensions,
})
const batch = z.looseObject({ requests: z.array(request).min(1).max(2_048) })

export type EmbeddingMethod = 'embedContent' | 'batchEmbedContents'

/**
 * The request in OpenAI's dialect, and the fields that have no words there.
 * @throws {HubError} VALIDATION_ERROR naming the field that is wrong.
 */
export function toOpenaiEmbeddings(
  body: unknown,
  method: EmbeddingMethod,
  model: string,
): { body: JsonObject; dropped: string[] } {
  const requests = method === 'embedContent' ? [read(request, body)] : read(batch, body).requests
  const sizes = new Set(requests.map(sizeOf))
  if (sizes.size > 1)
    throw new HubError('VALIDATION_ERROR', 'All requests must have the same "outputDimensionality".', {
      param: 'requests',
    })
  const [size] = sizes
  const input = requests.map((each, index) =>
    textOf(each, method === 'embedContent' ? '' : `requests[${index}].`),
  )
  const dropped = ['taskType', 'task_type', 'title'].filter((name) => requests.some((each) => name in each))
  return { body: compact({ model, input, dimensions: size }), dropped }
}

/** OpenAI's answer as Gemini's clients read it. */
export function toGeminiEmbeddings(answer: Json, method: EmbeddingMethod): JsonObject {
  const data = isJsonObject(answer) && Array.isArray(answer.data) ? answer.data.filter(isJsonObject) : []
  const embeddings = data.map(({ embedding }) => ({ values: embedding ?? [] }))
  return method === 'embedContent' ? { embedding: embeddings[0] ?? { values: [] } } : { embeddings }
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw validationError(parsed.error)
  return parsed.data
}

function sizeOf({ outputDimensionality, output_dimensionality: size }: z.infer<typeof request>) {
  return outputDimensionality ?? size ?? undefined
}

function textOf({ content: { parts } }: z.infer<typeof request>, path: string): string {
  const texts = [parts].flat().map(({ text }) => text)
  if (texts.length > 0 && texts.every((text) => text !== undefined)) return texts.join('\n')
  throw new HubError('VALIDATION_ERROR', 'Only text can be embedded: each part must have a "text".', {
    param: `${path}content.parts`,
  })
}

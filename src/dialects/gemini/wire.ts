/**
 * What is read of a Gemini request. Strict about the types of what is known, open for the rest, which travels to providers of
 * this dialect in `origin`. Null stands for absent: SDKs that serialise their defaults send it.
 * https://ai.google.dev/api/generate-content
 */
import { z } from 'zod'
import { exactInteger } from '../exact-integer.ts'
import { isJsonObject, type JsonObject } from '../../chat/json.ts'

const jsonObject = z.custom<JsonObject>(isJsonObject, { error: 'must be an object' })

/** JSON for protocol buffers takes every field by two names. https://protobuf.dev/programming-guides/json/ */
export function camelNames(value: unknown): unknown {
  if (!isJsonObject(value) || !Object.keys(value).some((name) => name.includes('_'))) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [camelName(name), member]))
}

/** `_responseJsonSchema` is what `responseJsonSchema` was called before it was settled. */
function camelName(name: string): string {
  return name.replace(/^_/, '').replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** An object whose fields may be named in either way. What is inside it that is not declared here keeps its names. */
function message<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(camelNames, z.looseObject(shape))
}

/** A word of an enumeration, which the API takes in any case. */
function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.preprocess((value) => (typeof value === 'string' ? value.toUpperCase() : value), z.enum(words))
}

const blob = message({ data: z.string(), mimeType: z.string().nullish(), displayName: z.string().nullish() })
const fileData = message({ fileUri: z.string(), mimeType: z.string().nullish() })

const functionCall = message({
  id: z.string().nullish(),
  name: z.string(),
  args: jsonObject.nullish(),
})

const functionResponse = message({
  id: z.string().nullish(),
  name: z.string(),
  response: jsonObject.nullish(),
  parts: z.array(message({ inlineData: blob.nullish(), fileData: fileData.nullish() })).nullish(),
})

/** A part is told by the field it has. One that has none of these (code and its result) is read over. */
const part = message({
  text: z.string().nullish(),
  thought: z.boolean().nullish(),
  thoughtSignature: z.string().nullish(),
  inlineData: blob.nullish(),
  fileData: fileData.nullish(),
  functionCall: functionCall.nullish(),
  functionResponse: functionResponse.nullish(),
})

const content = message({
  role: z.enum(['user', 'model', 'function']).nullish(),
  parts: z.array(part).nullish(),
})

const functionDeclaration = message({
  name: z.string(),
  description: z.string().nullish(),
  parameters: jsonObject.nullish(),
  parametersJsonSchema: jsonObject.nullish(),
})

/** A tool that runs at Google (search, code execution) has no declarations; only providers of this dialect hear of it. */
const tool = message({ functionDeclarations: z.array(functionDeclaration).nullish() })

const functionCallingConfig = message({
  mode: word(['MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED']).nullish(),
  allowedFunctionNames: z.array(z.string()).nullish(),
})

const thinkingConfig = message({
  includeThoughts: z.boolean().nullish(),
  thinkingBudget: z.int().nullish(),
  thinkingLevel: z.string().nullish(),
})

const generationConfig = message({
  temperature: z.number().nullish(),
  topP: z.number().nullish(),
  topK: z.number().nullish(),
  candidateCount: z.int().nullish(),
  maxOutputTokens: z.int().nullish(),
  stopSequences: z.array(z.string()).nullish(),
  seed: z.union([z.int(), exactInteger]).nullish(),
  presencePenalty: z.number().nullish(),
  frequencyPenalty: z.number().nullish(),
  responseLogprobs: z.boolean().nullish(),
  logprobs: z.int().nullish(),
  responseMimeType: z.string().nullish(),
  responseSchema: jsonObject.nullish(),
  responseJsonSchema: jsonObject.nullish(),
  thinkingConfig: thinkingConfig.nullish(),
})

export const generateContentRequest = message({
  model: z.string().nullish(),
  contents: z.array(content).min(1),
  systemInstruction: content.nullish(),
  tools: z.array(tool).nullish(),
  toolConfig: message({ functionCallingConfig: functionCallingConfig.nullish() }).nullish(),
  generationConfig: generationConfig.nullish(),
})

export type WireRequest = z.infer<typeof generateContentRequest>
export type WireContent = WireRequest['contents'][number]
export type WirePart = NonNullable<WireContent['parts']>[number]
export type WireFunctionResponse = NonNullable<WirePart['functionResponse']>
export type WireGenerationConfig = NonNullable<WireRequest['generationConfig']>

/**
 * What is read of a Gemini request. Strict about the types of what is known, open for the rest,
 * which travels to providers of this dialect in `origin`. Null stands for absent: SDKs that
 * serialise their defaults send it. As in JSON for protocol buffers, one object may stand for a
 * list of one, and a text for the number that it says. https://ai.google.dev/api/generate-content
 */
import { z } from 'zod'
import { exactInteger } from '../exact-integer.ts'
import { isJsonObject, type JsonObject } from '../../chat/json.ts'

const jsonObject = z.custom<JsonObject>(isJsonObject, { error: 'must be an object' })

/**
 * JSON for protocol buffers takes every field by two names.
 * https://protobuf.dev/programming-guides/json/
 */
export function camelNames(value: unknown): unknown {
  if (!isJsonObject(value) || !Object.keys(value).some((name) => name.includes('_'))) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [camelName(name), member]))
}

/** `_responseJsonSchema` is what `responseJsonSchema` was called before it was settled. */
function camelName(name: string): string {
  return name.replace(/^_/, '').replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/**
 * An object whose fields may be named in either way. What is inside it that is not declared here
 * keeps its names.
 */
function message<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(camelNames, z.looseObject(shape))
}

/** A list, or one object that stands for a list of one. */
function list<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => (isJsonObject(value) ? [value] : value), z.array(item))
}

/** A list of texts, or one of them. */
const texts = z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string()))

/** A number, or a text that is one. */
function number<Kind extends z.ZodType<number>>(kind: Kind) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\s*[-+\d.]/.test(value) ? Number(value) : value),
    kind,
  )
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
  parts: list(message({ inlineData: blob.nullish(), fileData: fileData.nullish() })).nullish(),
})

/**
 * A part is told by the field it has. One that has none of these (code and its result) is read
 * over.
 */
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
  parts: list(part).nullish(),
})

const functionDeclaration = message({
  name: z.string(),
  description: z.string().nullish(),
  parameters: jsonObject.nullish(),
  parametersJsonSchema: jsonObject.nullish(),
})

/**
 * A tool that runs at Google (search, code execution) has no declarations; only providers of this
 * dialect hear of it.
 */
const tool = message({ functionDeclarations: list(functionDeclaration).nullish() })

const functionCallingConfig = message({
  mode: word(['MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED']).nullish(),
  allowedFunctionNames: texts.nullish(),
})

const thinkingConfig = message({
  includeThoughts: z.boolean().nullish(),
  thinkingBudget: number(z.int()).nullish(),
  thinkingLevel: z.string().nullish(),
})

const generationConfig = message({
  temperature: number(z.number()).nullish(),
  topP: number(z.number()).nullish(),
  topK: number(z.number()).nullish(),
  candidateCount: number(z.int()).nullish(),
  maxOutputTokens: number(z.int()).nullish(),
  stopSequences: texts.nullish(),
  seed: z.union([number(z.int()), exactInteger]).nullish(),
  presencePenalty: number(z.number()).nullish(),
  frequencyPenalty: number(z.number()).nullish(),
  responseLogprobs: z.boolean().nullish(),
  logprobs: number(z.int()).nullish(),
  responseMimeType: z.string().nullish(),
  responseSchema: jsonObject.nullish(),
  responseJsonSchema: jsonObject.nullish(),
  thinkingConfig: thinkingConfig.nullish(),
})

export const generateContentRequest = message({
  model: z.string().nullish(),
  contents: list(content).refine((contents) => contents.length > 0, { error: 'must not be empty' }),
  // Its role says nothing, and LangChain calls it "system".
  systemInstruction: message({ role: z.string().nullish(), parts: list(part).nullish() }).nullish(),
  tools: list(tool).nullish(),
  toolConfig: message({ functionCallingConfig: functionCallingConfig.nullish() }).nullish(),
  generationConfig: generationConfig.nullish(),
})

export type WireRequest = z.infer<typeof generateContentRequest>
export type WireContent = WireRequest['contents'][number]
export type WirePart = NonNullable<WireContent['parts']>[number]
export type WireFunctionResponse = NonNullable<WirePart['functionResponse']>
export type WireGenerationConfig = NonNullable<WireRequest['generationConfig']>

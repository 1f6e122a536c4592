/**
 * What is read of the items of a request: messages, calls and their results, reasoning. Items and
 * parts of a type that is not known here travel to providers of this dialect in `origin`. Of
 * others, `client-tools.ts` reads what clients run.
 * https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
 */
import { z } from 'zod'
import { isJsonObject } from '../../chat/json.ts'
import { unknownType } from '../skipped-parts.ts'

const inputText = z.looseObject({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() })
const refusal = z.looseObject({ type: z.literal('refusal'), refusal: z.string() })
const inputImage = z.looseObject({
  type: z.literal('input_image'),
  image_url: z.string().nullish(),
  file_id: z.string().nullish(),
  detail: z.string().nullish(),
})
const inputFile = z.looseObject({
  type: z.literal('input_file'),
  file_data: z.string().nullish(),
  file_url: z.string().nullish(),
  file_id: z.string().nullish(),
  filename: z.string().nullish(),
})
const inputAudio = z.looseObject({
  type: z.literal('input_audio'),
  input_audio: z.looseObject({ data: z.string(), format: z.string() }),
})

const knownParts = [
  'input_text',
  'output_text',
  'text',
  'refusal',
  'input_image',
  'input_file',
  'input_audio',
]
const part = z.union([
  z.discriminatedUnion('type', [inputText, refusal, inputImage, inputFile, inputAudio]),
  unknownType(knownParts),
])

const content = z.union([z.string(), z.array(part)])

const message = z.looseObject({
  type: z.literal('message'),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content,
})

const functionCall = z.looseObject({
  type: z.literal('function_call'),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
})

const functionCallOutput = z.looseObject({
  type: z.literal('function_call_output'),
  call_id: z.string(),
  output: content,
})

const texts = z.array(z.looseObject({ type: z.string(), text: z.string() }))
const reasoning = z.looseObject({
  type: z.literal('reasoning'),
  id: z.string().nullish(),
  summary: texts.nullish(),
  content: texts.nullish(),
  encrypted_content: z.string().nullish(),
})

const itemReference = z.looseObject({ type: z.literal('item_reference'), id: z.string() })

const knownItems = ['message', 'function_call', 'function_call_output', 'reasoning', 'item_reference']
const typedItem = z.union([
  z.discriminatedUnion('type', [message, functionCall, functionCallOutput, reasoning, itemReference]),
  unknownType(knownItems),
])

/** The short forms: a message and a reference may leave their type out. */
export const inputItem = z.preprocess((item) => {
  if (!isJsonObject(item) || (item.type !== undefined && item.type !== null)) return item
  return { ...item, type: item.role === undefined && item.id !== undefined ? 'item_reference' : 'message' }
}, typedItem)

export type WireItem = z.infer<typeof inputItem>
export type WirePart = z.infer<typeof part>
export type WireContent = z.infer<typeof content>

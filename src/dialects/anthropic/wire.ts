/**
 * What is read of an Anthropic Messages request, of both API versions (2023-06-01 and 2026-10-21).
 * Strict about the types of what is known, since a client can correct them; open for the rest,
 * which travels to providers of this dialect in `origin`.
 * https://platform.claude.com/docs/en/api/messages
 */
import { z } from 'zod'
import { isJsonObject, type JsonObject } from '../../chat/json.ts'
import { unknownType } from '../skipped-parts.ts'

const jsonObject = z.custom<JsonObject>(isJsonObject, { error: 'must be an object' })

const textBlock = z.looseObject({ type: z.literal('text'), text: z.string() })

const sources = {
  base64: z.looseObject({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
  url: z.looseObject({ type: z.literal('url'), url: z.string() }),
  file: z.looseObject({ type: z.literal('file'), file_id: z.string() }),
  text: z.looseObject({ type: z.literal('text'), data: z.string() }),
}

const imageBlock = z.looseObject({
  type: z.literal('image'),
  source: z.union([
    z.discriminatedUnion('type', [sources.base64, sources.url, sources.file]),
    unknownType(['base64', 'url', 'file']),
  ]),
})

/** A document that was cut into blocks by the client, so that the model can cite them. */
const blocksSource = z.looseObject({
  type: z.literal('content'),
  content: z.union([
    z.string(),
    z.array(z.union([z.discriminatedUnion('type', [textBlock, imageBlock]), unknownType(['text', 'image'])])),
  ]),
})

const documentBlock = z.looseObject({
  type: z.literal('document'),
  title: z.string().nullish(),
  source: z.union([
    z.discriminatedUnion('type', [sources.base64, sources.url, sources.file, sources.text, blocksSource]),
    unknownType(['base64', 'url', 'file', 'text', 'content']),
  ]),
})

const searchResultBlock = z.looseObject({
  type: z.literal('search_result'),
  source: z.string(),
  title: z.string(),
  content: z.array(textBlock),
})

const shownBlocks = [textBlock, imageBlock, documentBlock, searchResultBlock] as const
const shownTypes = ['text', 'image', 'document', 'search_result']

const toolResultBlock = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: z
    .union([
      z.string(),
      z.array(z.union([z.discriminatedUnion('type', [...shownBlocks]), unknownType(shownTypes)])),
    ])
    .nullish(),
  is_error: z.boolean().nullish(),
})

const block = z.union([
  z.discriminatedUnion('type', [
    ...shownBlocks,
    toolResultBlock,
    z.looseObject({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: jsonObject }),
    z.looseObject({
      type: z.literal('thinking'),
      thinking: z.string(),
      // Proxies of models that sign nothing leave it out.
      signature: z.string().nullish(),
    }),
    z.looseObject({ type: z.literal('redacted_thinking'), data: z.string() }),
  ]),
  unknownType([...shownTypes, 'tool_result', 'tool_use', 'thinking', 'redacted_thinking']),
])

const message = z.looseObject({
  role: z.enum(['user', 'assistant', 'system']),
  content: z.union([z.string(), z.array(block)]),
})

/** A tool that the client runs. Those that Anthropic runs have a dated type and no schema. */
const clientTool = z.looseObject({
  type: z.literal('custom').nullish(),
  name: z.string(),
  description: z.string().nullish(),
  input_schema: jsonObject,
  strict: z.boolean().nullish(),
})

const parallel = { disable_parallel_tool_use: z.boolean().nullish() }

const toolChoice = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('auto'), ...parallel }),
  z.looseObject({ type: z.literal('any'), ...parallel }),
  z.looseObject({ type: z.literal('tool'), name: z.string(), ...parallel }),
  z.looseObject({ type: z.literal('none') }),
])

const thinking = z.union([
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('enabled'), budget_tokens: z.int() }),
    z.looseObject({ type: z.literal('adaptive') }),
    z.looseObject({ type: z.literal('disabled') }),
  ]),
  unknownType(['enabled', 'adaptive', 'disabled']),
])

const outputFormat = z.union([
  z.looseObject({ type: z.literal('json_schema'), schema: jsonObject }),
  unknownType(['json_schema']),
])

/** What a request to count tokens has, too. */
export const countRequest = z.looseObject({
  model: z.string().nullish(),
  messages: z.array(message).min(1),
  system: z.union([z.string(), z.array(textBlock)]).nullish(),
  tools: z.array(z.union([clientTool, unknownType(['custom'])])).nullish(),
  tool_choice: toolChoice.nullish(),
  thinking: thinking.nullish(),
  // What `output_config.format` was called while it was a beta.
  output_format: outputFormat.nullish(),
  output_config: z.looseObject({ effort: z.string().nullish(), format: outputFormat.nullish() }).nullish(),
  max_tokens: z.int().min(0).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.int().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
  stream: z.boolean().nullish(),
})

/** Zero is a limit too: it warms the cache. */
export const messagesRequest = countRequest.extend({ max_tokens: z.int().min(0) })

export type WireRequest = z.infer<typeof countRequest>
export type WireMessage = WireRequest['messages'][number]
export type WireBlock = z.infer<typeof block>
export type WireShownBlock = Exclude<NonNullable<z.infer<typeof toolResultBlock>['content']>, string>[number]

/**
 * What is read of the hub's own small dialects. They are ours, so they are strict: a field that is
 * not known is refused by name, and null does not stand for absent.
 */
import { z } from 'zod'
import { isJsonObject, type JsonObject } from '../../chat/json.ts'

/** What steers the request inside the hub. Whoever mounts the dialect reads it. */
const hub = z.custom<JsonObject>(isJsonObject, { error: 'must be an object' }).optional()

const textPart = z.strictObject({ type: z.literal('text'), text: z.string() })
const imagePart = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string().min(1), detail: z.string().optional() }),
})

const text = z.union([z.string(), z.array(textPart)])
const textOrImages = z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, imagePart]))])

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: text }),
  z.strictObject({ role: z.literal('user'), content: textOrImages }),
  z.strictObject({ role: z.literal('assistant'), content: text }),
])

/** `POST /api/chat` */
export const chatRequest = z.strictObject({
  messages: z.array(message).min(1),
  model: z.string().min(1).optional(),
  /** The id of a provider, or `auto`, which is what no provider means too. */
  provider: z.string().min(1).optional(),
  temperature: z.number().min(0).max(2).optional(),
  maxTokens: z.int().min(1).optional(),
  topP: z.number().min(0).max(1).optional(),
  stream: z.boolean().optional(),
  allowedProviders: z.array(z.string().min(1)).min(1).optional(),
  /** Priorities of keys, as their owners gave them: 1 comes first. */
  allowedPriorities: z.array(z.int().min(1)).min(1).optional(),
  hub,
})

/** `POST /gateway/query` */
export const queryRequest = z.strictObject({
  provider: z.string().min(1),
  prompt: z.string().min(1),
  model: z.string().min(1).optional(),
  hub,
})

export type WireMessage = z.infer<typeof message>

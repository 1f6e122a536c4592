/** Requests of the hub's own dialects as canonical ones. */
import type { z } from 'zod'
import { isJsonObject, type JsonObject } from '../../chat/json.ts'
import type { ChatRequest, Message, TextPart, UserPart } from '../../chat/request.ts'
import { validationError } from '../../http/validation.ts'
import { readUrl } from '../data-url.ts'
import { compact } from '../json-read.ts'
import { chatRequest, queryRequest, type WireMessage } from './wire.ts'

/** @throws {HubError} VALIDATION_ERROR naming the field that is wrong. */
export function readChat(body: unknown): ChatRequest {
  const [wire, origin] = parse(chatRequest, body)
  return compact({
    model: nameModel(wire.provider, wire.model),
    messages: wire.messages.map(readMessage),
    tools: [],
    sampling: compact({ temperature: wire.temperature, topP: wire.topP }),
    maxOutputTokens: wire.maxTokens,
    allowedProviders: wire.allowedProviders,
    allowedPriorities: wire.allowedPriorities,
    stream: wire.stream ?? false,
    streamUsage: true,
    origin: { dialect: 'hub-chat' as const, body: origin },
  })
}

/** @throws {HubError} VALIDATION_ERROR naming the field that is wrong. */
export function readQuery(body: unknown): ChatRequest {
  const [wire, origin] = parse(queryRequest, body)
  return {
    model: nameModel(wire.provider, wire.model),
    messages: [{ role: 'user', content: [{ type: 'text', text: wire.prompt }] }],
    tools: [],
    sampling: {},
    stream: false,
    streamUsage: false,
    origin: { dialect: 'hub-query', body: origin },
  }
}

function parse<T>(schema: z.ZodType<T>, body: unknown): [wire: T, origin: JsonObject] {
  const parsed = schema.safeParse(body)
  if (!parsed.success || !isJsonObject(body)) throw validationError(parsed.error ?? { issues: [] })
  return [parsed.data, body]
}

/** The name that the gateway resolves: a provider alone stands for its default model. */
function nameModel(provider = 'auto', model = ''): string {
  if (provider === 'auto') return model
  return model === '' ? provider : `${provider}/${model}`
}

function readMessage({ role, content }: WireMessage): Message {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content
  const spoken = parts.filter((part) => part.type !== 'text' || part.text !== '').map(readPart)
  if (role === 'user') return { role, content: spoken }
  return { role, content: spoken.filter((part) => part.type === 'text') }
}

function readPart(part: TextPart | ImagePart): UserPart {
  if (part.type === 'text') return part
  const { url, detail } = part.image_url
  return { type: 'file', kind: 'image', ...readUrl(url), ...(detail !== undefined && { detail }) }
}

type ImagePart = Exclude<Exclude<WireMessage['content'], string>[number], { type: 'text' }>

/**
 * The items of a request as messages. What an assistant said in one turn comes in several items
 * (reasoning, text, calls) and is one message; the results of its calls are one more.
 */
import { append } from '../../chat/append.ts'
import type { JsonObject, Json } from '../../chat/json.ts'
import type {
  AssistantPart,
  Message,
  Opaque,
  TextPart,
  ToolResultPart,
  UserPart,
} from '../../chat/request.ts'
import { audioMediaType, readUrl } from '../data-url.ts'
import { readForeignPart } from '../foreign-parts.ts'
import { compact, objectIn } from '../json-read.ts'
import { functionItems, type ToolNames } from './client-tools.ts'
import { argumentsText } from '../empty-arguments.ts'
import { readReasoning } from './state.ts'
import { inputItem, type WireContent, type WireItem, type WirePart } from './wire-items.ts'

/**
 * @param raw the same items as they came: reasoning is kept to the byte.
 * @param names of functions, by those of the client's tools.
 */
export function readItems(items: WireItem[], raw: Json[], names: ToolNames): Message[] {
  const reader = new ItemReader(names)
  for (const [index, item] of items.entries()) reader.read(item, objectIn(raw[index]) ?? {})
  return reader.messages
}

class ItemReader {
  readonly messages: Message[] = []
  /** State of calls that are still to come, by the id of the call. */
  readonly #callStates = new Map<string, Opaque>()
  readonly #names: ToolNames

  constructor(names: ToolNames) {
    this.#names = names
  }

  read(item: WireItem, raw: JsonObject): void {
    switch (item.type) {
      case 'message':
        return this.#readMessage(item.role, item.content)
      case 'function_call': {
        const { call_id: id, arguments: text } = item
        const name = this.#names.of('function', item.name, raw.namespace)
        const opaque = this.#callStates.get(id)
        return this.#say([
          { type: 'tool-call', id, name, arguments: argumentsText(text), ...(opaque && { opaque }) },
        ])
      }
      case 'function_call_output':
        return this.#answer({
          type: 'tool-result',
          callId: item.call_id,
          content: readContent(item.output),
        })
      case 'reasoning':
        return this.#readReasoning(raw)
      case 'item_reference':
        // Kept at the provider: it travels in `origin`.
        return
      case 'unknown': {
        const plain = functionItems(item.raw, this.#names)?.map((each) => inputItem.safeParse(each))
        if (!plain?.every((each) => each.success)) return
        for (const { data } of item.take(plain)) this.read(data, {})
      }
    }
  }

  #readMessage(role: 'user' | 'assistant' | 'system' | 'developer', content: WireContent): void {
    switch (role) {
      case 'user':
        this.messages.push({ role, content: readContent(content) })
        return
      case 'assistant':
        return this.#say(readSpoken(content))
      case 'system':
      case 'developer': {
        const texts = readContent(content).filter((part): part is TextPart => part.type === 'text')
        this.messages.push({ role: 'system', content: texts })
      }
    }
  }

  #readReasoning(raw: JsonObject): void {
    const read = readReasoning(raw)
    if (read.type === 'reasoning' && (read.part.text !== '' || read.part.opaque)) this.#say([read.part])
    if (read.type === 'call-state') this.#callStates.set(read.callId, read.opaque)
  }

  #say(parts: AssistantPart[]): void {
    const last = this.messages.at(-1)
    if (last?.role === 'assistant') append(last.content, parts)
    // An empty text beside calls is what SDKs send for none.
    else if (parts.length > 0) this.messages.push({ role: 'assistant', content: parts })
  }

  #answer(result: ToolResultPart): void {
    const last = this.messages.at(-1)
    if (last?.role === 'tool') last.content.push(result)
    else this.messages.push({ role: 'tool', content: [result] })
  }
}

/** Instructions, and `input` where it is a text. */
export function textPart(text: string): TextPart[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

function readContent(content: WireContent): UserPart[] {
  return typeof content === 'string' ? textPart(content) : content.flatMap(readPart)
}

function readSpoken(content: WireContent): AssistantPart[] {
  if (typeof content === 'string') return textPart(content)
  return content.flatMap((part): AssistantPart[] =>
    part.type === 'refusal' ? [{ type: 'refusal', text: part.refusal }] : readPart(part),
  )
}

function readPart(part: WirePart): UserPart[] {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return textPart(part.text)
    case 'input_image': {
      const { image_url: url, file_id: id, detail } = part
      return readFile('image', { url, id, detail })
    }
    case 'input_file': {
      const { file_data: data, file_url: url, file_id: id, filename: name } = part
      return readFile('document', { url: data ?? url, id, name })
    }
    case 'input_audio': {
      const { data, format } = part.input_audio
      return [
        { type: 'file', kind: 'audio', mediaType: audioMediaType(format), source: { type: 'base64', data } },
      ]
    }
    case 'refusal':
      return textPart(part.refusal)
    case 'unknown':
      return readForeignPart(part)
  }
}

interface WireFile {
  url: string | null | undefined
  id: string | null | undefined
  detail?: string | null | undefined
  name?: string | null | undefined
}

function readFile(kind: 'image' | 'document', { url, id, detail, name }: WireFile): UserPart[] {
  const more = compact({ detail: detail ?? undefined, name: name ?? undefined })
  if (url) return [{ type: 'file', kind, ...readUrl(url), ...more }]
  if (!id) return []
  return [{ type: 'file', kind, source: { type: 'reference', id, dialect: 'openai-responses' }, ...more }]
}

/**
 * Counts the content of an answer, for a provider that reports no usage or usage that cannot be
 * true. Every eighth event of a long relayed stream is looked into; the others count by their
 * length, less what surrounds the text in those. Pure.
 */
import type { ChatEvent } from '../chat/events.ts'
import { isJsonObject, type Json } from '../chat/json.ts'
import { parseJson } from '../dialects/json-read.ts'
import { tokensOf } from './text-tokens.ts'

/**
 * Members that hold text of the model in any dialect: its words, reasoning, and the arguments of
 * its calls.
 */
const textNames = new Set([
  'arguments',
  'content',
  'delta',
  'input',
  'name',
  'partial_json',
  'reasoning',
  'reasoning_content',
  'refusal',
  'text',
  'thinking',
])
const sealedNames = new Set(['signature', 'encrypted_content', 'thoughtSignature', 'data'])
/** Arguments of a call, where they are an object. */
const callNames = new Set(['args', 'arguments', 'input'])
/**
 * Members of an answer that are no words of the model: what was asked, how likely each token was,
 * vectors.
 */
const otherNames = new Set([
  'annotations',
  'citations',
  'embedding',
  'error',
  'groundingMetadata',
  'instructions',
  'logprobs',
  'metadata',
  'tools',
  'usage',
])
/**
 * A string member of one of these names. A quotation mark inside of a JSON string is written `\"`.
 */
const textMember = new RegExp(`"(?:${[...textNames].join('|')})"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)"`, 'g')
/**
 * State that a client carries back unread: it proves that the model reasoned, and is not counted as
 * text.
 */
const sealedMember = new RegExp(`"(?:${[...sealedNames].join('|')})"\\s*:\\s*"([^"]*)"`, 'g')

/**
 * Events of the Responses dialect that say again what came in smaller ones, where a provider sends
 * those.
 */
const repetition = /^\{"type"\s*:\s*"response\.(?:\w+\.done|completed|incomplete)"/

/** So many events at the beginning are looked into, and then each of so many. */
const firstEvents = 32
const eventStride = 8

/**
 * Tokens are counted of so many characters at a time: a token or two of a chunk say little about
 * the next.
 */
const batchCharacters = 512
/** How much surrounds the text of an event whose text was not found, in characters. */
const usualSkeleton = 150
/** A string that is no text and longer than this is a file. */
const fileCharacters = 4_096
/**
 * A longer event is parsed: an expression over megabytes of one string would need as much stack.
 */
const longestPattern = 16_384
/** A generated image is about a thousand tokens at OpenAI and 1,290 at Google. */
const fileTokens = 1_300

export class ContentMeter {
  #events = 0
  /** Text that was looked at: its characters, its tokens, and what waits to be counted. */
  #readCharacters = 0
  #readTokens = 0
  #pending = ''
  /** Text that was not looked at. */
  #unreadCharacters = 0
  /** What surrounded the text of the events that were looked at. */
  #skeletons = 0
  #skeletonCharacters = 0
  #fileTokens = 0
  #sealedCharacters = 0

  /** Characters of content so far, sealed reasoning included. */
  get characters(): number {
    return this.#readCharacters + this.#unreadCharacters + this.#sealedCharacters + this.#fileTokens
  }

  /** Tokens of text, reasoning, calls and files so far. */
  get tokens(): number {
    const read = this.#readTokens + (this.#pending === '' ? 0 : tokensOf(this.#pending))
    const perCharacter = this.#readCharacters > 0 ? read / this.#readCharacters : 0.25
    return Math.ceil(read + this.#unreadCharacters * perCharacter) + this.#fileTokens
  }

  /** Counts one event of a relayed stream that holds content. @param data its JSON text. */
  addMessage(data: string): void {
    if (this.characters > 0 && repetition.test(data)) return
    this.#events++
    if (this.#events > firstEvents && this.#events % eventStride !== 0) {
      this.#unreadCharacters += Math.max(1, data.length - this.#skeleton)
      return
    }
    // Arguments that are an object, as Gemini writes them, are matched by no expression.
    if (data.length > longestPattern || data.includes('"args"')) return this.addJson(parseJson(data) ?? null)
    let found = 0
    for (const [, text = ''] of data.matchAll(textMember)) {
      found += text.length
      this.addText(text.includes('\\') ? unescaped(text) : text)
    }
    for (const [, sealed = ''] of data.matchAll(sealedMember)) {
      found += sealed.length
      this.addSealed(sealed.length)
    }
    if (found > 0) {
      this.#skeletons++
      this.#skeletonCharacters += data.length - found
    } else if (data.length > fileCharacters) this.addFile()
    else this.#unreadCharacters += Math.max(1, data.length - this.#skeleton)
  }

  /** Counts the content of a whole answer, or of a parsed event, in any dialect. */
  addJson(answer: Json): void {
    const left: [name: string, value: Json][] = [['', answer]]
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [name, value] = next
      if (typeof value === 'string') this.#addMember(name, value)
      else if (Array.isArray(value)) for (const item of value) left.push([name, item])
      else if (isJsonObject(value)) {
        if (callNames.has(name)) this.addText(JSON.stringify(value))
        else for (const member of Object.entries(value)) if (!otherNames.has(member[0])) left.push(member)
      }
    }
  }

  #addMember(name: string, value: string): void {
    if (textNames.has(name)) this.addText(value)
    else if (sealedNames.has(name)) this.addSealed(value.length)
    else if (value.length > fileCharacters) this.addFile()
  }

  /** Counts one event of a translated stream. */
  addEvent(event: ChatEvent): void {
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
        return this.addText(event.text)
      case 'tool-call-start':
        return this.addText(event.name)
      case 'tool-call-delta':
        return this.addText(event.arguments)
      case 'reasoning-seal':
        return this.addSealed(JSON.stringify(event.opaque.data).length)
      case 'file-attach':
        return this.addFile()
      default:
    }
  }

  addText(text: string): void {
    this.#readCharacters += text.length
    this.#pending += text
    if (this.#pending.length < batchCharacters) return
    this.#readTokens += tokensOf(this.#pending)
    this.#pending = ''
  }

  addSealed(characters: number): void {
    this.#sealedCharacters += characters
  }

  addFile(): void {
    this.#fileTokens += fileTokens
  }

  get #skeleton(): number {
    return this.#skeletons > 0 ? this.#skeletonCharacters / this.#skeletons : usualSkeleton
  }
}

function unescaped(text: string): string {
  try {
    const value: unknown = JSON.parse(`"${text}"`)
    return typeof value === 'string' ? value : text
  } catch {
    return text
  }
}

/**
 * How large a request will be, near enough to reserve quota for it; how near, stands in README.md.
 * Pure.
 */
import type { ChatRequest, FilePart, Message, ToolResultPart, UserPart } from '../chat/request.ts'
import { base64Bytes } from '../dialects/data-url.ts'
import { mostChoices } from '../dialects/output-limits.ts'
import { audioSecondsOf } from './audio-length.ts'
import { tokensOf } from './text-tokens.ts'

export { tokensOf } from './text-tokens.ts'

/** The role of a message and what separates it from the next. */
const messageTokens = 4
/** What a provider writes around a tool's schema, and around a call and a result. */
const toolTokens = 4
const callTokens = 8
/** What a model is told of how to call tools at all: 10 tokens at OpenAI, 350 at Anthropic. */
const toolPreambleTokens = 20
/** An answer's length where the client set no limit. */
const usualOutputTokens = 1_024
/** No request writes more than this; what its client may say is not bounded. */
const mostOutputTokens = 10_000_000

/**
 * How much text of one request is looked at, in characters: of a larger one an even share of each
 * text.
 */
const attention = 16_000

export interface Estimate {
  inputTokens: number
  outputTokens: number
  /** The length of the audio that is sent; absent where there is none. */
  audioSeconds?: number
}

/**
 * The tokens a request will take at most (input as guessed, output as limited or usual), and how
 * long its audio is.
 */
export function estimateTokens(request: ChatRequest): Estimate {
  const size = new Size()
  for (const message of request.messages) addMessage(size, message)
  addTools(size, request)
  addFormat(size, request)
  return {
    inputTokens: size.total(),
    outputTokens: usualOutputOf(request),
    ...(size.audioSeconds > 0 && { audioSeconds: size.audioSeconds }),
  }
}

/**
 * The output of all choices as limited by the request, or as usual.
 * @param longest what the model writes at most for one choice, where that is known.
 */
export function usualOutputOf(request: ChatRequest, longest = Infinity): number {
  const each = Math.min(request.maxOutputTokens ?? usualOutputTokens, longest)
  return Math.min(each * mostChoices(request), mostOutputTokens)
}

/** Texts to be judged, and tokens that are known without a look. */
class Size {
  tokens = 0
  audioSeconds = 0
  readonly #texts: string[] = []
  #length = 0

  add(text: string | undefined): void {
    if (!text) return
    this.#texts.push(text)
    this.#length += text.length
  }

  total(): number {
    const share = Math.min(1, attention / this.#length)
    return this.#texts.reduce((sum, text) => sum + tokensOf(text, share), this.tokens)
  }
}

function addMessage(size: Size, message: Message): void {
  size.tokens += messageTokens
  if ('name' in message) size.add(message.name)
  for (const part of message.content) {
    switch (part.type) {
      case 'text':
      case 'reasoning':
      case 'refusal':
        size.add(part.text)
        break
      case 'tool-call':
        size.tokens += callTokens
        size.add(part.name)
        size.add(part.arguments)
        break
      case 'tool-result':
        addToolResult(size, part)
        break
      case 'file':
        addFile(size, part)
        break
    }
  }
}

function addToolResult(size: Size, { content }: ToolResultPart): void {
  size.tokens += callTokens
  for (const part of content satisfies UserPart[]) {
    if (part.type === 'text') size.add(part.text)
    else addFile(size, part)
  }
}

function addTools(size: Size, { tools }: ChatRequest): void {
  if (tools.length > 0) size.tokens += toolPreambleTokens
  for (const { name, description, parameters } of tools) {
    size.tokens += toolTokens
    size.add(name)
    size.add(description)
    if (parameters) size.add(JSON.stringify(parameters))
  }
}

function addFormat(size: Size, { format }: ChatRequest): void {
  if (format?.type !== 'json-schema') return
  size.tokens += toolTokens
  size.add(format.name)
  size.add(format.description)
  size.add(JSON.stringify(format.schema))
}

/** What providers count for one image at usual detail; at low detail OpenAI counts 85. */
const imageTokens = 1_000
const smallImageTokens = 100
/** A document that is only named, and the least for one that is sent: a few pages. */
const documentTokens = 2_000
/** A page of a PDF is 50 kB or so, and 1,500 tokens. */
const bytesPerDocumentToken = 33
/** A second of MP3 is 16 kB, and up to 32 tokens at Gemini. */
const bytesPerAudioToken = 500
const audioTokens = 2_000
/** A second of video is 250 tokens or so at Gemini, and 100 kB or more. */
const bytesPerVideoToken = 400
const videoTokens = 5_000

function addFile(size: Size, file: FilePart): void {
  const { source } = file
  size.audioSeconds += audioSecondsOf(file)
  if (source.type === 'text') size.add(source.text)
  else size.tokens += fileTokens(file, source.type === 'base64' ? base64Bytes(source.data) : 0)
}

/** @param bytes as many as came with the request; 0 where the file is only named. */
function fileTokens({ kind, detail, mediaType }: FilePart, bytes: number): number {
  switch (kind) {
    case 'image':
      return detail === 'low' ? smallImageTokens : imageTokens
    case 'audio':
      return bytes === 0 ? audioTokens : Math.ceil(bytes / bytesPerAudioToken)
    case 'video':
      return bytes === 0 ? videoTokens : Math.ceil(bytes / bytesPerVideoToken)
    case 'document':
      // A text that travels in base64 has four bytes to a token, as other texts do.
      if (mediaType?.startsWith('text/') && bytes > 0) return Math.ceil(bytes / 4)
      return Math.max(documentTokens, Math.ceil(bytes / bytesPerDocumentToken))
  }
}

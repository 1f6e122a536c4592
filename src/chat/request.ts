/**
 * The canonical request: what a client asks of a model, in nobody's wire format. Dialects translate
 * to and from it; see `README.md` for what it keeps and what it leaves to `origin`.
 */
import type { DialectId } from '../domain/dialects.ts'
import type { JsonObject, Json } from './json.ts'

/**
 * How a stream is framed for Gemini's clients: `json-array` where they did not ask for events, and
 * `bare-events` without comments, since Google's SDK before 2.0 reads nothing that follows one.
 */
export type Framing = 'json-array' | 'bare-events'

export interface ChatRequest {
  /** The route or model as the client named it; empty when it named none. */
  model: string
  messages: Message[]
  tools: Tool[]
  toolChoice?: ToolChoice
  parallelToolCalls?: boolean
  /** The shape of the answer's text; absent means plain text. */
  format?: OutputFormat
  reasoning?: ReasoningOptions
  sampling: Sampling
  stop?: string[]
  /** Output limit in tokens, reasoning included. */
  maxOutputTokens?: number
  /** How many answers are wanted; absent means one. */
  choices?: number
  /** Log probabilities of the answer's tokens, with so many alternatives for each. */
  logprobs?: { alternatives: number }
  /** An opaque name of the end user, for the provider's abuse detection. */
  user?: string
  /** The earlier answer that this request goes on from, by the id its client was given. */
  previousResponseId?: string
  /** The only providers that may serve this request, by their ids; absent means any. */
  allowedProviders?: string[]
  /** The only priorities of keys (1 comes first) that may serve this request; absent means any. */
  allowedPriorities?: number[]
  stream: boolean
  /** Whether the client wants usage inside the stream. Dialects that always send it set true. */
  streamUsage: boolean
  /** How the stream is framed for the client; absent means server-sent events. */
  framing?: Framing
  /** A search of the web that the provider is to make while it answers. */
  search?: WebSearch
  /** What has no canonical form. Providers of the client's dialect get it from `origin`. */
  losses?: Loss[]
  /**
   * The request as it came, so that a provider of the same dialect receives it with nothing lost.
   */
  origin: {
    dialect: DialectId
    body: JsonObject
    headers?: Readonly<Record<string, string>>
    /** Set where the client reads no content that is a list of parts, as OpenAI's SDKs. */
    readsTextOnly?: true
  }
}

/** What is searched for is the model's to choose. */
export interface WebSearch {
  /** The client's own paths to what asks for it. */
  paths: string[]
  /** The answer must come from a search. */
  isForced?: true
  maxUses?: number
  allowedDomains?: string[]
  blockedDomains?: string[]
  /** Where the user is, in the words of the Responses dialect. */
  location?: JsonObject
  /** How much of what is found the model reads: low, medium, high. */
  contextSize?: string
}

/** A piece of a request that translations leave out. */
export interface Loss {
  /** The client's own path to it: `messages[0].content[1]`. */
  path: string
  /** The answer would be to another question without it. */
  isEssential?: true
  /** A mark for caching, which Anthropic's dialect takes from everyone. */
  isCacheMark?: true
}

export type Message =
  | { role: 'system'; content: TextPart[] }
  | { role: 'user'; content: UserPart[]; name?: string }
  | { role: 'assistant'; content: AssistantPart[]; name?: string }
  | { role: 'tool'; content: ToolResultPart[] }

export type UserPart = TextPart | FilePart
export type AssistantPart = TextPart | ReasoningPart | RefusalPart | ToolCallPart | FilePart

export interface TextPart {
  type: 'text'
  text: string
  /** A mark up to which the prompt is to be cached, in Anthropic's words. */
  cache?: JsonObject
}

export interface FilePart {
  type: 'file'
  kind: 'image' | 'audio' | 'video' | 'document'
  /** The IANA media type where known; for audio in Chat this is made from its format. */
  mediaType?: string
  name?: string
  source: FileSource
  /** How closely an image should be looked at. */
  detail?: string
  /** A mark up to which the prompt is to be cached, in Anthropic's words. */
  cache?: JsonObject
}

export type FileSource =
  | { type: 'base64'; data: string }
  | { type: 'url'; url: string }
  | { type: 'text'; text: string }
  /** A file kept at a provider: it means something only there, to the account that made it. */
  | { type: 'reference'; id: string; dialect: DialectId }

export interface ReasoningPart {
  type: 'reasoning'
  /** Empty where the provider keeps its reasoning to itself. */
  text: string
  opaque?: Opaque
}

export interface RefusalPart {
  type: 'refusal'
  text: string
}

export interface ToolCallPart {
  type: 'tool-call'
  id: string
  name: string
  /**
   * JSON text exactly as the model wrote it; it may be cut off when the finish reason is `length`.
   */
  arguments: string
  opaque?: Opaque
}

export interface ToolResultPart {
  type: 'tool-result'
  callId: string
  content: UserPart[]
  isError?: boolean
}

/**
 * State that must come back unread (signatures, encrypted reasoning), bound to the dialect that
 * made it.
 */
export interface Opaque {
  dialect: DialectId
  data: Json
  /** Who made it, as two hashes (`gateway/state-makers.ts`); absent where that is not known. */
  by?: string
}

export interface Tool {
  name: string
  description?: string
  /** JSON Schema of the arguments; absent means none. */
  parameters?: JsonObject
  strict?: boolean
  /**
   * What the tool is to its client, where that is no function of this name. Calls are given back in
   * this form.
   */
  form?: ToolForm
  /** A mark up to which the prompt is to be cached, in Anthropic's words. */
  cache?: JsonObject
}

/** A tool of a client that knows more than functions. To models it is a function. */
export interface ToolForm {
  /** `custom` takes one text; the other two have items of their own in the Responses dialect. */
  type: 'function' | 'custom' | 'tool-search' | 'local-shell'
  /** The name inside of its namespace. */
  name: string
  namespace?: string
}

export type ToolChoice = 'auto' | 'none' | 'required' | { name: string }

export type OutputFormat =
  | { type: 'json' }
  | { type: 'json-schema'; name: string; schema: JsonObject; description?: string; strict?: boolean }

export interface ReasoningOptions {
  /**
   * none, minimal, low, medium, high, xhigh, max; other words are passed on for the provider to
   * judge.
   */
  effort?: string
  budgetTokens?: number
}

export interface Sampling {
  temperature?: number
  topP?: number
  topK?: number
  seed?: number
  presencePenalty?: number
  frequencyPenalty?: number
}

/**
 * What a dialect is: two pure halves. `Inbound` is how clients speak it to us, `Outbound` is how we
 * speak it to a provider. Neither does I/O; the pipeline in `gateway/` does.
 */
import type { DialectId } from '../domain/dialects.ts'
import type { ChatEvent, Complaint, Usage } from '../chat/events.ts'
import type { Json, JsonObject } from '../chat/json.ts'
import type { ModelFacts } from '../chat/model.ts'
import type { ChatRequest, Framing } from '../chat/request.ts'
import type { ChatResponse } from '../chat/response.ts'
import type { HubError } from '../errors.ts'
import type { SseMessage } from '../http/sse.ts'
import type { Ranges } from './fit/limits.ts'

/**
 * A synchronous stream transform: what came in, what goes out now, and what remains to go out when
 * the input has ended.
 */
export interface Codec<In, Out> {
  push(input: In): Out[]
  end(): Out[]
  /**
   * Ends a broken stream, in dialects whose error event repeats what was sent before. Others use
   * `renderStreamError`.
   */
  fail?(error: HubError, requestId: string, now: number): Out[]
}

/** How clients speak a dialect to us. */
export interface Inbound {
  id: DialectId
  /**
   * @param address what the address says where the dialect puts it there and not into the body.
   * @throws {HubError} VALIDATION_ERROR naming the field that is wrong.
   */
  parseRequest(body: unknown, address?: RequestAddress): ChatRequest
  renderResponse(response: ChatResponse, request: ChatRequest, served?: Served): JsonObject
  /**
   * Renders a canonical stream. Without `request.streamUsage` the client did not ask for usage and
   * sees none.
   */
  renderStream(request: ChatRequest, served?: Served): Codec<ChatEvent, SseMessage>
  /** @param now in milliseconds since the epoch: some dialects say how long to wait. */
  renderError(error: HubError, requestId: string, now: number): JsonObject
  /**
   * The HTTP status of an error, where clients of the dialect act on another than the error's own.
   */
  errorStatus?(error: HubError): number
  /**
   * The messages that end a stream which broke after content: the dialect's own error event, and no
   * clean end.
   */
  renderStreamError(error: HubError, requestId: string, now: number): SseMessage[]
}

/**
 * Who answers a request: the hub's id of the provider, which no answer says, and the provider's own
 * id of the model.
 */
export interface Served {
  /** Absent where the client may not learn it. */
  provider?: string
  /** The model that answers; where `provider` is absent, the name that the client asked for. */
  model: string
  /** The id that the answer bears in place of its provider's. */
  id?: string
  /**
   * When the provider was called, in milliseconds since the epoch: the time of an answer that
   * states none.
   */
  at?: number
}

/** What stands in the address of a request: Gemini's model and method, Anthropic's count_tokens. */
export interface RequestAddress {
  model?: string
  stream?: boolean
  framing?: Framing
  /**
   * Only the tokens of the request are asked for: it needs no output limit, whatever the dialect
   * says.
   */
  counts?: true
}

/** Where and as whom a call goes: what of a provider's row an outbound dialect needs to know. */
export interface Upstream {
  /** The provider's base URL for this dialect, without a slash at its end. */
  baseUrl: string
  /** The provider's own id of the model. */
  model: string
  quirks: Quirks
  /** What is known of the model: limits that the dialect must name, parameters that it refuses. */
  facts?: ModelFacts
}

/** How a provider departs from the dialect it speaks. Data: a row of the provider table. */
export interface Quirks {
  /**
   * Top-level request fields that the provider answers with an error; dropped and named in
   * `x-hub-dropped`.
   */
  refuses?: readonly string[]
  /**
   * Fields that it is known to take and others of its dialect do not: `top_k`, `cache_control` on
   * messages and tools, and in Responses those that OpenAI has in Chat as well.
   */
  takes?: readonly ('top_k' | 'cache_control' | 'chat_fields')[]
  /**
   * The words for effort that its models know, from the least, where those differ from elsewhere.
   */
  efforts?: readonly { models: RegExp; words: readonly string[] }[]
  /** Bounds of numbers that are narrower than its dialect's. */
  ranges?: Ranges
  /** Set where messages may have members that are null or empty. */
  emptyMembers?: true
  /** Set where messages of the role `system` may come anywhere; elsewhere one leads. */
  systemAnywhere?: true
  /** Set where a user may not speak directly after a tool (Mistral's error 3230). */
  noUserAfterTool?: true
  /** Set where an assistant's message with calls is refused without `reasoning_content`. */
  needsReasoning?: true
  /**
   * Set where no tool may be forced on a model that thinks, as its models do unless told otherwise.
   */
  noForcedToolsInThinking?: true
  /** Set where an answer has no prescribed form while the model may call tools. */
  noFormatWithTools?: true
  /**
   * Set in the Responses dialect where answers are kept, so that `previous_response_id` means
   * something; elsewhere the conversation is sent again.
   */
  keepsAnswers?: true
  /** Top-level request fields that it knows under another name: `{ seed: 'random_seed' }`. */
  renames?: Readonly<Record<string, string>>
  /** Which name of the output limit it knows; absent means both. */
  outputLimit?: 'max_tokens' | 'max_completion_tokens'
  /** Set where the role `developer` is unknown and `system` says the same. */
  systemRole?: true
  /** Set where `stream_options` is refused; usage then comes unasked or not at all. */
  noStreamOptions?: true
  /** The word for a tool choice of `required`, where it is another. */
  requiredToolChoice?: 'any'
  /**
   * The field in which the provider wants reasoning back on assistant messages; `none` where it
   * refuses it. `reasoning_details` is OpenRouter's list with signatures, beside its text in
   * `reasoning`.
   */
  reasoningField?: 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'thinking-part' | 'none'
  /** Set where tool call ids must be nine letters or digits. */
  shortToolCallIds?: true
  /** Set where JSON schema output is unknown and `json_object` is the nearest thing. */
  noJsonSchema?: true
  /** Set where a message's `name` is refused. */
  noMessageName?: true
  /** Set where the `annotations` of an earlier answer are refused. */
  noAnnotations?: true
  /** Set where only one tool call at a time is possible. */
  singleToolCalls?: true
  /**
   * How the provider is asked to search the web: the type of its tool, Gemini's member of a tool,
   * or the field of a Chat body. Absent where it has no search, or one that is on its own models
   * only.
   */
  search?: 'web_search_20250305' | 'web_search' | 'googleSearch' | 'web_search_options' | 'plugins'
  /** Set in the Responses dialect where functions are the only tools of a client that are known. */
  onlyFunctions?: true
}

/** One upstream call, ready but for the credential. */
export interface Call {
  url: string
  body: JsonObject
  /** The client's fields that this provider refuses, left out. */
  dropped: string[]
  /**
   * The client's own body was changed so that the answer must be translated back, though the
   * dialect is the client's.
   */
  isTranslated?: true
}

/** What the relay of a same-dialect stream must know of one event. */
export interface Glimpse {
  /** The event carries text, reasoning or a tool call. */
  content?: true
  usage?: Usage
  complaint?: Complaint
  /** The complaint is an object that was broken: harmless where the answer has finished already. */
  broken?: true
  /**
   * Set for what is no event of this dialect, and is kept from the client: another dialect's mark,
   * or the error that it stands for where the answer has no end.
   */
  noise?: Complaint | 'mark'
  /** The event reports usage and nothing else: a client that did not ask for it does not get it. */
  usageOnly?: true
  /** A choice has finished: from here on the end of the stream is a clean one. */
  finished?: true
  /** The dialect's own mark for the end of the stream. */
  end?: true
}

/** How we speak a dialect to a provider. */
export interface Outbound {
  id: DialectId
  /**
   * @throws {HubError} VALIDATION_ERROR where the request holds what cannot be said in this
   *   dialect.
   */
  buildCall(request: ChatRequest, upstream: Upstream): Call
  /** The canonical form of a whole answer. */
  parseResponse(body: Json): ChatResponse
  /** Usage in a whole answer, read without translating it. */
  readUsage(body: Json): Usage | undefined
  /** An error inside a body that came with a good status, as some providers send it. */
  readComplaint(body: Json): Complaint | undefined
  /**
   * Whether a body with a good status is an answer: one that stayed empty is, one without a choice
   * is not.
   */
  isAnswer(body: Json): boolean
  /** What an error body says; never throws, whatever came. */
  parseError(body: Json | string): Complaint
  parseStream(): Codec<SseMessage, ChatEvent>
  /**
   * Looks at one event on its way to a client of the same dialect. Called for every event: cheap.
   */
  glimpse(message: SseMessage): Glimpse
  /**
   * `glimpse` with a memory, for one stream: dialects have it whose events can only be understood
   * after those before them. Where there is one, a relay uses it.
   */
  watch?(): (message: SseMessage) => Glimpse
  /**
   * Writes an answer or event, as JSON, so that the dialect's own SDKs can read it: some vendors
   * answer in forms that these do not know. Returns the same text where nothing changes.
   */
  simplify?(json: string): string
}

/**
 * What the chat completions of each vendor take: data. Each list is from the vendor's reference;
 * what it says of unknown fields is from its errors.
 */
import { words } from './words.ts'

export interface ChatRules {
  /**
   * Fields of a request beside those that all take; undefined where unknown ones are passed over.
   */
  fields?: readonly string[]
  /** Fields that are refused by name. */
  refuses?: readonly string[]
  /** Set where messages of every role may bear a name. */
  takesNames?: true
  /** Members of an assistant's message beside `role`, `content` and `tool_calls`. */
  assistant?: readonly string[]
  /** Set where members that are null or empty are taken. */
  takesNull?: true
  /** Set where members and parts that the reference does not have are passed over. */
  lenient?: true
  /** Set where system messages may come after others. */
  systemAnywhere?: true
  takesDeveloper?: true
  /** The form of ids of calls. */
  callIds?: RegExp
  /** The field in which it thinks, and in which it wants its thoughts back. */
  thinksIn?: 'reasoning_content' | 'reasoning'
  /** Set where an assistant's message with calls must have its thoughts. */
  needsThoughts?: true
  /** Set where a user or system message after a tool's is refused. */
  noUserAfterTool?: true
  /** Set where one call at a time must be asked for. */
  singleCalls?: true
  /** Set where calls must carry the signature of Gemini's. */
  needsSignature?: true
  noJsonSchema?: true
  /** How an unknown field is refused. */
  unknownField: (name: string) => { status?: number; message: string }
  longestUser?: number
}

/** Fields that every vendor takes. */
export const sharedFields = [
  'model',
  'messages',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'stream',
  'temperature',
  'top_p',
  'stop',
  'n',
  'frequency_penalty',
  'presence_penalty',
] as const

const extraForbidden = (name: string) => ({
  status: 422,
  message: `[{"type":"extra_forbidden","loc":["body","${name}"],"msg":"Extra inputs are not permitted"}]`,
})
const unrecognized = (name: string) => ({ message: `Unrecognized request argument supplied: ${name}` })

export const chatRules = {
  openai: {
    fields: words(
      'max_completion_tokens max_tokens stream_options reasoning_effort verbosity',
      'user safety_identifier prompt_cache_key prompt_cache_retention metadata store',
      'service_tier seed logit_bias logprobs top_logprobs modalities audio',
      'prediction web_search_options',
    ),
    takesNames: true,
    assistant: ['refusal', 'audio', 'function_call', 'annotations'],
    takesNull: true,
    systemAnywhere: true,
    takesDeveloper: true,
    unknownField: unrecognized,
  },
  mistral: {
    fields: ['max_tokens', 'random_seed', 'safe_prompt', 'prompt_mode', 'reasoning_effort', 'metadata'],
    assistant: ['prefix'],
    callIds: /^[a-zA-Z0-9]{9}$/,
    noUserAfterTool: true,
    systemAnywhere: true,
    unknownField: extraForbidden,
  },
  groq: {
    fields: words(
      'max_completion_tokens max_tokens stream_options reasoning_effort user seed',
      'reasoning_format include_reasoning service_tier',
    ),
    systemAnywhere: true,
    takesDeveloper: true,
    unknownField: (name) => ({ message: `property '${name}' is unsupported` }),
  },
  cerebras: {
    fields: words(
      'max_completion_tokens stream_options reasoning_effort user seed',
      'logprobs top_logprobs service_tier',
    ),
    refuses: ['frequency_penalty', 'presence_penalty'],
    assistant: ['reasoning'],
    thinksIn: 'reasoning',
    systemAnywhere: true,
    unknownField: (name) => ({
      status: 422,
      message: `body.${name}: property '${name}' is unsupported`,
    }),
  },
  deepseek: {
    lenient: true,
    takesNames: true,
    assistant: ['reasoning_content', 'prefix'],
    thinksIn: 'reasoning_content',
    needsThoughts: true,
    noJsonSchema: true,
    systemAnywhere: true,
    unknownField: unrecognized,
  },
  xai: {
    refuses: ['presence_penalty', 'frequency_penalty', 'stop', 'logit_bias', 'store', 'top_k'],
    takesNames: true,
    assistant: ['reasoning_content', 'refusal'],
    thinksIn: 'reasoning_content',
    systemAnywhere: true,
    takesDeveloper: true,
    unknownField: (name) => ({ message: `Argument not supported on this model: ${name}` }),
  },
  nvidia: {
    fields: ['max_tokens', 'stream_options', 'reasoning_effort', 'seed', 'chat_template_kwargs'],
    singleCalls: true,
    unknownField: extraForbidden,
  },
  openrouter: {
    lenient: true,
    takesNull: true,
    systemAnywhere: true,
    takesDeveloper: true,
    longestUser: 128,
    unknownField: unrecognized,
  },
  gemini: {
    fields: ['max_tokens', 'max_completion_tokens', 'stream_options', 'reasoning_effort', 'extra_body'],
    systemAnywhere: true,
    takesDeveloper: true,
    needsSignature: true,
    unknownField: (name) => ({ message: `Invalid JSON payload received. Unknown name "${name}"` }),
  },
  /** The strictest of all of them. */
  custom: {
    fields: ['max_tokens', 'max_completion_tokens', 'stream_options', 'reasoning_effort', 'seed', 'user'],
    // Chat clients hand it back to every model, and nothing shows which of them made it.
    assistant: ['reasoning_content'],
    unknownField: extraForbidden,
  },
  /** A custom provider that thinks, as DeepSeek, Kimi and GLM do behind any address. */
  thinking: {
    fields: ['max_tokens', 'max_completion_tokens', 'stream_options', 'reasoning_effort', 'seed', 'user'],
    assistant: ['reasoning_content'],
    thinksIn: 'reasoning_content',
    needsThoughts: true,
    unknownField: extraForbidden,
  },
} satisfies Record<string, ChatRules>

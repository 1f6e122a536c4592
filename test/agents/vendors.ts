/**
 * The vendors that the bench plays: the address of each built-in row, and what its model refuses.
 * The rules are those that the vendors' own errors and references state; `strict/` applies them.
 */
import type { DialectId } from '../../src/domain/dialects.ts'
import { type ChatRules, chatRules } from './strict/chat-rules.ts'

/** What a vendor says of one of its models. */
export interface Model {
  /** The longest answer, in tokens. */
  outputTokens: number
  sees: boolean
  /** The words for effort that it knows; none where it does not reason. */
  efforts: readonly string[]
  /** Set where Responses takes the effort `none` as well, and chat has another field for it. */
  noneInResponses?: true
  /** When it refuses sampling fields. */
  noSampling?: 'always' | 'while-reasoning'
  /** Claude: takes system messages among the others, and thinking by itself only. */
  modern?: true
  /** Set where chat completions refuse tools beside an effort. */
  noEffortWithTools?: true
}

export interface Vendor {
  id: string
  host: string
  /** The dialects of its endpoints. */
  dialects: readonly DialectId[]
  /** The model that the bench asks of it. */
  model: string
  facts: Model
  /** What its chat completions refuse. */
  chat: ChatRules
  /** Set for a provider that a person entered; its base URL ends in `/v1`. */
  custom?: DialectId
}

const noEfforts: readonly string[] = []
const common = ['low', 'medium', 'high'] as const

export const vendors: readonly Vendor[] = [
  {
    id: 'openai',
    host: 'api.openai.com',
    dialects: ['openai-responses', 'openai-chat'],
    model: 'gpt-5.4-mini',
    facts: {
      outputTokens: 128_000,
      sees: true,
      efforts: ['none', ...common, 'xhigh'],
      noSampling: 'while-reasoning',
      noEffortWithTools: true,
    },
    chat: chatRules.openai,
  },
  {
    id: 'openai',
    host: 'api.openai.com',
    dialects: ['openai-responses', 'openai-chat'],
    model: 'gpt-6-luna',
    facts: {
      outputTokens: 128_000,
      sees: true,
      efforts: ['none', ...common, 'xhigh', 'max'],
      noSampling: 'always',
      noEffortWithTools: true,
    },
    chat: chatRules.openai,
  },
  {
    id: 'openai',
    host: 'api.openai.com',
    dialects: ['openai-responses', 'openai-chat'],
    model: 'gpt-4.1',
    facts: { outputTokens: 32_768, sees: true, efforts: noEfforts },
    chat: chatRules.openai,
  },
  {
    id: 'anthropic',
    host: 'api.anthropic.com',
    dialects: ['anthropic'],
    model: 'claude-sonnet-5',
    facts: {
      outputTokens: 128_000,
      sees: true,
      efforts: [...common, 'xhigh', 'max'],
      noSampling: 'always',
      modern: true,
    },
    chat: chatRules.custom,
  },
  {
    id: 'anthropic',
    host: 'api.anthropic.com',
    dialects: ['anthropic'],
    model: 'claude-haiku-4-5',
    facts: { outputTokens: 64_000, sees: true, efforts: noEfforts },
    chat: chatRules.custom,
  },
  {
    id: 'gemini',
    host: 'generativelanguage.googleapis.com',
    dialects: ['gemini', 'openai-chat'],
    model: 'gemini-3.5-flash',
    facts: { outputTokens: 65_536, sees: true, efforts: ['minimal', ...common] },
    chat: chatRules.gemini,
  },
  {
    id: 'mistral',
    host: 'api.mistral.ai',
    dialects: ['openai-chat'],
    model: 'mistral-small-latest',
    facts: { outputTokens: 256_000, sees: true, efforts: ['none', 'high'] },
    chat: chatRules.mistral,
  },
  {
    id: 'cohere',
    host: 'api.cohere.com',
    dialects: ['cohere'],
    model: 'command-a-03-2025',
    facts: { outputTokens: 8_000, sees: false, efforts: noEfforts },
    chat: chatRules.custom,
  },
  {
    id: 'groq',
    host: 'api.groq.com',
    dialects: ['openai-chat'],
    model: 'openai/gpt-oss-120b',
    facts: { outputTokens: 65_536, sees: false, efforts: common },
    chat: chatRules.groq,
  },
  {
    id: 'cerebras',
    host: 'api.cerebras.ai',
    dialects: ['openai-chat'],
    model: 'gpt-oss-120b',
    facts: { outputTokens: 40_960, sees: false, efforts: common },
    chat: chatRules.cerebras,
  },
  {
    id: 'deepseek',
    host: 'api.deepseek.com',
    dialects: ['openai-chat', 'openai-responses', 'anthropic'],
    model: 'deepseek-v4-flash',
    facts: {
      outputTokens: 384_000,
      sees: true,
      efforts: [...common, 'max', 'xhigh'],
      noneInResponses: true,
    },
    chat: chatRules.deepseek,
  },
  {
    id: 'xai',
    host: 'api.x.ai',
    dialects: ['openai-responses', 'openai-chat'],
    model: 'grok-4.3',
    // Its catalogue names no longest answer.
    facts: { outputTokens: 1_000_000, sees: true, efforts: ['none', ...common] },
    chat: chatRules.xai,
  },
  {
    id: 'nvidia',
    host: 'integrate.api.nvidia.com',
    dialects: ['openai-chat'],
    model: 'nvidia/nemotron-3-ultra-550b-a55b',
    facts: { outputTokens: 65_536, sees: false, efforts: common },
    chat: chatRules.nvidia,
  },
  {
    id: 'openrouter',
    host: 'openrouter.ai',
    dialects: ['openai-chat', 'openai-responses', 'anthropic'],
    model: 'anthropic/claude-sonnet-5.5',
    facts: { outputTokens: 128_000, sees: true, efforts: ['none', 'minimal', ...common, 'xhigh', 'max'] },
    chat: chatRules.openrouter,
  },
  custom('openai-chat', 'strict-chat', 'bench-1', chatRules.custom),
  custom('openai-chat', 'thinking-chat', 'deepseek-bench-1', chatRules.thinking),
  custom('openai-responses', 'custom-responses', 'bench-1', chatRules.custom),
  custom('anthropic', 'custom-anthropic', 'bench-1', chatRules.custom),
  custom('gemini', 'custom-gemini', 'gemini-3-bench', chatRules.custom),
]

/** A provider that a person entered, of which the hub knows nothing: as strict as any vendor. */
function custom(dialect: DialectId, id: string, model: string, chat: ChatRules): Vendor {
  return {
    id,
    host: `${id}.example`,
    dialects: [dialect],
    model,
    facts: { outputTokens: 1_000_000, sees: true, efforts: ['none', 'minimal', ...common, 'xhigh', 'max'] },
    chat,
    custom: dialect,
  }
}

/** The vendor at a host that serves a model. */
export function vendorAt(host: string, model: string): Vendor | undefined {
  return vendors.find((vendor) => vendor.host === host && vendor.model === model)
}

/** The name by which a client asks the hub for a vendor's model. */
export function nameOf({ id, model }: Vendor): string {
  return `${id}/${model}`
}

/**
 * Every built-in provider, a row each. Addresses, headers and limits were checked in 2026 (see README.md for the dates); what a
 * row says of errors stands in `error-rules.ts`, of limits in `limit-headers.ts`, and its models in `models.ts`.
 */
import { openaiOnly } from '../dialects/fit/openai-only.ts'
import * as errors from './error-rules.ts'
import * as limits from './limit-headers.ts'
import * as models from './models.ts'
import type { Provider } from './provider.ts'
import { sandboxModels } from './sandbox/models.ts'

export type ProviderId = keyof typeof catalog

export const catalog = {
  openai: {
    name: 'OpenAI',
    dialects: {
      // Clients of other dialects: reasoning comes back to it there, and goes with tools.
      'openai-responses': 'https://api.openai.com/v1',
      'openai-chat': 'https://api.openai.com/v1',
      'openai-embeddings': 'https://api.openai.com/v1',
    },
    defaultModel: 'gpt-5.4-mini',
    cachesPrompts: true,
    models: models.openai,
    ownModels: /^(?:chatgpt-|gpt-|o\d)/,
    cannot: {
      // "Function tools with reasoning_effort are not supported for gpt-5.4-mini in
      // /v1/chat/completions." https://github.com/dotnet/extensions/issues/7407; from 5.6 on also
      // where no effort is named.
      'openai-chat': [
        { what: 'tools-with-effort', models: /^gpt-(?:5\.[4-9]|[6-9]|\d\d)/ },
        { what: 'tools', models: /^gpt-(?:5\.[6-9]|[6-9]|\d\d)/ },
      ],
      // Models that reason take no stop sequences in either.
      'openai-responses': [
        { what: 'audio' },
        { what: 'several-answers' },
        { what: 'stop', models: /^gpt-[34]/ },
      ],
    },
    quirks: {
      'openai-chat': {
        outputLimit: 'max_completion_tokens',
        refuses: ['top_k', 'min_p'],
        reasoningField: 'none',
        emptyMembers: true,
        systemAnywhere: true,
      },
      'openai-responses': { takes: ['chat_fields'], search: 'web_search' },
    },
    resets: { day: 'refill' },
    limitsPer: 'model',
    limitHeaders: limits.openai,
    errors: errors.openai,
    keysUrl: 'https://platform.openai.com/api-keys',
  },
  anthropic: {
    name: 'Anthropic',
    // Its OpenAI-compatible endpoint drops caching, thinking and strict tools: it is called in its own dialect.
    dialects: { anthropic: 'https://api.anthropic.com/v1' },
    aliases: ['claude'],
    defaultModel: 'claude-sonnet-5',
    cachesPrompts: true,
    models: models.anthropic,
    ownModels: /^claude-/,
    quirks: { anthropic: { takes: ['cache_control'], search: 'web_search_20250305' } },
    // Spend limits end with the calendar month; rate limits refill.
    resets: { day: 'refill', month: 'utc' },
    errors: errors.anthropic,
    limitHeaders: limits.anthropic,
    keysUrl: 'https://console.anthropic.com/settings/keys',
  },
  gemini: {
    name: 'Google Gemini',
    dialects: {
      gemini: 'https://generativelanguage.googleapis.com/v1beta',
      'openai-chat': 'https://generativelanguage.googleapis.com/v1beta/openai',
      'openai-embeddings': 'https://generativelanguage.googleapis.com/v1beta/openai',
    },
    aliases: ['google', 'google-ai-studio'],
    defaultModel: 'gemini-3.5-flash',
    cachesPrompts: true,
    models: models.gemini,
    ownModels: /^gem(?:ini|ma)-/,
    // Signatures of calls, which Gemini 3 demands back, have no place there that clients keep; nor
    // have PDFs. https://ai.google.dev/gemini-api/docs/thought-signatures#openai
    cannot: { 'openai-chat': [{ what: 'tools' }, { what: 'pdf' }] },
    quirks: {
      gemini: { search: 'googleSearch' },
      'openai-chat': {
        refuses: [
          ...openaiOnly,
          'seed',
          'frequency_penalty',
          'presence_penalty',
          'logit_bias',
          'user',
          'top_k',
        ],
        reasoningField: 'none',
        systemAnywhere: true,
      },
    },
    resets: { day: 'pacific' },
    limitsPer: 'model',
    errors: errors.gemini,
    limitHeaders: [],
    keysUrl: 'https://aistudio.google.com/apikey',
  },
  openrouter: {
    name: 'OpenRouter',
    dialects: {
      'openai-chat': 'https://openrouter.ai/api/v1',
      'openai-embeddings': 'https://openrouter.ai/api/v1',
      'openai-responses': 'https://openrouter.ai/api/v1',
      anthropic: 'https://openrouter.ai/api/v1',
    },
    defaultModel: 'openrouter/free',
    cachesPrompts: true,
    models: models.openrouter,
    quirks: {
      'openai-chat': {
        reasoningField: 'reasoning_details',
        takes: ['top_k', 'cache_control'],
        emptyMembers: true,
        systemAnywhere: true,
        search: 'plugins',
      },
      anthropic: { takes: ['cache_control'] },
      'openai-responses': { onlyFunctions: true },
    },
    resets: { day: 'utc' },
    errors: errors.openrouter,
    limitHeaders: limits.openrouter,
    router: true,
    keysUrl: 'https://openrouter.ai/settings/keys',
  },
  mistral: {
    name: 'Mistral',
    dialects: {
      'openai-chat': 'https://api.mistral.ai/v1',
      'openai-embeddings': 'https://api.mistral.ai/v1',
    },
    aliases: ['mistralai'],
    defaultModel: 'mistral-small-latest',
    models: models.mistral,
    ownModels: /^(?:codestral|devstral|magistral|ministral|mistral)-/,
    quirks: {
      'openai-chat': {
        refuses: [...openaiOnly, 'user', 'service_tier', 'logit_bias', 'logprobs', 'top_logprobs'],
        renames: { seed: 'random_seed' },
        outputLimit: 'max_tokens',
        systemRole: true,
        noStreamOptions: true,
        requiredToolChoice: 'any',
        reasoningField: 'thinking-part',
        shortToolCallIds: true,
        noMessageName: true,
        noAnnotations: true,
        noUserAfterTool: true,
        // https://docs.mistral.ai/capabilities/reasoning: the others reason as they do.
        efforts: [{ models: /^mistral-(?:small|medium)/, words: ['none', 'high'] }],
      },
    },
    resets: { month: 'utc' },
    errors: errors.mistral,
    limitHeaders: limits.mistral,
    keysUrl: 'https://console.mistral.ai/api-keys',
  },
  groq: {
    name: 'Groq',
    dialects: { 'openai-chat': 'https://api.groq.com/openai/v1' },
    defaultModel: 'openai/gpt-oss-120b',
    cachesPrompts: true,
    models: models.groq,
    // https://console.groq.com/docs/openai, "Currently Unsupported OpenAI Features"
    quirks: {
      'openai-chat': {
        refuses: [...openaiOnly, 'logprobs', 'top_logprobs', 'logit_bias'],
        reasoningField: 'none',
        noMessageName: true,
        noAnnotations: true,
        systemAnywhere: true,
        efforts: [{ models: /qwen3/, words: ['none', 'default'] }],
      },
    },
    resets: { day: 'refill' },
    limitsPer: 'model',
    errors: errors.groq,
    limitHeaders: limits.groq,
    keysUrl: 'https://console.groq.com/keys',
  },
  together: {
    name: 'Together',
    dialects: {
      'openai-chat': 'https://api.together.xyz/v1',
      'openai-embeddings': 'https://api.together.xyz/v1',
    },
    aliases: ['togetherai', 'together-ai'],
    defaultModel: 'openai/gpt-oss-120b',
    models: models.together,
    quirks: {
      'openai-chat': {
        outputLimit: 'max_tokens',
        systemRole: true,
        reasoningField: 'reasoning',
        takes: ['top_k'],
      },
    },
    errors: errors.together,
    // They state limits per second, which is no window of ours.
    limitHeaders: [],
    keysUrl: 'https://api.together.ai/settings/api-keys',
  },
  fireworks: {
    name: 'Fireworks',
    dialects: {
      'openai-chat': 'https://api.fireworks.ai/inference/v1',
      'openai-embeddings': 'https://api.fireworks.ai/inference/v1',
    },
    aliases: ['fireworks-ai'],
    defaultModel: 'accounts/fireworks/models/gpt-oss-120b',
    cachesPrompts: true,
    models: models.fireworks,
    quirks: {
      'openai-chat': { systemRole: true, reasoningField: 'reasoning_content', takes: ['top_k'] },
    },
    errors: errors.fireworks,
    limitHeaders: limits.fireworks,
    keysUrl: 'https://fireworks.ai/account/api-keys',
  },
  deepseek: {
    name: 'DeepSeek',
    dialects: {
      'openai-chat': 'https://api.deepseek.com',
      'openai-responses': 'https://api.deepseek.com',
      anthropic: 'https://api.deepseek.com/anthropic/v1',
    },
    defaultModel: 'deepseek-v4-flash',
    cachesPrompts: true,
    models: models.deepseek,
    ownModels: /^deepseek-/,
    quirks: {
      'openai-chat': {
        outputLimit: 'max_tokens',
        systemRole: true,
        reasoningField: 'reasoning_content',
        needsReasoning: true,
        noJsonSchema: true,
        systemAnywhere: true,
      },
      'openai-responses': { onlyFunctions: true },
    },
    limitHeaders: [],
    keysUrl: 'https://platform.deepseek.com/api_keys',
  },
  huggingface: {
    name: 'Hugging Face',
    dialects: { 'openai-chat': 'https://router.huggingface.co/v1' },
    aliases: ['hf', 'hugging-face'],
    defaultModel: 'openai/gpt-oss-120b',
    models: models.huggingface,
    // A router: what its strictest provider refuses is left out for all.
    quirks: {
      'openai-chat': {
        refuses: openaiOnly,
        outputLimit: 'max_tokens',
        systemRole: true,
        reasoningField: 'none',
      },
    },
    resets: { month: 'utc' },
    errors: errors.huggingface,
    // What comes through is about the router's own account at whoever serves.
    limitHeaders: [],
    router: true,
    keysUrl: 'https://huggingface.co/settings/tokens',
  },
  cohere: {
    name: 'Cohere',
    dialects: {
      cohere: 'https://api.cohere.com/v2',
      'openai-embeddings': 'https://api.cohere.ai/compatibility/v1',
    },
    defaultModel: 'command-a-03-2025',
    models: models.cohere,
    ownModels: /^command-/,
    resets: { month: 'utc' },
    limitHeaders: limits.cohere,
    modelsUrl: 'https://api.cohere.com/v1/models?page_size=1000',
    errors: errors.cohere,
    keysUrl: 'https://dashboard.cohere.com/api-keys',
  },
  cerebras: {
    name: 'Cerebras',
    dialects: { 'openai-chat': 'https://api.cerebras.ai/v1' },
    defaultModel: 'gpt-oss-120b',
    models: models.cerebras,
    // https://inference-docs.cerebras.ai/resources/openai
    quirks: {
      'openai-chat': {
        refuses: [...openaiOnly, 'frequency_penalty', 'presence_penalty', 'logit_bias'],
        // It reserves this much of the minute's tokens before it answers, 16,000 where it is absent.
        outputLimit: 'max_completion_tokens',
        systemRole: true,
        reasoningField: 'reasoning',
        noAnnotations: true,
        systemAnywhere: true,
      },
    },
    resets: { day: 'refill' },
    limitsPer: 'model',
    limitHeaders: limits.cerebras,
    keysUrl: 'https://cloud.cerebras.ai/platform/apikeys',
  },
  xai: {
    name: 'xAI',
    dialects: {
      'openai-responses': 'https://api.x.ai/v1',
      'openai-chat': 'https://api.x.ai/v1',
    },
    aliases: ['x-ai', 'grok'],
    defaultModel: 'grok-4.3',
    cachesPrompts: true,
    models: models.xai,
    ownModels: /^grok-/,
    // Its models all reason, and reasoning models there refuse these.
    quirks: {
      'openai-chat': {
        refuses: ['presence_penalty', 'frequency_penalty', 'stop', 'logit_bias', 'store'],
        reasoningField: 'reasoning_content',
        systemAnywhere: true,
      },
      'openai-responses': { onlyFunctions: true, search: 'web_search' },
    },
    limitsPer: 'model',
    limitHeaders: limits.xai,
    errors: errors.xai,
    keysUrl: 'https://console.x.ai',
  },
  nvidia: {
    name: 'NVIDIA NIM',
    dialects: {
      'openai-chat': 'https://integrate.api.nvidia.com/v1',
      'openai-embeddings': 'https://integrate.api.nvidia.com/v1',
    },
    aliases: ['nim', 'nvidia-nim'],
    defaultModel: 'nvidia/nemotron-3-super-120b-a12b',
    models: models.nvidia,
    quirks: {
      'openai-chat': {
        refuses: [...openaiOnly, 'user', 'service_tier'],
        outputLimit: 'max_tokens',
        systemRole: true,
        reasoningField: 'none',
        noAnnotations: true,
        singleToolCalls: true,
      },
    },
    errors: errors.nvidia,
    limitHeaders: [],
    keysUrl: 'https://build.nvidia.com/settings/api-keys',
  },
  github: {
    name: 'GitHub Models',
    dialects: {
      'openai-chat': 'https://models.github.ai/inference',
      'openai-embeddings': 'https://models.github.ai/inference',
    },
    aliases: ['github-models'],
    defaultModel: 'openai/gpt-4.1-mini',
    models: models.github,
    quirks: { 'openai-chat': { refuses: openaiOnly, reasoningField: 'none', systemAnywhere: true } },
    resets: { day: 'rolling' },
    limitsPer: 'model',
    errors: errors.github,
    modelsUrl: 'https://models.github.ai/catalog/models',
    keysUrl: 'https://github.com/settings/personal-access-tokens',
  },
  'workers-ai': {
    name: 'Cloudflare Workers AI',
    dialects: {
      'openai-chat': 'https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1',
      'openai-embeddings': 'https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1',
    },
    aliases: ['cloudflare', 'workersai'],
    defaultModel: '@cf/zai-org/glm-4.7-flash',
    models: models.workersAi,
    quirks: {
      'openai-chat': {
        refuses: openaiOnly,
        outputLimit: 'max_tokens',
        systemRole: true,
        reasoningField: 'none',
        takes: ['top_k'],
      },
    },
    resets: { day: 'utc' },
    errors: errors.workersAi,
    limitHeaders: [],
    modelsUrl: 'https://api.cloudflare.com/client/v4/accounts/{account}/ai/models/search?per_page=1000',
    keysUrl: 'https://dash.cloudflare.com/profile/api-tokens',
  },
  sandbox: {
    name: 'Sandbox',
    // Never called over a network: the pipeline answers this host itself.
    dialects: { 'openai-chat': 'https://sandbox.invalid/v1' },
    defaultModel: 'echo',
    models: sandboxModels,
    limitsPer: 'model',
    limitHeaders: [],
  },
} satisfies Record<string, Provider>

/**
 * A few current models of each provider: what a bare model id may mean before anybody has asked a provider for its list.
 * Prices and limits are those of models.dev (MIT), snapshot of 2026-07-02; what was retired since is left out (Gemini 2.0,
 * 2026-06-01; DeepSeek's old names are aliases). A price of 0 is a free tier; an absent one is unknown.
 */
import type { ModelFacts } from '../chat/model.ts'

type Models = Readonly<Record<string, ModelFacts>>

const million = 1_000_000

export const openai = {
  'gpt-5.5': facts(5, 30, { cachedInput: 0.5 }, 1_050_000, 128_000),
  'gpt-5.4': facts(2.5, 15, { cachedInput: 0.25 }, 1_050_000, 128_000),
  'gpt-5.4-mini': facts(0.75, 4.5, { cachedInput: 0.075 }, 400_000, 128_000),
  'gpt-5.4-nano': facts(0.2, 1.25, { cachedInput: 0.02 }, 400_000, 128_000),
  'gpt-5.2': facts(1.75, 14, { cachedInput: 0.175 }, 400_000, 128_000),
  'gpt-5-mini': facts(0.25, 2, { cachedInput: 0.025 }, 400_000, 128_000),
  'gpt-5-nano': facts(0.05, 0.4, { cachedInput: 0.005 }, 400_000, 128_000),
  'gpt-4.1': facts(2, 8, { cachedInput: 0.5 }, 1_047_576, 32_768),
  'gpt-4.1-mini': facts(0.4, 1.6, { cachedInput: 0.1 }, 1_047_576, 32_768),
  'gpt-4.1-nano': facts(0.1, 0.4, { cachedInput: 0.025 }, 1_047_576, 32_768),
  'gpt-4o': facts(2.5, 10, { cachedInput: 1.25 }, 128_000, 16_384),
  'gpt-4o-mini': facts(0.15, 0.6, { cachedInput: 0.075 }, 128_000, 16_384),
  o3: facts(2, 8, { cachedInput: 0.5 }, 200_000, 100_000),
  'o4-mini': facts(1.1, 4.4, { cachedInput: 0.275 }, 200_000, 100_000),
} satisfies Models

export const anthropic = {
  'claude-fable-5': facts(10, 50, { cachedInput: 1, cacheWrite: 12.5 }, million, 128_000),
  'claude-opus-4-8': facts(5, 25, { cachedInput: 0.5, cacheWrite: 6.25 }, million, 128_000),
  'claude-opus-4-6': facts(5, 25, { cachedInput: 0.5, cacheWrite: 6.25 }, million, 128_000),
  'claude-sonnet-5': facts(2, 10, { cachedInput: 0.2, cacheWrite: 2.5 }, million, 128_000),
  'claude-sonnet-4-6': facts(3, 15, { cachedInput: 0.3, cacheWrite: 3.75 }, million, 64_000),
  'claude-sonnet-4-5': facts(3, 15, { cachedInput: 0.3, cacheWrite: 3.75 }, 200_000, 64_000),
  'claude-haiku-4-5': facts(1, 5, { cachedInput: 0.1, cacheWrite: 1.25 }, 200_000, 64_000),
} satisfies Models

export const gemini = {
  'gemini-3.5-flash': facts(1.5, 9, { cachedInput: 0.15 }, 1_048_576, 65_536),
  'gemini-3.1-pro-preview': facts(2, 12, { cachedInput: 0.2 }, 1_048_576, 65_536),
  'gemini-3.1-flash-lite': facts(0.25, 1.5, { cachedInput: 0.025 }, 1_048_576, 65_536),
  'gemini-3-flash-preview': facts(0.5, 3, { cachedInput: 0.05 }, 1_048_576, 65_536),
  'gemini-2.5-pro': facts(1.25, 10, { cachedInput: 0.125 }, 1_048_576, 65_536),
  'gemini-2.5-flash': facts(0.3, 2.5, { cachedInput: 0.03 }, 1_048_576, 65_536),
  'gemini-2.5-flash-lite': facts(0.1, 0.4, { cachedInput: 0.01 }, 1_048_576, 65_536),
  'gemma-4-31b-it': { contextTokens: 262_144, outputTokens: 32_768 },
} satisfies Models

export const openrouter = {
  'openrouter/free': facts(0, 0, {}, 200_000, 8_000),
  'openai/gpt-oss-120b:free': facts(0, 0, {}, 131_072, 131_072),
  'meta-llama/llama-3.3-70b-instruct:free': facts(0, 0, {}, 65_536, 131_072),
  'qwen/qwen3-coder:free': facts(0, 0, {}, 262_000, 262_000),
  'openai/gpt-5.5': facts(5, 30, { cachedInput: 0.5 }),
  'openai/gpt-oss-120b': facts(0.03, 0.15, {}, 131_072, 131_072),
  'anthropic/claude-sonnet-5': facts(2, 10, { cachedInput: 0.2, cacheWrite: 2.5 }, million),
  'google/gemini-3.5-flash': facts(1.5, 9, { cachedInput: 0.15, cacheWrite: 0.083333 }, 1_048_576),
  'deepseek/deepseek-v4-flash': facts(0.098, 0.196, { cachedInput: 0.02 }, 1_048_575, 65_536),
  'deepseek/deepseek-v4-pro': facts(0.435, 0.87, { cachedInput: 0.003625 }, 1_048_576),
} satisfies Models

export const mistral = {
  'mistral-large-latest': facts(0.5, 1.5, {}, 262_144, 262_144),
  'mistral-medium-2604': facts(1.5, 7.5, {}, 262_144, 262_144),
  'mistral-small-latest': facts(0.15, 0.6, {}, 256_000, 256_000),
  'magistral-medium-latest': facts(2, 5, {}, 128_000, 16_384),
  'ministral-8b-latest': facts(0.1, 0.1, {}, 128_000, 128_000),
  'codestral-latest': facts(0.3, 0.9, {}, 256_000, 4_096),
} satisfies Models

export const groq = {
  'openai/gpt-oss-120b': facts(0.15, 0.6, { cachedInput: 0.075 }, 131_072, 65_536),
  'openai/gpt-oss-20b': facts(0.075, 0.3, { cachedInput: 0.0375 }, 131_072, 65_536),
  // Paid keys only since 2026-08-16.
  'llama-3.3-70b-versatile': facts(0.59, 0.79, {}, 131_072, 32_768),
  'llama-3.1-8b-instant': facts(0.05, 0.08, {}, 131_072, 131_072),
  'meta-llama/llama-4-scout-17b-16e-instruct': facts(0.11, 0.34, {}, 131_072, 8_192),
  'qwen/qwen3-32b': facts(0.29, 0.59, {}, 131_072, 40_960),
  'groq/compound': { contextTokens: 131_072, outputTokens: 8_192 },
} satisfies Models

export const together = {
  'openai/gpt-oss-120b': facts(0.15, 0.6, {}, 131_072, 131_072),
  'openai/gpt-oss-20b': facts(0.05, 0.2, {}, 131_072, 131_072),
  'zai-org/GLM-5.2': facts(1.4, 4.4, { cachedInput: 0.26 }, 262_144, 164_000),
  'moonshotai/Kimi-K2.7-Code': facts(0.95, 4, { cachedInput: 0.19 }, 262_144, 131_072),
  'MiniMaxAI/MiniMax-M3': facts(0.3, 1.2, { cachedInput: 0.06 }, 524_288, 250_000),
  'deepseek-ai/DeepSeek-V4-Pro': facts(1.74, 3.48, { cachedInput: 0.2 }, 512_000, 384_000),
  'meta-llama/Llama-3.3-70B-Instruct-Turbo': facts(0.88, 0.88, {}, 131_072, 131_072),
} satisfies Models

export const fireworks = {
  'accounts/fireworks/models/gpt-oss-120b': facts(0.15, 0.6, { cachedInput: 0.015 }, 131_072, 32_768),
  'accounts/fireworks/models/gpt-oss-20b': facts(0.07, 0.3, { cachedInput: 0.035 }, 131_072, 32_768),
  'accounts/fireworks/models/glm-5p2': facts(1.4, 4.4, { cachedInput: 0.26 }, 1_048_575, 131_072),
  'accounts/fireworks/models/kimi-k2p6': facts(0.95, 4, { cachedInput: 0.16 }, 262_000, 262_000),
  'accounts/fireworks/models/minimax-m3': facts(0.3, 1.2, { cachedInput: 0.06 }, 512_000, 512_000),
  'accounts/fireworks/models/deepseek-v4-flash': facts(0.14, 0.28, { cachedInput: 0.028 }),
} satisfies Models

export const deepseek = {
  'deepseek-v4-flash': facts(0.14, 0.28, { cachedInput: 0.0028 }, million, 384_000),
  'deepseek-v4-pro': facts(0.435, 0.87, { cachedInput: 0.003625 }, million, 384_000),
  'deepseek-chat': facts(0.14, 0.28, { cachedInput: 0.0028 }, million, 384_000),
  'deepseek-reasoner': facts(0.14, 0.28, { cachedInput: 0.0028 }, million, 384_000),
} satisfies Models

export const huggingface = {
  'openai/gpt-oss-120b': facts(0.25, 0.69, {}, 131_072),
  'moonshotai/Kimi-K2.6': facts(0.95, 4, { cachedInput: 0.16 }, 262_144, 262_144),
  'zai-org/GLM-5.1': facts(1, 3.2, { cachedInput: 0.2 }, 202_752, 131_072),
  'deepseek-ai/DeepSeek-V4-Pro': facts(0.435, 0.87, { cachedInput: 0.003625 }, 1_048_576, 393_216),
  'Qwen/Qwen3-32B': facts(0.29, 0.59, {}),
  'meta-llama/Llama-3.3-70B-Instruct': facts(0.59, 0.79, {}, 131_072),
} satisfies Models

export const cohere = {
  'command-a-plus-05-2026': facts(2.5, 10, {}),
  'command-a-03-2025': facts(2.5, 10, {}, 256_000, 8_000),
  'command-a-reasoning-08-2025': facts(2.5, 10, {}, 256_000, 32_000),
  'command-r-08-2024': facts(0.15, 0.6, {}, 128_000, 4_000),
  'command-r7b-12-2024': facts(0.0375, 0.15, {}, 128_000, 4_000),
} satisfies Models

export const cerebras = {
  'gpt-oss-120b': facts(0.35, 0.75, {}, 131_072, 40_960),
  'zai-glm-4.7': facts(2.25, 2.75, { cachedInput: 0, cacheWrite: 0 }, 131_072, 40_960),
} satisfies Models

export const xai = {
  'grok-4.3': facts(1.25, 2.5, { cachedInput: 0.2 }, million, 30_000),
  'grok-4.20-0309-reasoning': facts(1.25, 2.5, { cachedInput: 0.2 }, million, 30_000),
  'grok-4.20-0309-non-reasoning': facts(1.25, 2.5, { cachedInput: 0.2 }, million, 30_000),
  'grok-build-0.1': facts(1, 2, { cachedInput: 0.2 }, 256_000, 256_000),
} satisfies Models

export const nvidia = {
  'nvidia/nemotron-3-super-120b-a12b': facts(0.2, 0.8, {}, 262_144, 262_144),
  'openai/gpt-oss-120b': facts(0, 0, {}, 128_000, 8_192),
  'openai/gpt-oss-20b': facts(0, 0, {}, 131_072, 32_768),
  'meta/llama-3.3-70b-instruct': facts(0, 0, {}, 128_000, 4_096),
  'moonshotai/kimi-k2.6': facts(0, 0, {}, 262_144, 262_144),
  'z-ai/glm-5.1': facts(0, 0, {}, 131_072, 131_072),
} satisfies Models

// The free plan takes 8,000 tokens of input and gives 4,000; the models themselves have more (table of 2026).
export const github = {
  'openai/gpt-4.1': facts(0, 0, {}, 128_000, 16_384),
  'openai/gpt-4.1-mini': facts(0, 0, {}, 128_000, 16_384),
  'openai/gpt-4.1-nano': facts(0, 0, {}, 128_000, 16_384),
  'meta/llama-3.3-70b-instruct': facts(0, 0, {}, 128_000, 32_768),
  'mistral-ai/mistral-medium-2505': facts(0, 0, {}, 128_000, 32_768),
  'deepseek/deepseek-v3-0324': facts(0, 0, {}, 128_000, 8_192),
} satisfies Models

export const workersAi = {
  '@cf/zai-org/glm-4.7-flash': facts(0.0605, 0.4, {}, 131_072, 131_072),
  '@cf/openai/gpt-oss-120b': facts(0.35, 0.75, {}, 128_000, 16_384),
  '@cf/openai/gpt-oss-20b': facts(0.2, 0.3, {}, 128_000, 16_384),
  '@cf/meta/llama-3.3-70b-instruct-fp8-fast': facts(0.293, 2.253, {}, 24_000, 24_000),
  '@cf/meta/llama-4-scout-17b-16e-instruct': facts(0.27, 0.85, {}, 131_000),
  '@cf/qwen/qwen3-30b-a3b-fp8': facts(0.0509, 0.335, {}, 32_768, 32_768),
} satisfies Models

/** One line of a table: price of input and output, of the cache where it differs, context window and longest output. */
function facts(
  input: number,
  output: number,
  cache: { cachedInput?: number; cacheWrite?: number },
  contextTokens?: number,
  outputTokens?: number,
): ModelFacts {
  return {
    price: { input, output, ...cache },
    ...(contextTokens !== undefined && { contextTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
  }
}

/**
 * A few current models of each provider: what a bare model id may mean before anybody has asked a provider for its list.
 * Prices, limits and abilities are those of models.dev (MIT), snapshot of 2026-07-02; what was retired since is left out (Gemini 2.0,
 * 2026-06-01; DeepSeek's old names are aliases). A price of 0 is a free tier; an absent one is unknown.
 */
import type { ModelFacts } from '../chat/model.ts'

type Models = Readonly<Record<string, ModelFacts>>

const million = 1_000_000

export const openai = {
  'gpt-5.5': facts([5, 30, 0.5], 1_050_000, 128_000, 'image pdf tools schema reasoning'),
  'gpt-5.4': facts([2.5, 15, 0.25], 1_050_000, 128_000, 'image pdf tools schema reasoning'),
  'gpt-5.4-mini': facts([0.75, 4.5, 0.075], 400_000, 128_000, 'image tools schema reasoning'),
  'gpt-5.4-nano': facts([0.2, 1.25, 0.02], 400_000, 128_000, 'image tools schema reasoning'),
  'gpt-5.2': facts([1.75, 14, 0.175], 400_000, 128_000, 'image tools schema reasoning'),
  'gpt-5-mini': facts([0.25, 2, 0.025], 400_000, 128_000, 'image tools schema reasoning'),
  'gpt-5-nano': facts([0.05, 0.4, 0.005], 400_000, 128_000, 'image tools schema reasoning'),
  'gpt-4.1': facts([2, 8, 0.5], 1_047_576, 32_768, 'image pdf tools schema sampling'),
  'gpt-4.1-mini': facts([0.4, 1.6, 0.1], 1_047_576, 32_768, 'image pdf tools schema sampling'),
  'gpt-4.1-nano': facts([0.1, 0.4, 0.025], 1_047_576, 32_768, 'image tools schema sampling'),
  'gpt-4o': facts([2.5, 10, 1.25], 128_000, 16_384, 'image pdf tools schema sampling'),
  'gpt-4o-mini': facts([0.15, 0.6, 0.075], 128_000, 16_384, 'image pdf tools schema sampling'),
  o3: facts([2, 8, 0.5], 200_000, 100_000, 'image pdf tools schema reasoning'),
  'o4-mini': facts([1.1, 4.4, 0.275], 200_000, 100_000, 'image tools schema reasoning'),
} satisfies Models

export const anthropic = {
  'claude-fable-5': facts([10, 50, 1, 12.5], million, 128_000, 'image pdf tools reasoning'),
  'claude-opus-4-8': facts([5, 25, 0.5, 6.25], million, 128_000, 'image pdf tools reasoning'),
  'claude-opus-4-6': facts([5, 25, 0.5, 6.25], million, 128_000, 'image pdf tools reasoning sampling'),
  'claude-sonnet-5': facts([2, 10, 0.2, 2.5], million, 128_000, 'image pdf tools reasoning'),
  'claude-sonnet-4-6': facts([3, 15, 0.3, 3.75], million, 64_000, 'image pdf tools reasoning sampling'),
  'claude-sonnet-4-5': facts([3, 15, 0.3, 3.75], 200_000, 64_000, 'image pdf tools reasoning sampling'),
  'claude-haiku-4-5': facts([1, 5, 0.1, 1.25], 200_000, 64_000, 'image pdf tools reasoning sampling'),
} satisfies Models

export const gemini = {
  'gemini-3.5-flash': facts(
    [1.5, 9, 0.15],
    1_048_576,
    65_536,
    'image video audio pdf tools schema reasoning sampling',
  ),
  'gemini-3.1-pro-preview': facts(
    [2, 12, 0.2],
    1_048_576,
    65_536,
    'image video audio pdf tools schema reasoning sampling',
  ),
  'gemini-3.1-flash-lite': facts(
    [0.25, 1.5, 0.025],
    1_048_576,
    65_536,
    'image video audio pdf tools schema reasoning sampling',
  ),
  'gemini-3-flash-preview': facts(
    [0.5, 3, 0.05],
    1_048_576,
    65_536,
    'image video audio pdf tools schema reasoning sampling',
  ),
  'gemini-2.5-pro': facts(
    [1.25, 10, 0.125],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'gemini-2.5-flash': facts(
    [0.3, 2.5, 0.03],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'gemini-2.5-flash-lite': facts(
    [0.1, 0.4, 0.01],
    1_048_576,
    65_536,
    'image audio video pdf tools schema reasoning sampling',
  ),
  'gemma-4-31b-it': unpriced(262_144, 32_768, 'image tools schema reasoning sampling'),
} satisfies Models

export const openrouter = {
  'openrouter/free': facts([0, 0], 200_000, 8_000, 'image tools schema reasoning sampling'),
  'openai/gpt-oss-120b:free': facts([0, 0], 131_072, 131_072, 'tools schema reasoning sampling'),
  'meta-llama/llama-3.3-70b-instruct:free': facts([0, 0], 65_536, 131_072, 'sampling'),
  'qwen/qwen3-coder:free': facts([0, 0], 262_000, 262_000, 'tools sampling'),
  'openai/gpt-5.5': facts([5, 30, 0.5], undefined, undefined, 'sampling'),
  'openai/gpt-oss-120b': facts([0.03, 0.15], 131_072, 131_072, 'tools schema reasoning sampling'),
  'anthropic/claude-sonnet-5': facts([2, 10, 0.2, 2.5], million, undefined, 'schema sampling'),
  'google/gemini-3.5-flash': facts([1.5, 9, 0.15, 0.083333], 1_048_576, undefined, 'sampling'),
  'deepseek/deepseek-v4-flash': facts([0.098, 0.196, 0.02], 1_048_575, 65_536, 'sampling'),
  'deepseek/deepseek-v4-pro': facts([0.435, 0.87, 0.003625], 1_048_576, undefined, 'sampling'),
} satisfies Models

export const mistral = {
  'mistral-large-latest': facts([0.5, 1.5], 262_144, 262_144, 'image tools sampling'),
  'mistral-medium-2604': facts([1.5, 7.5], 262_144, 262_144, 'image tools schema reasoning sampling'),
  'mistral-small-latest': facts([0.15, 0.6], 256_000, 256_000, 'image tools reasoning sampling'),
  'magistral-medium-latest': facts([2, 5], 128_000, 16_384, 'tools reasoning sampling'),
  'ministral-8b-latest': facts([0.1, 0.1], 128_000, 128_000, 'tools sampling'),
  'codestral-latest': facts([0.3, 0.9], 256_000, 4_096, 'tools sampling'),
} satisfies Models

export const groq = {
  'openai/gpt-oss-120b': facts([0.15, 0.6, 0.075], 131_072, 65_536, 'tools schema reasoning sampling'),
  'openai/gpt-oss-20b': facts([0.075, 0.3, 0.0375], 131_072, 65_536, 'tools schema reasoning sampling'),
  // Paid keys only since 2026-08-16.
  'llama-3.3-70b-versatile': facts([0.59, 0.79], 131_072, 32_768, 'tools sampling'),
  'llama-3.1-8b-instant': facts([0.05, 0.08], 131_072, 131_072, 'tools sampling'),
  'meta-llama/llama-4-scout-17b-16e-instruct': facts(
    [0.11, 0.34],
    131_072,
    8_192,
    'image tools schema sampling',
  ),
  'qwen/qwen3-32b': facts([0.29, 0.59], 131_072, 40_960, 'tools reasoning sampling'),
  'groq/compound': unpriced(131_072, 8_192, 'sampling'),
} satisfies Models

export const together = {
  'openai/gpt-oss-120b': facts([0.15, 0.6], 131_072, 131_072, 'tools reasoning sampling'),
  'openai/gpt-oss-20b': facts([0.05, 0.2], 131_072, 131_072, 'tools schema reasoning sampling'),
  'zai-org/GLM-5.2': facts([1.4, 4.4, 0.26], 262_144, 164_000, 'tools schema reasoning sampling'),
  'moonshotai/Kimi-K2.7-Code': facts([0.95, 4, 0.19], 262_144, 131_072, 'tools schema reasoning sampling'),
  'MiniMaxAI/MiniMax-M3': facts([0.3, 1.2, 0.06], 524_288, 250_000, 'image tools schema reasoning sampling'),
  'deepseek-ai/DeepSeek-V4-Pro': facts(
    [1.74, 3.48, 0.2],
    512_000,
    384_000,
    'tools schema reasoning sampling',
  ),
  'meta-llama/Llama-3.3-70B-Instruct-Turbo': facts([0.88, 0.88], 131_072, 131_072, 'tools sampling'),
} satisfies Models

export const fireworks = {
  'accounts/fireworks/models/gpt-oss-120b': facts(
    [0.15, 0.6, 0.015],
    131_072,
    32_768,
    'tools reasoning sampling',
  ),
  'accounts/fireworks/models/gpt-oss-20b': facts(
    [0.07, 0.3, 0.035],
    131_072,
    32_768,
    'tools reasoning sampling',
  ),
  'accounts/fireworks/models/glm-5p2': facts(
    [1.4, 4.4, 0.26],
    1_048_575,
    131_072,
    'tools reasoning sampling',
  ),
  'accounts/fireworks/models/kimi-k2p6': facts(
    [0.95, 4, 0.16],
    262_000,
    262_000,
    'image tools reasoning sampling',
  ),
  'accounts/fireworks/models/minimax-m3': facts(
    [0.3, 1.2, 0.06],
    512_000,
    512_000,
    'tools reasoning sampling',
  ),
  'accounts/fireworks/models/deepseek-v4-flash': facts([0.14, 0.28, 0.028], undefined, undefined, 'sampling'),
} satisfies Models

export const deepseek = {
  'deepseek-v4-flash': facts([0.14, 0.28, 0.0028], million, 384_000, 'tools schema reasoning sampling'),
  'deepseek-v4-pro': facts([0.435, 0.87, 0.003625], million, 384_000, 'tools schema reasoning sampling'),
  'deepseek-chat': facts([0.14, 0.28, 0.0028], million, 384_000, 'tools sampling'),
  'deepseek-reasoner': facts([0.14, 0.28, 0.0028], million, 384_000, 'tools reasoning sampling'),
} satisfies Models

export const huggingface = {
  'openai/gpt-oss-120b': facts([0.25, 0.69], 131_072, undefined, 'tools schema reasoning sampling'),
  'moonshotai/Kimi-K2.6': facts([0.95, 4, 0.16], 262_144, 262_144, 'image video tools reasoning sampling'),
  'zai-org/GLM-5.1': facts([1, 3.2, 0.2], 202_752, 131_072, 'tools reasoning sampling'),
  'deepseek-ai/DeepSeek-V4-Pro': facts([0.435, 0.87, 0.003625], 1_048_576, 393_216, 'sampling'),
  'Qwen/Qwen3-32B': facts([0.29, 0.59], undefined, undefined, 'schema sampling'),
  'meta-llama/Llama-3.3-70B-Instruct': facts([0.59, 0.79], 131_072, undefined, 'schema sampling'),
} satisfies Models

export const cohere = {
  'command-a-plus-05-2026': facts([2.5, 10], undefined, undefined, 'sampling'),
  'command-a-03-2025': facts([2.5, 10], 256_000, 8_000, 'tools sampling'),
  'command-a-reasoning-08-2025': facts([2.5, 10], 256_000, 32_000, 'tools reasoning sampling'),
  'command-r-08-2024': facts([0.15, 0.6], 128_000, 4_000, 'tools sampling'),
  'command-r7b-12-2024': facts([0.0375, 0.15], 128_000, 4_000, 'tools sampling'),
} satisfies Models

export const cerebras = {
  'gpt-oss-120b': facts([0.35, 0.75], 131_072, 40_960, 'tools schema reasoning sampling'),
  'zai-glm-4.7': facts([2.25, 2.75, 0, 0], 131_072, 40_960, 'tools schema reasoning sampling'),
} satisfies Models

export const xai = {
  'grok-4.3': facts([1.25, 2.5, 0.2], million, 30_000, 'image pdf tools schema reasoning sampling'),
  'grok-4.20-0309-reasoning': facts(
    [1.25, 2.5, 0.2],
    million,
    30_000,
    'image pdf tools schema reasoning sampling',
  ),
  'grok-4.20-0309-non-reasoning': facts([1.25, 2.5, 0.2], million, 30_000, 'image pdf tools schema sampling'),
  'grok-build-0.1': facts([1, 2, 0.2], 256_000, 256_000, 'image pdf tools schema reasoning sampling'),
} satisfies Models

export const nvidia = {
  'nvidia/nemotron-3-super-120b-a12b': facts([0.2, 0.8], 262_144, 262_144, 'tools reasoning sampling'),
  'openai/gpt-oss-120b': facts([0, 0], 128_000, 8_192, 'tools schema reasoning sampling'),
  'openai/gpt-oss-20b': facts([0, 0], 131_072, 32_768, 'tools schema reasoning sampling'),
  'meta/llama-3.3-70b-instruct': facts([0, 0], 128_000, 4_096, 'tools schema sampling'),
  'moonshotai/kimi-k2.6': facts([0, 0], 262_144, 262_144, 'image video tools schema reasoning sampling'),
  'z-ai/glm-5.1': facts([0, 0], 131_072, 131_072, 'tools schema reasoning sampling'),
} satisfies Models

// The free plan takes 8,000 tokens of input and gives 4,000; the models themselves have more (table of 2026).
export const github = {
  'openai/gpt-4.1': facts([0, 0], 128_000, 16_384, 'image tools sampling'),
  'openai/gpt-4.1-mini': facts([0, 0], 128_000, 16_384, 'image tools sampling'),
  'openai/gpt-4.1-nano': facts([0, 0], 128_000, 16_384, 'image tools sampling'),
  'meta/llama-3.3-70b-instruct': facts([0, 0], 128_000, 32_768, 'tools reasoning sampling'),
  'mistral-ai/mistral-medium-2505': facts([0, 0], 128_000, 32_768, 'image tools reasoning sampling'),
  'deepseek/deepseek-v3-0324': facts([0, 0], 128_000, 8_192, 'tools reasoning sampling'),
} satisfies Models

export const workersAi = {
  '@cf/zai-org/glm-4.7-flash': facts([0.0605, 0.4], 131_072, 131_072, 'tools schema reasoning sampling'),
  '@cf/openai/gpt-oss-120b': facts([0.35, 0.75], 128_000, 16_384, 'tools schema reasoning sampling'),
  '@cf/openai/gpt-oss-20b': facts([0.2, 0.3], 128_000, 16_384, 'tools schema reasoning sampling'),
  '@cf/meta/llama-3.3-70b-instruct-fp8-fast': facts([0.293, 2.253], 24_000, 24_000, 'sampling'),
  '@cf/meta/llama-4-scout-17b-16e-instruct': facts([0.27, 0.85], 131_000, undefined, 'sampling'),
  '@cf/qwen/qwen3-30b-a3b-fp8': facts([0.0509, 0.335], 32_768, 32_768, 'tools reasoning sampling'),
} satisfies Models

/** Input, output, and where they differ input read from the cache and input written to it. */
type PriceColumns = [input: number, output: number, cachedInput?: number | undefined, cacheWrite?: number]

/**
 * One line of a table: prices, context window, longest output, and in words what the model can be shown and can do; without
 * them nothing is known of that.
 */
function facts(
  [input, output, cachedInput, cacheWrite]: PriceColumns,
  contextTokens?: number,
  outputTokens?: number,
  abilities?: string,
): ModelFacts {
  const price = {
    input,
    output,
    ...(cachedInput !== undefined && { cachedInput }),
    ...(cacheWrite !== undefined && { cacheWrite }),
  }
  return { price, ...unpriced(contextTokens, outputTokens, abilities) }
}

function unpriced(contextTokens?: number, outputTokens?: number, abilities?: string): ModelFacts {
  return {
    ...(contextTokens !== undefined && { contextTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(abilities !== undefined && abilitiesOf(abilities.split(' '))),
  }
}

/**
 * A model of which the source says no more than that it takes sampling may have any of the others.
 */
function abilitiesOf(words: string[]): ModelFacts {
  if (words.join() === 'sampling') return { sampling: true }
  return {
    input: (['image', 'audio', 'video', 'pdf'] as const).filter((kind) => words.includes(kind)),
    tools: words.includes('tools'),
    // The source says it of few models; where it is silent, nothing is known.
    ...(words.includes('schema') && { jsonSchema: true }),
    reasoning: words.includes('reasoning'),
    sampling: words.includes('sampling'),
  }
}

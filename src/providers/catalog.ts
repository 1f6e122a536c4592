/**
 * Every built-in provider, by id. Its row, models, free tiers and terms are in a file of its own in
 * `rows/`; the meaning of its errors is in `error-rules.ts`, of its limits in `limit-headers.ts`.
 */
import type { BuiltInProvider } from './provider.ts'
import { anthropic } from './rows/anthropic.ts'
import { cerebras } from './rows/cerebras.ts'
import { cohere } from './rows/cohere.ts'
import { deepseek } from './rows/deepseek.ts'
import { fireworks } from './rows/fireworks.ts'
import { gemini } from './rows/gemini.ts'
import { github } from './rows/github.ts'
import { groq } from './rows/groq.ts'
import { huggingface } from './rows/huggingface.ts'
import { kilo } from './rows/kilo.ts'
import { mistral } from './rows/mistral.ts'
import { moonshot } from './rows/moonshot.ts'
import { nvidia } from './rows/nvidia.ts'
import { ollamaCloud } from './rows/ollama-cloud.ts'
import { openai } from './rows/openai.ts'
import { opencode } from './rows/opencode.ts'
import { openrouter } from './rows/openrouter.ts'
import { sandbox } from './rows/sandbox.ts'
import { together } from './rows/together.ts'
import { workersAi } from './rows/workers-ai.ts'
import { xai } from './rows/xai.ts'
import { zai } from './rows/zai.ts'

export type ProviderId = keyof typeof catalog

export const catalog = {
  openai,
  anthropic,
  gemini,
  openrouter,
  mistral,
  groq,
  together,
  fireworks,
  deepseek,
  huggingface,
  cohere,
  cerebras,
  xai,
  nvidia,
  github,
  'workers-ai': workersAi,
  zai,
  moonshot,
  'ollama-cloud': ollamaCloud,
  opencode,
  kilo,
  sandbox,
} satisfies Record<string, BuiltInProvider>

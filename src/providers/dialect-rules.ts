/**
 * What holds for every provider of a dialect, custom ones too: the errors of the vendors that speak
 * it, and how its maker counts. Rules by a status alone, and by numbers and loose words of one
 * vendor (Fireworks, Hugging Face, Together, Workers AI), mean something at that vendor only.
 */
import type { DialectId } from '../domain/dialects.ts'
import * as rules from './error-rules.ts'
import type { Provider } from './provider.ts'
import { anthropic } from './rows/anthropic.ts'
import { gemini } from './rows/gemini.ts'

type Rules = Pick<Provider, 'errors' | 'resets' | 'limitsPer' | 'limitHeaders'>

/** OpenAI's dialects are those of most vendors, and of the relays in front of them. */
const openai: Rules = {
  errors: [
    ...rules.openai,
    ...rules.xai,
    ...rules.groq,
    ...rules.mistral,
    ...rules.nvidia,
    ...rules.github,
    ...rules.openrouter,
  ],
}

const byDialect: Partial<Record<DialectId, Rules>> = {
  'openai-chat': openai,
  'openai-responses': openai,
  anthropic: {
    errors: [...rules.openrouter, ...rules.anthropic],
    resets: anthropic.resets,
    limitHeaders: anthropic.limitHeaders,
  },
  gemini: { errors: rules.gemini, resets: gemini.resets, limitsPer: gemini.limitsPer },
  cohere: { errors: rules.cohere },
}

/** The rules for a provider of which nothing is known but its dialect. */
export function rulesOfDialect(dialect: DialectId): Rules {
  return byDialect[dialect] ?? {}
}

/** The sandbox's models: each is a way to behave, so that a client can be tried against it. */
import type { ModelFacts } from '../../chat/model.ts'

const facts = {
  price: { input: 0, output: 0 },
  contextTokens: 128_000,
  outputTokens: 8_192,
} satisfies ModelFacts

/** What each model does; `behaviours.ts` does it. */
export const sandboxModels = {
  /**
   * Answers with what it was told; calls the tools it is offered; makes JSON that fits a schema.
   */
  echo: facts,
  /** The same, with two seconds before the first word and pauses between words. */
  slow: facts,
  /** The same, after some reasoning. */
  think: facts,
  /** A long answer in 200 pieces, without pauses. */
  long: facts,
  /** Declines, as a model does: a good answer that is a refusal. */
  refuse: facts,
  /** Errors before the answer. */
  '429': facts,
  quota: facts,
  '400': facts,
  '401': facts,
  '500': facts,
  '503': facts,
  /** Never answers. */
  timeout: facts,
  /** The stream ends in the middle, or before the first content. */
  cut: facts,
  'cut-early': facts,
  /** The stream holds an error after some content. */
  error: facts,
} satisfies Record<string, ModelFacts>

export type SandboxModel = keyof typeof sandboxModels

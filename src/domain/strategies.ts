/** The names, labels and meanings of the strategies that choose among the keys of a provider. */

interface StrategyWords {
  /** For a list to choose from. */
  label: string
  /** What the strategy does, in one sentence. */
  sentence: string
}

/** By name. `quota/strategies.ts` has the rank of each; the compiler asks for both. */
export const strategies = {
  'exhaust-first': {
    label: 'Use up one key first',
    sentence: 'Uses one key until its quota is used up, then the next.',
  },
  'round-robin': {
    label: 'Round robin',
    sentence: 'Uses the key that has waited longest.',
  },
  weighted: {
    label: 'Weighted',
    sentence: 'Uses each key in proportion to its weight.',
  },
  'least-latency': {
    label: 'Fastest',
    sentence: 'Uses the key with the shortest usual time to the first content.',
  },
  'most-remaining': {
    label: 'Most quota left',
    sentence: 'Uses the key with the most quota left for the time until it resets.',
  },
} as const satisfies Record<string, StrategyWords>

export type StrategyName = keyof typeof strategies

/** Every strategy that a user may choose. */
export const strategyNames = Object.keys(strategies) as StrategyName[]

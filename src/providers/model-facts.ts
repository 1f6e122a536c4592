/**
 * How the tables of models in `rows/` are written: a line for each model. Where a table is from,
 * and of which day, is in the `checked` of its row.
 */
import { fileKinds } from '../domain/files.ts'
import type { ModelFacts } from '../chat/model.ts'

export type Models = Readonly<Record<string, ModelFacts>>

export const million = 1_000_000

/** Input, output, and where they differ input read from the cache and input written to it. */
type PriceColumns = [input: number, output: number, cachedInput?: number | undefined, cacheWrite?: number]

/**
 * One model.
 *
 * @param price US dollars per million tokens; 0 is a free tier.
 * @param contextTokens its window; undefined where it is unknown.
 * @param outputTokens its longest answer; undefined where it is unknown.
 * @param abilities see `unpriced`.
 */
export function facts(
  [input, output, cachedInput, cacheWrite]: PriceColumns,
  contextTokens: number | undefined,
  outputTokens: number | undefined,
  abilities: string,
): ModelFacts {
  const price = {
    input,
    output,
    ...(cachedInput !== undefined && { cachedInput }),
    ...(cacheWrite !== undefined && { cacheWrite }),
  }
  return { price, ...unpriced(contextTokens, outputTokens, abilities) }
}

/**
 * One model whose price is not known.
 *
 * @param abilities words: `tools`, `schema`, `reasoning`, `sampling` for what it can, `no-tools`
 *   and so on for what a source says that it cannot. What is not named is unknown, and passes.
 *   `image`, `audio`, `video`, `pdf` say what it can be shown, `text` that it can be shown nothing
 *   else.
 */
export function unpriced(
  contextTokens: number | undefined,
  outputTokens: number | undefined,
  abilities: string,
): ModelFacts {
  const words = new Set(abilities.split(' '))
  const seen = fileKinds.filter((kind) => words.has(kind))
  return {
    ...(contextTokens !== undefined && { contextTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...((seen.length > 0 || words.has('text')) && { input: seen }),
    ...abilityIn(words, 'tools', 'tools'),
    ...abilityIn(words, 'schema', 'jsonSchema'),
    ...abilityIn(words, 'reasoning', 'reasoning'),
    ...abilityIn(words, 'sampling', 'sampling'),
  }
}

function abilityIn(
  words: ReadonlySet<string>,
  word: string,
  ability: 'tools' | 'jsonSchema' | 'reasoning' | 'sampling',
): ModelFacts {
  if (words.has(word)) return { [ability]: true }
  return words.has(`no-${word}`) ? { [ability]: false } : {}
}

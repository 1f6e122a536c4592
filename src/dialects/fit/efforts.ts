/**
 * The words for effort that models know, which no catalogue lists. A word that a model does not
 * know is an error at most vendors. Sources: https://platform.openai.com/docs/guides/reasoning,
 * https://console.groq.com/docs/reasoning,
 * https://inference-docs.cerebras.ai/capabilities/reasoning,
 * https://docs.mistral.ai/capabilities/reasoning
 */
import type { Profile } from './profile.ts'

const plain = ['low', 'medium', 'high']

/** Matched against the model's id, with or without a reseller's prefix. The first match counts. */
const known: readonly [RegExp, readonly string[]][] = [
  [/\bgpt-5[\w.-]{0,40}-pro\b/, ['medium', 'high', 'xhigh']],
  [/\bgpt-5\.1-codex-max\b/, [...plain, 'xhigh']],
  [/\bgpt-5\.1/, ['none', ...plain]],
  [/\bgpt-(?:5\.[2-5])/, ['none', ...plain, 'xhigh']],
  [/\bgpt-(?:5\.[6-9]|[6-9])/, ['none', ...plain, 'xhigh', 'max']],
  [/\bgpt-5-codex\b/, plain],
  [/\bgpt-5/, ['minimal', ...plain]],
  [/\bo[134](?:-mini|-pro)?(?:-\d|$)/, plain],
  [/\bgpt-oss\b/, plain],
]

/** From the least to the most. `default` is Groq's word for as much as the model likes. */
const order = ['none', 'default', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/**
 * The words that a model knows; empty where it is known not to reason, undefined where nothing is
 * known of it at a row that is known: then every word is passed on.
 */
export function effortsOf({ model, facts, quirks, isKnownRow }: Profile): readonly string[] | undefined {
  if (facts?.reasoning === false) return []
  const own = quirks.efforts?.find(({ models }) => models.test(model))
  const [, words] = known.find(([models]) => models.test(model)) ?? []
  return own?.words ?? words ?? (isKnownRow ? undefined : plain)
}

/**
 * The word itself where the model knows it, else the next lesser one, else the least. `none` is
 * given only where it was asked for. Undefined where the effort is to be left out: the model knows
 * no word, or `none` was asked for and it has no word for that.
 */
export function nearestWord(word: string, words: readonly string[]): string | undefined {
  if (words.includes(word)) return word
  const rank = order.indexOf(word)
  // A word that no vendor had when this was written is for the provider to judge.
  if (rank === -1) return words.length > 0 ? word : undefined
  if (word === 'none') return words[0] === 'minimal' ? 'minimal' : undefined
  const thinking = words.filter((each) => each !== 'none')
  return thinking.findLast((each) => order.indexOf(each) < rank) ?? thinking[0]
}

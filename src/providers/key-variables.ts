/**
 * Which provider the variable of a program is for: `OPENAI_API_KEY`, `MY_GROQ_KEY_2`, `HF_TOKEN`.
 * Pure.
 */

/**
 * What is left of a name without the words that only say that it holds a key, and what tells
 * several of them apart.
 */
const nameOfKey = /^(.+?)_(?:SECRET_|ACCESS_)?(?:API_?(?:KEY|TOKEN)|KEY|TOKEN)S?(?:_[^]+|\d+)?$/

/** Names that programs use and that are neither an id nor an alias. */
const others: ReadonlyMap<string, string> = new Map([
  ['google-generative-ai', 'gemini'],
  ['huggingfacehub', 'huggingface'],
  ['co', 'cohere'],
])

/**
 * The first provider in a variable's name that `find` knows; words of one's own may stand before
 * it.
 * @param find finds a provider by its id or an alias.
 */
export function providerOfVariable<Found>(
  variable: string,
  find: (name: string) => Found | undefined,
): Found | undefined {
  const words = nameOfKey.exec(variable)?.[1]?.toLowerCase().split('_') ?? []
  for (let from = 0; from < words.length; from++) {
    const name = words.slice(from).join('-')
    const found = find(others.get(name) ?? name)
    if (found !== undefined) return found
  }
  return undefined
}

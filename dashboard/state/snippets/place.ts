/** What every snippet is made of. */

/** Where the snippets look for a token of this hub. */
export const tokenVariable = 'LLM_HUB_TOKEN'

/** The scheme and host of an address that means the machine that it is used on. */
export const loopback = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)/

export const isLoopback = (address: string): boolean => loopback.test(address)

export const prompt = 'Hello!'

export interface Place {
  /** The hub's own address, as in `https://hub.example.com`. */
  origin: string
  /** The same with the path of the OpenAI dialects. */
  baseUrl: string
  /** A model or route, as a person wrote it. */
  model: string
  /** The model in quotes. JSON's quoting is right in all languages here but the shell's. */
  name: string
  /** The model as a word of a shell command. */
  word: string
}

export function placeOf(origin: string, model: string): Place {
  return {
    origin,
    baseUrl: `${origin}/v1`,
    model,
    name: JSON.stringify(model),
    word: quoteForShell(model),
  }
}

/** Quotes a text so that a shell reads it as one word. */
export function quoteForShell(word: string): string {
  return /^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** A configuration file of JSON. */
export function json(value: unknown): string {
  return JSON.stringify(value, null, 2)
}

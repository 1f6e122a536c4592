/**
 * The lists of a custom provider as text, one item per line: models with prices, their
 * capabilities, headers, further API formats. Pure.
 */
import { fileKinds } from '../../src/domain/files.ts'
import type { Provider } from '../api.ts'

export interface ListedModels {
  models: string[]
  prices: Record<
    string,
    { input: number; output: number; cachedInput?: number | undefined; cacheWrite?: number | undefined }
  >
}

/** One model on each line, with its prices where they are known. */
export function writeModels(models: readonly string[], prices: ListedModels['prices'] | null): string {
  return models
    .map((model) => {
      const price = prices?.[model]
      return price ? `${model} ${price.input} ${price.output}` : model
    })
    .join('\n')
}

/**
 * What was written. Prices that this form does not show (of what is cached) stay as they were.
 * @throws {LineError} naming a line that is neither a model nor a model with two prices.
 */
export function readModels(text: string, before: ListedModels['prices'] | null): ListedModels {
  const listed: ListedModels = { models: [], prices: {} }
  for (const line of linesOf(text)) {
    const [model = '', ...figures] = line.split(/\s+/)
    const [input, output] = figures.map(Number)
    listed.models.push(model)
    if (figures.length === 0) continue
    if (figures.length !== 2 || !isPrice(input) || !isPrice(output)) throw new LineError(line)
    listed.prices[model] = { ...before?.[model], input, output }
  }
  return listed
}

/**
 * Headers as they were written, one on each line: `x-title: my hub`.
 * @throws {LineError} naming a line that is no header with a value.
 */
export function readHeaders(text: string): Record<string, string> {
  return Object.fromEntries(
    linesOf(text).map((line) => {
      const [, name, value] = /^([A-Za-z0-9-]{1,64})\s*:\s*(.+)$/.exec(line) ?? []
      if (name === undefined || value === undefined) throw new LineError(line)
      return [name, value]
    }),
  )
}

/** The API formats that a provider speaks besides its first, each with its base URL. */
export function writeDialects(dialects: Provider['dialects']): string {
  return Object.entries(dialects)
    .slice(1)
    .map((entry) => entry.join(' '))
    .join('\n')
}

/**
 * Reads further API formats from text: `anthropic https://example.com`.
 * @param known the ids of all formats.
 * @throws {LineError} naming a line that is not a format and a base URL.
 */
export function readDialects<Dialect extends string>(
  text: string,
  known: readonly Dialect[],
): Partial<Record<Dialect, string>> {
  const listed: Partial<Record<Dialect, string>> = {}
  for (const line of linesOf(text)) {
    const [name, url, ...more] = line.split(/\s+/)
    const dialect = known.find((one) => one === name)
    if (dialect === undefined || url === undefined || more.length > 0) throw new LineError(line)
    listed[dialect] = url
  }
  return listed
}

type Details = NonNullable<Provider['modelDetails']>
type Detail = Details[string]

const sizes = { context: 'contextTokens', output: 'outputTokens' } as const
const abilities = {
  tools: 'tools',
  schema: 'jsonSchema',
  reasoning: 'reasoning',
  sampling: 'sampling',
} as const

/** Writes capabilities as text: `llama-4 context=131072 image tools no-reasoning`. */
export function writeDetails(details: Provider['modelDetails']): string {
  return Object.entries(details ?? {})
    .map(([model, detail]) => [model, ...wordsOf(detail)].join(' '))
    .join('\n')
}

function wordsOf(detail: Detail): string[] {
  return [
    ...Object.entries(sizes).flatMap(([word, name]) => (detail[name] ? [`${word}=${detail[name]}`] : [])),
    ...(detail.input?.length === 0 ? ['text'] : (detail.input ?? [])),
    ...Object.entries(abilities).flatMap(([word, name]) => {
      const can = detail[name]
      return can === undefined ? [] : [can ? word : `no-${word}`]
    }),
  ]
}

/**
 * Reads capabilities from text. `text` means that a model takes no files.
 * @throws {LineError} naming a line with a word that is none of these.
 */
export function readDetails(text: string): Details {
  return Object.fromEntries(
    linesOf(text).map((line) => {
      const [model = '', ...words] = line.split(/\s+/)
      if (words.length === 0) throw new LineError(line)
      return [model, words.reduce((detail, word) => ({ ...detail, ...readWord(word, detail, line) }), {})]
    }),
  )
}

function readWord(word: string, detail: Detail, line: string): Detail {
  const [, size, figure] = /^(context|output)=([1-9]\d{0,9})$/.exec(word) ?? []
  if (size) return { [sizes[size as keyof typeof sizes]]: Number(figure) }
  if (word === 'text') return { input: [] }
  const file = fileKinds.find((kind) => kind === word)
  if (file) return { input: [...(detail.input ?? []), file] }
  const [, denied, name = ''] = /^(no-)?(.+)$/.exec(word) ?? []
  if (!Object.hasOwn(abilities, name)) throw new LineError(line)
  return { [abilities[name as keyof typeof abilities]]: denied === undefined }
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}

/** A line that says nothing that can be stored. */
export class LineError extends Error {
  override readonly name = 'LineError'
  readonly line: string
  constructor(line: string) {
    super(line)
    this.line = line
  }
}

function isPrice(figure: number | undefined): figure is number {
  return figure !== undefined && Number.isFinite(figure) && figure >= 0
}

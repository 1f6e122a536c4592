/** What a custom provider has many of, models with their prices and headers, as texts that a person edits. Pure. */

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

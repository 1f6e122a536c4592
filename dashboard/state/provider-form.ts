/** The models of a custom provider and their prices, as one text that a person edits. Pure. */

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
  for (const line of text
    .split('\n')
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [model = '', ...figures] = line.split(/\s+/)
    const [input, output] = figures.map(Number)
    listed.models.push(model)
    if (figures.length === 0) continue
    if (figures.length !== 2 || !isPrice(input) || !isPrice(output)) throw new LineError(line)
    listed.prices[model] = { ...before?.[model], input, output }
  }
  return listed
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

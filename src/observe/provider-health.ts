/** How providers are doing, as far as the tries of a while tell. Pure. */

/** One upstream try. Times in milliseconds. */
interface Tried {
  provider: string
  model: string
  verdict: string
  blame: string | null
  startedAt: number
  durationMs: number
}

export interface ProviderHealth {
  provider: string
  model: string
  attempts: number
  /** Tries that failed, but not because of what was asked or because the client left. */
  errors: number
  /** The median of the tries that went well, to the end of their answers; null where none did. */
  medianMs: number | null
  lastError: { verdict: string; at: number } | null
}

/** The health of each provider and model that was tried. @param attempts the newest first. */
export function summariseHealth(attempts: readonly Tried[]): ProviderHealth[] {
  const groups = Map.groupBy(attempts, ({ provider, model }) => JSON.stringify([provider, model]))
  return [...groups.values()]
    .flatMap(([first, ...rest]) => (first ? [summarise(first, [first, ...rest])] : []))
    .toSorted((a, b) => compare(a.provider, b.provider) || compare(a.model, b.model))
}

function summarise({ provider, model }: Tried, attempts: Tried[]): ProviderHealth {
  const errors = attempts.filter(isError)
  const [last] = errors
  return {
    provider,
    model,
    attempts: attempts.length,
    errors: errors.length,
    medianMs: medianOf(
      attempts.filter(({ verdict }) => verdict === 'ok').map(({ durationMs }) => durationMs),
    ),
    lastError: last ? { verdict: last.verdict, at: last.startedAt } : null,
  }
}

function isError({ verdict, blame }: Tried): boolean {
  return verdict !== 'ok' && verdict !== 'client-left' && blame !== 'request'
}

function medianOf(values: number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]
  const next = sorted[Math.ceil((sorted.length - 1) / 2)]
  return middle === undefined || next === undefined ? null : Math.round((middle + next) / 2)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * Which providers and models end, or have ended, by the built-in tables. Pure, and given the time.
 */
import { findProvider } from './registry.ts'
import type { Provider } from './provider.ts'
import { undated } from './undated.ts'

/** The end of a provider, or of one of its models. */
export interface Ending {
  provider: string
  /** Absent where the whole provider ends. */
  model?: string
  /** The last day, as an ISO 8601 date. */
  on: string
  /** Whether that day has passed. */
  isOver: boolean
  /** The model of the same provider to take in its place. */
  successor?: string
}

/**
 * The end that is known of a provider's model, or of the provider itself.
 *
 * @param name the id or an alias of a provider; nothing is known of custom ones.
 */
export function endingOf(name: string, model: string | undefined, now: number): Ending | undefined {
  const found = findProvider(name)
  if (!found) return undefined
  const row: Provider = found.provider
  const today = new Date(now).toISOString().slice(0, 10)
  if (row.retired) return { provider: found.id, on: row.retired.on, isOver: row.retired.on < today }
  if (model === undefined) return undefined
  const ends = row.retirements?.models ?? {}
  const id = Object.hasOwn(ends, model) ? model : undated(model)
  const retirement = Object.hasOwn(ends, id) ? ends[id] : undefined
  return retirement && { provider: found.id, model, ...retirement, isOver: retirement.on < today }
}

/** An ending as a sentence, with what to do. */
export function describeEnding({ provider, model, on, isOver, successor }: Ending): string {
  const subject = model === undefined ? provider : `${provider}/${model}`
  const end = `${subject} ${isOver ? 'ended' : 'ends'} on ${on}.`
  return successor === undefined ? end : `${end} Use ${provider}/${successor} instead.`
}

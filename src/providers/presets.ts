/**
 * What is offered to whoever adds a key: a provider's free tiers, or what is known in their place.
 */
import { catalog } from './catalog.ts'
import type { BuiltInProvider, Preset } from './provider.ts'

const rows: ReadonlyMap<string, BuiltInProvider> = new Map(Object.entries(catalog))

/** The free tiers of a provider; empty for those without one, and for custom ones. */
export function presetsOf(provider: string): readonly Preset[] {
  return rows.get(provider)?.presets ?? []
}

/**
 * What a provider asks and gives, where it has no preset to say it; undefined where nothing is
 * known.
 */
export function termsOf(provider: string): string | undefined {
  return rows.get(provider)?.terms?.terms
}

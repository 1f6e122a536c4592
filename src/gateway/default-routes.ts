/**
 * The routes that every hub has. A user's own route of the same name shadows one; an admin can
 * change it for everyone.
 */
import type { ConfiguredRoute } from '../db/configuration.ts'
import { catalog } from '../providers/catalog.ts'
import type { BuiltInProvider } from '../providers/provider.ts'

const rows: [string, BuiltInProvider][] = Object.entries(catalog)

const orders: Record<string, string[]> = {
  smart: ['openai', 'anthropic', 'gemini'],
  fast: ['groq', 'openai', 'gemini'],
  cheap: ['deepseek', 'groq', 'gemini'],
  any: rows.filter(([id, { retired }]) => id !== 'sandbox' && !retired).map(([id]) => id),
}

/** The default routes, each with the default model of its providers. */
export const defaultRoutes: readonly ConfiguredRoute[] = Object.entries(orders).map(([name, providers]) => ({
  owner: 'hub',
  name,
  order: 'listed',
  candidates: providers.map((provider) => ({ provider })),
}))

/** Whether a name is one of theirs. */
export function isDefaultRoute(name: string): boolean {
  return Object.hasOwn(orders, name)
}

/** The published facts about models, as the last refresh left them. */
import type { ModelFacts } from '../chat/model.ts'
import { openDatabase } from './client.ts'
import { modelCatalogue } from './schema.ts'

export type PublishedFacts = ReadonlyMap<string, Readonly<Record<string, ModelFacts>>>

export async function readModelCatalogue(d1: D1Database): Promise<PublishedFacts> {
  const rows = await openDatabase(d1).select().from(modelCatalogue)
  return new Map(rows.map((row) => [row.provider, row.models]))
}

/** Replaces the whole catalogue: a provider that is not named any more has none. */
export async function replaceModelCatalogue(
  d1: D1Database,
  facts: PublishedFacts,
  readAt: number,
): Promise<void> {
  const db = openDatabase(d1)
  const rows = [...facts].map(([provider, models]) => ({ provider, models, readAt }))
  await db.batch([db.delete(modelCatalogue), ...rows.map((row) => db.insert(modelCatalogue).values(row))])
}

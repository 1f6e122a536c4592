/** The published facts about models, as the last refresh left them. */
import type { ModelFacts } from '../chat/model.ts'
import { openDatabase } from './client.ts'
import { modelCatalogue } from './schema.ts'

export type PublishedFacts = ReadonlyMap<string, Readonly<Record<string, ModelFacts>>>

/** The catalogue, and when it was read from where it is published; null where it never was. */
export interface StoredCatalogue {
  facts: PublishedFacts
  readAt: number | null
}

export async function readModelCatalogue(d1: D1Database): Promise<StoredCatalogue> {
  const rows = await openDatabase(d1).select().from(modelCatalogue)
  return {
    facts: new Map(rows.map((row) => [row.provider, row.models])),
    // All rows are written at once.
    readAt: rows[0]?.readAt ?? null,
  }
}

/** When the stored catalogue was read; null where none is stored. */
export async function readCatalogueAge(d1: D1Database): Promise<number | null> {
  const [row] = await openDatabase(d1).select({ readAt: modelCatalogue.readAt }).from(modelCatalogue).limit(1)
  return row?.readAt ?? null
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

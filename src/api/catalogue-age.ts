/**
 * How old what this hub knows of models is: what was published, and the tables it was built with.
 */
import { Hono } from 'hono'
import { z } from 'zod'
import { readCatalogueAge } from '../db/model-catalogue.ts'
import { outdatedTables, tableAges } from '../providers/table-age.ts'
import { catalog } from '../providers/catalog.ts'
import { useStoredModels } from '../providers/catalogue-refresh.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import { Time, toTimeOrNull } from './schemas/common.ts'

const Catalogue = z.object({
  /** When the published catalogue was read; null where the built-in tables answer alone. */
  publishedAt: Time.nullable(),
  /** The day of the oldest built-in table. */
  builtInAsOf: z.iso.date(),
  /** Built-in tables that are older than 60 days; empty where the published catalogue is newer. */
  outdated: z.array(z.object({ provider: z.string(), asOf: z.iso.date() })),
})

export const catalogueRoutes = new Hono<HubContext>().get(
  '/catalogue',
  endpoint({ guard: 'user', summary: 'How old the facts about models are.', answer: Catalogue }),
  async (c) => {
    const now = c.var.receivedAt
    await useStoredModels(c.env, now, (work) => c.executionCtx.waitUntil(work))
    const readAt = await readCatalogueAge(c.env.DB)
    const tables = tableAges(catalog)
    const published = readAt === null ? [] : [{ provider: 'models.dev', asOf: dayOf(readAt) }]
    return c.json({
      publishedAt: toTimeOrNull(readAt),
      builtInAsOf: tables[0]?.asOf ?? dayOf(now),
      outdated: outdatedTables(readAt === null ? tables : published, now),
    })
  },
)

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

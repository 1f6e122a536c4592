/**
 * The settings of the whole hub, one row each. Only the settings routes and the set-up write them,
 * and they check what they write.
 */
import type { Caps } from '../domain/limits.ts'
import { eq } from 'drizzle-orm'
import { record } from './audit.ts'
import { openDatabase } from './client.ts'
import { epochOf, raiseEpoch } from './epoch.ts'
import { settings } from './schema.ts'

export interface HubSettings {
  registration: 'open' | 'closed'
  /** Whether a request without a credential may use the models of shared accounts. */
  openAccess: boolean
  /** How many such requests one client address may make in a minute. */
  openAccessPerMinute: number
  /** For how many days a request stays in the log. */
  logRetentionDays: number
  /** Whether clients are told which provider, model and key served them. */
  exposeServedBy: boolean
  /** Origins whose pages may call the hub with a token. */
  corsOrigins: string[]
  /** How keys are ordered in pools whose owner chose nothing; null leaves it to the deployment. */
  defaultStrategy: string | null
  /** Caps that a new person gets where the administrator sets no others. */
  personDefaults: PersonDefaults
  /** Caps that a new token gets, and its lifetime in days, where its creator leaves them out. */
  tokenDefaults: Caps & { expiresInDays: number | null }
  /** Caps over all requests without a credential together. */
  openAccessCaps: Caps
}

/** Caps of a person, and their share of each shared account. */
export type PersonDefaults = Caps & { maxShare: number | null }

/** No cap at all. */
export const noCaps: Caps = { limits: null, maxConcurrent: null, budget: null }

export const defaultSettings: HubSettings = {
  registration: 'closed',
  openAccess: false,
  openAccessPerMinute: 20,
  logRetentionDays: 30,
  exposeServedBy: true,
  corsOrigins: [],
  defaultStrategy: null,
  personDefaults: { ...noCaps, maxShare: null },
  tokenDefaults: { ...noCaps, expiresInDays: null },
  openAccessCaps: noCaps,
}

export async function readSettings(d1: D1Database): Promise<HubSettings> {
  return toSettings(await openDatabase(d1).select().from(settings))
}

/**
 * Stores the settings that are given; null takes a choice back, and its row away.
 * @returns the new epoch of the admin who did it.
 */
export async function changeSettings(
  d1: D1Database,
  change: Partial<HubSettings>,
  actor: string,
): Promise<number> {
  const db = openDatabase(d1)
  const stores = Object.entries(change).map(([name, value]) =>
    value === null
      ? db.delete(settings).where(eq(settings.name, name))
      : db
          .insert(settings)
          .values({ name, value })
          .onConflictDoUpdate({ target: settings.name, set: { value } }),
  )
  const [raised] = await db.batch([
    raiseEpoch(db, actor),
    record(db, { actor, action: 'settings.changed', subject: 'hub', detail: change }),
    ...stores,
  ])
  return epochOf(raised)
}

export function toSettings(rows: { name: string; value: unknown }[]): HubSettings {
  const stored = Object.fromEntries(rows.map((row) => [row.name, row.value]))
  return { ...defaultSettings, ...(stored as Partial<HubSettings>) }
}

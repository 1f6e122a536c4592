/**
 * Keeps the announcements that did not arrive, and repeats them until they do. One object for the
 * hub, called only after a failure. A change is answered as made, because D1 has it.
 */
import { minuteMs } from '../domain/time.ts'
import { DurableObject } from 'cloudflare:workers'
import { migrateObject } from '../durable/migrate.ts'
import type { Env } from '../env.ts'
import { type Announcement, deliver } from './announcement.ts'

/** Append-only: a migration that has run somewhere is never edited. */
const migrations = ['CREATE TABLE owed (announcement TEXT PRIMARY KEY) WITHOUT ROWID;']

const firstRetryMs = 1_000
const longestRetryMs = minuteMs
/** How many are made at once; the rest follow a moment later. */
const mostAtOnce = 50

export class Announcer extends DurableObject<Env> {
  /** Alarms in a row that left something owed. */
  #failures = 0

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    migrateObject(ctx.storage, migrations)
  }

  /** Keeps announcements until they have arrived. */
  async keep(announcements: Announcement[]): Promise<void> {
    for (const announcement of announcements) {
      this.ctx.storage.sql.exec(
        'INSERT OR IGNORE INTO owed (announcement) VALUES (?)',
        JSON.stringify(announcement),
      )
    }
    if ((await this.ctx.storage.getAlarm()) === null) await this.#schedule(firstRetryMs)
  }

  override async alarm(): Promise<void> {
    const { sql } = this.ctx.storage
    // In random order, so that many for an object that is down do not hold others back.
    const owed = sql
      .exec<{ announcement: string }>('SELECT announcement FROM owed ORDER BY random() LIMIT ?', mostAtOnce)
      .toArray()
    const made = await Promise.allSettled(
      // Only `keep` writes the row.
      owed.map(({ announcement }) => deliver(this.env, JSON.parse(announcement) as Announcement)),
    )
    for (const [index, { status }] of made.entries()) {
      if (status === 'fulfilled')
        sql.exec('DELETE FROM owed WHERE announcement = ?', owed[index]?.announcement ?? '')
    }
    const isDone = made.every(({ status }) => status === 'fulfilled')
    this.#failures = isDone ? 0 : this.#failures + 1
    if (sql.exec('SELECT 1 FROM owed LIMIT 1').toArray().length === 0) return
    await this.#schedule(Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.#failures, 10)))
  }

  #schedule(inMs: number): Promise<void> {
    return this.ctx.storage.setAlarm(Date.now() + inMs)
  }
}

/**
 * A hub serves only on a database that its build knows: one that lacks a migration, or that a newer
 * build has used, is answered 503 with what to do. The database is asked once by each isolate.
 */
import type { MiddlewareHandler } from 'hono'
import { compareMigrations, type MigrationGap } from '../db/migrations.ts'
import { HubError } from '../errors.ts'
import type { HubContext } from './context.ts'

/** A gap may be closed at any time; a database that fails is not asked again at once. */
const askAgainMs = 5_000

/** When each database may be asked again; infinite where it is as it should be. */
const known = new WeakMap<D1Database, { askAgainAt: number; problem?: DatabaseProblem }>()

/** What is wrong with the version of the database, and what mends it. */
export interface DatabaseProblem {
  name: 'migrations' | 'version'
  problem: string
  remedy: string
}

/**
 * What keeps this build from serving on a database.
 * @throws where the database is not responding.
 */
export async function findDatabaseProblem(d1: D1Database): Promise<DatabaseProblem | undefined> {
  return problemOf(await compareMigrations(d1))
}

/**
 * Refuses everything while the database is of another version. A database that does not answer is
 * no reason.
 */
export const requireDatabaseVersion: MiddlewareHandler<HubContext> = async ({ env }, next) => {
  const problem = await readProblem(env.DB)
  if (problem) {
    throw new HubError('UNAVAILABLE', `The hub’s database ${problem.problem}: ${problem.remedy}.`, {
      retryAt: Date.now() + askAgainMs,
    })
  }
  await next()
}

async function readProblem(d1: D1Database): Promise<DatabaseProblem | undefined> {
  const now = Date.now()
  const before = known.get(d1)
  if (before && before.askAgainAt > now) return before.problem
  // What parallel requests know until the answer is there.
  known.set(d1, { ...before, askAgainAt: now + askAgainMs })
  try {
    const problem = await findDatabaseProblem(d1)
    known.set(d1, problem ? { askAgainAt: Date.now() + askAgainMs, problem } : { askAgainAt: Infinity })
    return problem
  } catch (error) {
    // Who needs the database says so; chat may be served without it.
    console.warn('The version of the database could not be read.', error)
    return undefined
  }
}

function problemOf({ missing, unknown }: MigrationGap): DatabaseProblem | undefined {
  if (unknown.length > 0) {
    return {
      name: 'version',
      problem: `belongs to a newer version of the hub (${unknown.join(', ')})`,
      remedy: 'run that version, or restore older data',
    }
  }
  if (missing.length === 0) return undefined
  return {
    name: 'migrations',
    problem: `lacks migrations (${missing.join(', ')})`,
    remedy: 'npx wrangler d1 migrations apply DB --remote',
  }
}

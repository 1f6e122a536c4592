/** Whether the hub is alive, and what of it works. */
import { Hono } from 'hono'
import { z } from 'zod'
import { knowsCallers } from '../auth/caller.ts'
import { findMisconfigurations, isLocal } from '../auth/secrets.ts'
import { hasUsers } from '../db/users.ts'
import { isWritable } from '../db/writable.ts'
import type { Env } from '../env.ts'
import { poolStub } from '../quota/stub.ts'
import { chatFailsNow } from './chat-failures.ts'
import type { HubContext } from './context.ts'
import { findDatabaseProblem } from './database-version.ts'
import { endpoint } from './endpoint.ts'

const Live = z.object({ status: z.literal('ok') })
const Ready = z.object({
  /**
   * `degraded`: chat is served, and something else does not work. The HTTP status is 503 for
   * `not-ready` alone.
   */
  status: z.enum(['ready', 'degraded', 'not-ready']),
  /** Chat is served; people can use the dashboard and change things; requests get into the log. */
  works: z.object({ chat: z.boolean(), people: z.boolean(), log: z.boolean() }),
  /** What is wrong, and what mends it. */
  problems: z.array(z.object({ name: z.string(), problem: z.string(), remedy: z.string() })),
  /**
   * Whether the first account is still to be made; null for strangers, who are to learn nothing of
   * it.
   */
  unclaimed: z.boolean().nullable(),
})
type Problem = z.infer<typeof Ready>['problems'][number]

/** How long an answer about storage is used: checks cost calls, and anybody may ask. */
const checkedForMs = 2_000
/** How long a storage may take to answer before it counts as failed. */
const patienceMs = 5_000

const live = endpoint({ guard: 'public', summary: 'The Worker answers.', answer: Live })

export const healthRoutes = new Hono<HubContext>()
  .get('/health', live, (c) => c.json({ status: 'ok' as const }))
  .get('/health/live', live, (c) => c.json({ status: 'ok' as const }))
  .get(
    '/health/ready',
    endpoint({
      guard: 'public',
      summary: 'The state of chat (else 503), the dashboard and the log, with the problems found.',
      answer: Ready,
    }),
    async (c) => {
      const local = isLocal(c.env, new URL(c.req.url))
      const misconfigured = findMisconfigurations(c.env, local)
      const checking = checkedStorage(c.env)
      // Others wait for the same check, also when the client that began it has left.
      c.executionCtx.waitUntil(checking)
      const storage = await checking
      const serves = misconfigured.length === 0 && storage.version === undefined
      const works = {
        chat: serves && storage.pools && (storage.reads || knowsCallers()) && !chatFailsNow(Date.now()),
        people: serves && storage.reads && storage.writes,
        log: serves && storage.writes,
      }
      const problems: Problem[] = [...misconfigured, ...problemsOf(storage)]
      if (problems.length === 0 && !works.chat) problems.push(chatFails)
      const status = !works.chat ? 'not-ready' : problems.length > 0 ? 'degraded' : 'ready'
      return c.json(
        { status, works, problems, unclaimed: local ? storage.unclaimed : null } as const,
        works.chat ? 200 : 503,
      )
    },
  )

/** What was found out about the storage of the hub. */
interface Storage {
  reads: boolean
  writes: boolean
  pools: boolean
  version: Problem | undefined
  unclaimed: boolean | null
}

let checked: { env: Env; at: number; storage: Promise<Storage> } | undefined

function checkedStorage(env: Env): Promise<Storage> {
  const now = Date.now()
  if (
    checked?.env.DB !== env.DB ||
    checked.env.KEY_POOL !== env.KEY_POOL ||
    now - checked.at > checkedForMs
  ) {
    checked = { env, at: now, storage: checkStorage(env) }
  }
  return checked.storage
}

async function checkStorage(env: Env): Promise<Storage> {
  const [version, unclaimed, writes, pools] = await Promise.all([
    attempt(() => findDatabaseProblem(env.DB)),
    attempt(async () => !(await hasUsers(env.DB))),
    attempt(() => isWritable(env.DB)),
    attempt(() => poolStub(env, 'hub', 'health').check()),
  ])
  // Without its tables a database answers nothing but which ones it has.
  const hasVersion = version.done && version.result === undefined
  return {
    reads: version.done && (unclaimed.done || !hasVersion),
    writes: writes.done || (version.done && !hasVersion),
    pools: pools.done,
    version: version.done ? version.result : undefined,
    unclaimed: unclaimed.done ? unclaimed.result : null,
  }
}

/** What came of a check: it failed, or took too long, where it is not done. */
async function attempt<T>(check: () => Promise<T>): Promise<{ done: true; result: T } | { done: false }> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('Timed out.')), patienceMs)
  try {
    return { done: true, result: await Promise.race([check(), promise]) }
  } catch (error) {
    console.warn('A check of the hub’s health failed.', error)
    return { done: false }
  } finally {
    clearTimeout(timer)
  }
}

/** The checks find nothing, and requests fail all the same. */
const chatFails: Problem = {
  name: 'chat',
  problem: 'requests fail because storage is not responding',
  remedy: 'npx wrangler tail llm-hub',
}

function problemsOf({ version, reads, writes, pools }: Storage): Problem[] {
  const problems: Problem[] = version ? [version] : []
  const database = 'npx wrangler d1 info llm-hub'
  if (!reads) problems.push({ name: 'DB', problem: 'the database is not responding', remedy: database })
  else if (!writes) problems.push({ name: 'DB', problem: 'the database is read-only', remedy: database })
  if (!pools) {
    problems.push({
      name: 'KEY_POOL',
      problem: 'key pools are not responding',
      remedy: 'npx wrangler tail llm-hub',
    })
  }
  return problems
}

/**
 * The live view: one stream of events for as long as somebody looks. What a page has read itself,
 * this keeps fresh.
 */
import { minuteMs } from '../domain/time.ts'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { type Caller, confirmCaller } from '../auth/caller.ts'
import { listLogs } from '../db/logs.ts'
import { findSession } from '../db/sessions.ts'
import type { Whose } from '../db/owner-filter.ts'
import type { Env } from '../env.ts'
import { HubError } from '../errors.ts'
import { makeDirectory } from '../gateway/provider-directory.ts'
import { pause } from '../http/sleep.ts'
import { type Look, runLive } from '../observe/live-events.ts'
import { LiveFeed, type Reading } from '../observe/live-feed.ts'
import { poolStub } from '../quota/stub.ts'
import type { HubContext } from './context.ts'
import { offersSandbox } from './provider-directory.ts'
import { endpoint } from './endpoint.ts'
import { deliverRecords, poolsOfOthers } from './fresh-log.ts'
import { showState, type State } from './schemas/key.ts'
import { type NamedLog, showNamedLogs } from './logs.ts'
import { type Pool, type PoolAddress, poolsInReach, showPool } from './pools.ts'
import { Everyone, whoseOf } from './ownership.ts'

type KeyState = z.infer<typeof State>
type PoolSums = z.infer<typeof Pool>

/** What each event of the stream carries. */
export interface LiveEvents {
  /** From now on changes are told: what was read before is to be read again. */
  begun: Record<string, never>
  /** The states of your keys, by id, that differ from what was told last. */
  keys: { changed: Record<string, KeyState>; gone: string[] }
  /**
   * The pools you draw on, by scope and provider (`user/groq`), that differ from what was told
   * last.
   */
  pools: { changed: Record<string, PoolSums>; gone: string[] }
  /**
   * Requests that came into the log, newest first: your own, or everyone's where an admin asks for
   * those.
   */
  log: NamedLog[]
  /** The last event of a caller who may look no longer. */
  ended: Record<string, never>
}

/**
 * How many of the newest rows each look reads, and how far back: bounded, whatever the log holds
 * and however many people there are.
 */
const rowsPerLook = 25
const lookBackMs = 20 * minuteMs

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
}

const LiveQuery = z.strictObject(Everyone)

export const liveRoutes = new Hono<HubContext>().get(
  '/',
  endpoint({
    guard: 'user',
    summary:
      'Server-sent events for changes of your keys, pools and requests; an admin gets everyone’s with ?owner=all.',
    query: LiveQuery,
  }),
  (c) => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    const encoder = new TextEncoder()
    const look = makeLook(c, c.req.valid('query'))
    const clientLeft = c.req.raw.signal
    const left = rejectedWhen(clientLeft)
    let told = true
    const running = runLive({
      look,
      async write(text) {
        told = false
        await Promise.race([writer.write(encoder.encode(text)), left])
        told = true
      },
      pause: (ms) => pause(ms, [clientLeft]),
      hasLeft: () => clientLeft.aborted,
      now: () => Date.now(),
    })
    c.executionCtx.waitUntil(
      running
        .then(() => writer.close())
        // What could not be told has nobody to hear it. Whatever else fails breaks the stream, and
        // the browser opens the next one.
        .catch((error: unknown) => {
          if (told) console.error(`${c.var.requestId} live`, error)
          return writer.abort(error).catch(() => {})
        }),
    )
    return c.body(readable, 200, headers)
  },
)

/** Never resolves; rejects when the signal fires. */
function rejectedWhen(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  // Whoever waits for it hears of it; that nobody does is no fault.
  promise.catch(() => {})
  const leave = (): void => reject(new Error('The client has left.'))
  if (signal.aborted) leave()
  else signal.addEventListener('abort', leave, { once: true })
  return promise
}

/** Looks as the caller may at that moment: a session that was closed meanwhile looks no more. */
function makeLook(c: Context<HubContext>, query: z.infer<typeof LiveQuery>): () => Promise<Look | undefined> {
  const { env } = c
  // Refused before the stream begins.
  whoseOf(c.var.caller, query)
  const sandbox = offersSandbox(c)
  let { caller } = c.var
  const feed = new LiveFeed<KeyState, PoolSums, NamedLog>(c.req.header('last-event-id'))
  return async () => {
    const renewed = await stillThere(env, caller)
    if (!renewed) return undefined
    caller = renewed
    if (query.owner === 'all' && caller.configuration.user.role !== 'admin') return undefined
    const pools = poolsInReach(makeDirectory(caller.configuration, env, sandbox))
    const whose = whoseOf(caller, query)
    const others = await poolsOfOthers(env, caller.configuration.user.id, whose)
    await deliverRecords(env, others)
    const reading = await read(env, caller, whose, pools)
    const subrequests = pools.length + others.length + subrequestsBeside
    return { events: feed.tell(reading), subrequests }
  }
}

/**
 * The session, the epoch (and where that changed, the configuration), the pools of others, the log
 * and its names.
 */
const subrequestsBeside = 7

async function stillThere(env: Env, caller: Caller): Promise<Caller | undefined> {
  const now = Date.now()
  const { session } = caller
  if (!session || !(await findSession(env.DB, session.id, session.userId, now))) return undefined
  try {
    return await confirmCaller(env, caller, now)
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'UNAUTHORIZED') return undefined
    throw thrown
  }
}

async function read(
  env: Env,
  caller: Caller,
  whose: Whose,
  pools: PoolAddress[],
): Promise<Reading<KeyState, PoolSums, NamedLog>> {
  const owner = caller.configuration.user.id
  const reports = await Promise.all(
    pools.map(async ({ poolOwner, provider }) => ({
      poolOwner,
      provider,
      report: await poolStub(env, poolOwner, provider).report(true),
    })),
  )
  const log = await listLogs(env.DB, whose, { from: Date.now() - lookBackMs, limit: rowsPerLook })
  const mine = reports.flatMap(({ report }) =>
    report.keys.filter(({ account }) => account.startsWith(`${owner}/`)),
  )
  return {
    keys: new Map(mine.map((state) => [state.keyId, showState(state, state.status !== 'disabled')])),
    pools: new Map(
      reports.map(({ poolOwner, provider, report }) => {
        const pool = showPool(poolOwner, provider, report, caller.configuration.user)
        return [`${pool.scope}/${provider}`, pool]
      }),
    ),
    rows: await showNamedLogs(env.DB, whose, log.rows),
  }
}

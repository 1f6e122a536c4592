/** The request log: what was asked, who served it, and everything that was tried on the way. */
import { Hono } from 'hono'
import { z } from 'zod'
import { listLogs, type LogRow } from '../db/logs.ts'
import { namesOf } from '../db/display-names.ts'
import type { Whose } from '../db/owner-filter.ts'
import { HubError } from '../errors.ts'
import { timeOfId } from '../ids.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import { findFreshLog, refreshLog } from './fresh-log.ts'
import { logFields, showLogFields } from './log-fields.ts'
import { Anyone, Everyone, requireWhose, whoseOf } from './ownership.ts'
import { ById, listOf, Names, Time, TimeInput, toTime, toTimeOrNull } from './schemas/common.ts'

const LogQuery = z.strictObject({
  from: TimeInput.optional(),
  to: TimeInput.optional(),
  provider: z.string().optional(),
  model: z.string().optional(),
  key: z.string().optional(),
  token: z.string().optional(),
  status: z.coerce.number().int().optional(),
  outcome: z.enum(['ok', 'rescued', 'error']).optional(),
  text: z.string().max(200).optional(),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  ...Anyone,
})
const OneQuery = z.strictObject(Everyone)

const TrailEntry = z.object({
  provider: z.string(),
  model: z.string(),
  keyId: z.string().nullable(),
  status: z.number().nullable(),
  verdict: z.string(),
  blame: z.string().nullable(),
  startedAt: Time,
  durationMs: z.number(),
  retryAt: Time.nullable(),
  /** What the provider said, where it failed with a key of one's own. */
  message: z.string().nullable(),
})

/** A candidate, or keys of one, that was passed over without a call. */
const Skipped = z.object({
  provider: z.string(),
  model: z.string().nullable(),
  /** A word such as `quarantined`, or a sentence where the candidate as a whole could not serve. */
  reason: z.string(),
  /** How many keys it was; null for the candidate as a whole. */
  keys: z.number().nullable(),
  keyId: z.string().nullable(),
  verdict: z.string().nullable(),
  retryAt: Time.nullable(),
  /** How many attempts had been made by then. */
  after: z.number(),
})

const Counts = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cachedTokens: z.number(),
  cacheWriteTokens: z.number(),
  reasoningTokens: z.number(),
})

/**
 * A request: its columns as they are, and what is composed of several. `owner` is `hub` for nobody
 * in particular.
 */
const Log = z.object({
  ...logFields,
  usage: z
    .object({
      ...Counts.shape,
      /** The hub counted: the provider reported none, too little, or what cannot be true. */
      estimated: z.boolean(),
      /** The provider's report, where it cannot be true and the hub's own count is used. */
      claimed: Counts.nullable(),
    })
    .nullable(),
  trail: z.array(TrailEntry),
  skipped: z.array(Skipped),
})

/** One request, with what is mentioned in it called by its name. */
const NamedLog = Log.extend({ names: Names })
export type NamedLog = z.infer<typeof NamedLog>

export const logRoutes = new Hono<HubContext>()
  .get(
    '/',
    endpoint({
      guard: 'user',
      summary:
        'Your requests, newest first; an admin sees everyone’s with ?owner=all, or one person’s with their id.',
      query: LogQuery,
      answer: listOf(Log).extend({
        names: Names,
        /**
         * Where there is a `nextCursor`: the requests from then on were looked at, down to this
         * time.
         */
        searchedTo: Time.nullable(),
      }),
    }),
    async (c) => {
      const { key, token, owner, ...filter } = c.req.valid('query')
      const whose = await requireWhose(c.env.DB, c.var.caller, { owner })
      // Older pages hold nothing that a pool still has.
      if (filter.cursor === undefined) await refreshLog(c, whose)
      const { rows, nextCursor } = await listLogs(c.env.DB, whose, { ...filter, keyId: key, tokenId: token })
      const names = await namesOf(c.env.DB, whose, rows.flatMap(mentionedIn))
      const searchedTo = nextCursor === null ? null : toTime(timeOfId(nextCursor))
      return c.json({ data: rows.map(showLog), nextCursor, names, searchedTo })
    },
  )
  .get(
    '/:id',
    endpoint({
      guard: 'user',
      summary: 'One request with its trail.',
      params: ById,
      query: OneQuery,
      answer: NamedLog,
    }),
    async (c) => {
      const whose = whoseOf(c.var.caller, c.req.valid('query'))
      const row = await findFreshLog(c, whose, c.req.valid('param').id)
      const [log] = await showNamedLogs(c.env.DB, whose, row ? [row] : [])
      if (!log) throw notInLog()
      return c.json(log)
    },
  )

export function notInLog(): HubError {
  return new HubError('NOT_FOUND', 'Request not found. New requests can take up to 5 s to appear.')
}

/**
 * The ids of whatever has a name in a request: whose it is, with which token, and the keys that
 * were tried.
 */
function mentionedIn({ owner, tokenId, trail, skipped }: LogRow): string[] {
  const keys = [...trail, ...(skipped ?? [])].map(({ keyId }) => keyId)
  return [owner, tokenId, ...keys].filter((id) => typeof id === 'string')
}

/** Stored requests as the API shows each by itself. */
export async function showNamedLogs(d1: D1Database, whose: Whose, rows: LogRow[]): Promise<NamedLog[]> {
  if (rows.length === 0) return []
  const names = await namesOf(d1, whose, rows.flatMap(mentionedIn))
  return rows.map((row) => {
    const mentioned = mentionedIn(row).filter((id) => Object.hasOwn(names, id))
    return { ...showLog(row), names: Object.fromEntries(mentioned.map((id) => [id, names[id] ?? id])) }
  })
}

/** A stored request as the API shows it. */
function showLog(row: LogRow): z.infer<typeof Log> {
  return {
    ...showLogFields(row),
    usage:
      row.inputTokens === null
        ? null
        : {
            inputTokens: row.inputTokens,
            outputTokens: row.outputTokens ?? 0,
            cachedTokens: row.cachedTokens ?? 0,
            cacheWriteTokens: row.cacheWriteTokens ?? 0,
            reasoningTokens: row.reasoningTokens ?? 0,
            estimated: row.estimated,
            claimed: row.claimedUsage,
          },
    trail: row.trail.map((entry) => ({
      ...entry,
      startedAt: toTime(entry.startedAt),
      retryAt: toTimeOrNull(entry.retryAt),
      message: entry.message ?? null,
    })),
    skipped: (row.skipped ?? []).map((skip) => ({
      provider: skip.provider,
      model: skip.model,
      reason: skip.reason,
      keys: skip.keys ?? null,
      keyId: skip.keyId ?? null,
      verdict: skip.verdict ?? null,
      retryAt: toTimeOrNull(skip.retryAt),
      after: skip.after ?? 0,
    })),
  }
}

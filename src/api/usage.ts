/** What was used over time, and how the providers that served it are doing. */
import { dayMs, hourMs } from '../domain/time.ts'
import { Hono } from 'hono'
import { z } from 'zod'
import { hoursKeptMs, totalsKeptMs } from '../db/usage-rollup.ts'
import { namesOf } from '../db/display-names.ts'
import {
  listAttempts,
  hasTotals,
  findDurations,
  sumUsage,
  topGroups,
  type UsageDimension,
  type UsageQuestion,
  type UsageRow,
} from '../db/usage.ts'
import { HubError } from '../errors.ts'
import { type Durations, percentile } from '../observe/durations.ts'
import { type ProviderHealth, summariseHealth } from '../observe/provider-health.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import type { Whose } from '../db/owner-filter.ts'
import { refreshLog } from './fresh-log.ts'
import { Anyone, Everyone, requireWhose, whoseOf } from './ownership.ts'
import { listOf, Names, Time, TimeInput, toTime, toTimeOrNull } from './schemas/common.ts'

const stepsMs = { hour: hourMs, day: dayMs } as const
/** The span that is answered where none is asked for, and the longest ones, in milliseconds. */
const defaultSpanMs = 7 * dayMs
const longestSpanMs = { hour: totalsKeptMs, day: 400 * dayMs } as const
/** Rows of one answer. */
const maxRows = 10_000

const UsageQuery = z.strictObject({
  groupBy: z.enum(['provider', 'model', 'key', 'token', 'user', 'status']).optional(),
  interval: z.enum(['hour', 'day']).optional(),
  from: TimeInput.optional(),
  to: TimeInput.optional(),
  /**
   * Tells only the groups apart that have the most of something in the span; the others are one
   * group without a name.
   */
  top: z.coerce.number().int().min(1).max(50).optional(),
  by: z.enum(['requests', 'tokens', 'cost', 'errors', 'rescued']).default('requests'),
  ...Anyone,
})

const Usage = z.object({
  /** The beginning of the interval; null where the whole span is one. */
  at: Time.nullable(),
  /**
   * A provider, `provider/model`, an id, or `ok`, `rescued` or `error`; null without `groupBy` and
   * for all others than the top, empty for what had none.
   */
  group: z.string().nullable(),
  requests: z.number(),
  errors: z.number(),
  /** Requests that went well after somebody had failed at them. */
  rescued: z.number(),
  /** These are null by status: the sums do not tell them apart. */
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  cachedTokens: z.number().nullable(),
  reasoningTokens: z.number().nullable(),
  averageMs: z.number().nullable(),
  /**
   * How long requests took that went well, within ten per cent; null where none did, and for groups
   * other than users.
   */
  latency: z.object({ p50Ms: z.number(), p95Ms: z.number() }).nullable(),
  /** US dollars, of what has a known price. */
  cost: z.number().nullable(),
  /**
   * US dollars: what it would have cost at list prices, less what it did. Free keys and the caches
   * of providers save.
   */
  saved: z.number().nullable(),
})
type Usage = z.infer<typeof Usage>

export const usageRoutes = new Hono<HubContext>().get(
  '/',
  endpoint({
    guard: 'user',
    summary: 'The usage of your requests, by the hour or the day; an admin sees everyone’s with ?owner=all.',
    query: UsageQuery,
    answer: listOf(Usage).extend({ names: Names }),
  }),
  async (c) => {
    const { groupBy, interval, to = Date.now(), top, by, ...query } = c.req.valid('query')
    const from = query.from ?? to - defaultSpanMs
    const dimension = groupBy === 'status' ? undefined : groupBy
    requireSpan(from, to, interval, dimension)
    const whose = await requireWhose(c.env.DB, c.var.caller, query)
    const question: UsageQuestion = {
      dimension,
      stepMs: interval && stepsMs[interval],
      from: Math.floor(from / hourMs) * hourMs,
      to,
    }
    if (to >= c.var.receivedAt - hourMs) await refreshLog(c, whose)
    const named =
      top === undefined ? undefined : await topGroups(c.env.DB, whose, question, { groups: top, by })
    const [rows, latency] = await Promise.all([
      sumUsage(c.env.DB, whose, question, { limit: maxRows + 1, named }),
      readLatency(c.env.DB, whose, question),
    ])
    if (rows.length > maxRows) {
      throw new HubError('VALIDATION_ERROR', 'Too many rows. Use a shorter range or top=n.', {
        param: 'from',
      })
    }
    const data =
      groupBy === 'status' ? rows.flatMap(showByStatus) : rows.map((row) => showUsage(row, latency(row)))
    const haveNames = dimension === 'key' || dimension === 'token' || dimension === 'user'
    const names = haveNames
      ? await namesOf(
          c.env.DB,
          whose,
          rows.flatMap(({ name }) => name ?? []),
        )
      : {}
    return c.json({ data, nextCursor: null, names })
  },
)

/**
 * Finds how long the requests of a row took. Nobody knows it of single providers, models, keys and
 * tokens.
 */
async function readLatency(
  d1: D1Database,
  whose: Whose,
  { dimension, ...question }: UsageQuestion,
): Promise<(row: UsageRow) => Usage['latency']> {
  if (!hasTotals(dimension)) return () => null
  const durationsOf = await findDurations(d1, whose, { ...question, dimension })
  return (row) => showLatency(durationsOf(row))
}

function showLatency(durations: Durations): Usage['latency'] {
  const [p50Ms, p95Ms] = [percentile(durations, 0.5), percentile(durations, 0.95)]
  return p50Ms === null || p95Ms === null ? null : { p50Ms, p95Ms }
}

const HealthQuery = z.strictObject(Everyone)
const Health = z.object({
  provider: z.string(),
  model: z.string(),
  attempts: z.number(),
  errors: z.number(),
  medianMs: z.number().nullable(),
  lastError: z.object({ verdict: z.string(), at: Time }).nullable(),
})
/** How many requests of the last hour are looked at, the newest. */
const healthRequests = 2_000

export const providerHealthRoutes = new Hono<HubContext>().get(
  '/providers',
  endpoint({
    guard: 'user',
    summary:
      'Health of the providers in the last hour, in your requests; an admin sees everyone’s with ?owner=all.',
    query: HealthQuery,
    answer: listOf(Health),
  }),
  async (c) => {
    const whose = whoseOf(c.var.caller, c.req.valid('query'))
    await refreshLog(c, whose)
    const attempts = await listAttempts(c.env.DB, whose, Date.now() - hourMs, healthRequests)
    return c.json({ data: summariseHealth(attempts).map(showHealth), nextCursor: null })
  },
)

function requireSpan(
  from: number,
  to: number,
  interval: 'hour' | 'day' = 'day',
  dimension?: UsageDimension,
): void {
  const longest = longestSpanMs[interval]
  const refuse = (message: string): never => {
    throw new HubError('VALIDATION_ERROR', message, { param: 'from' })
  }
  if (from >= to) refuse('"from" must be before "to".')
  if (to - from > longest)
    refuse(`The range from "from" to "to" must be at most ${longest / dayMs} days with this interval.`)
  const keptMs = hasTotals(dimension) ? totalsKeptMs : hoursKeptMs
  if (interval === 'hour' && from < Date.now() - keptMs)
    refuse(`Hourly data is kept for ${keptMs / dayMs} days. Use interval=day for older data.`)
}

function showUsage(row: UsageRow, latency: Usage['latency']): Usage {
  return {
    at: toTimeOrNull(row.at),
    group: row.name,
    requests: row.requests,
    errors: row.errors,
    rescued: row.rescued,
    inputTokens: row.inputTokens,
    outputTokens: row.outputTokens,
    cachedTokens: row.cachedTokens,
    reasoningTokens: row.reasoningTokens,
    averageMs: row.requests > 0 ? Math.round(row.durationMs / row.requests) : null,
    latency,
    cost: row.cost,
    saved: row.saved,
  }
}

function showByStatus(row: UsageRow): Usage[] {
  const unknown = {
    inputTokens: null,
    outputTokens: null,
    cachedTokens: null,
    reasoningTokens: null,
    averageMs: null,
    latency: null,
    cost: null,
    saved: null,
  }
  const groups = { ok: row.requests - row.errors - row.rescued, rescued: row.rescued, error: row.errors }
  return Object.entries(groups).map(([group, requests]) => ({
    at: toTimeOrNull(row.at),
    group,
    requests,
    errors: group === 'error' ? requests : 0,
    rescued: group === 'rescued' ? requests : 0,
    ...unknown,
  }))
}

function showHealth({ lastError, ...health }: ProviderHealth): z.infer<typeof Health> {
  return { ...health, lastError: lastError && { verdict: lastError.verdict, at: toTime(lastError.at) } }
}

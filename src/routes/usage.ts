/** What was used over time, and how the providers that served it are doing. */
import { Hono } from 'hono'
import { z } from 'zod'
import { listAttempts, sumUsage, type UsageRow } from '../db/usage.ts'
import { HubError } from '../errors.ts'
import { type ProviderHealth, summariseHealth } from '../observe/provider-health.ts'
import type { HubContext } from './context.ts'
import { endpoint } from './endpoint.ts'
import { Everyone, whoseOf } from './scope.ts'
import { listOf, Time, TimeInput, toTime, toTimeOrNull } from './shapes.ts'

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs
const stepsMs = { hour: hourMs, day: dayMs } as const
/** The span that is answered where none is asked for, and the longest ones, in milliseconds. */
const defaultSpanMs = 7 * dayMs
const longestSpanMs = { hour: 31 * dayMs, day: 400 * dayMs } as const
/** Rows of one answer. */
const maxRows = 10_000

const UsageQuery = z.strictObject({
  groupBy: z.enum(['provider', 'model', 'key', 'token', 'user', 'status']).optional(),
  interval: z.enum(['hour', 'day']).optional(),
  from: TimeInput.optional(),
  to: TimeInput.optional(),
  ...Everyone,
})

const Usage = z.object({
  /** The beginning of the interval; null where the whole span is one. */
  at: Time.nullable(),
  /** A provider, `provider/model`, an id, or `ok`, `rescued` or `error`; null without `groupBy`, empty for what had none. */
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
  /** US dollars, of what has a known price. */
  cost: z.number().nullable(),
})
type Usage = z.infer<typeof Usage>

export const usageRoutes = new Hono<HubContext>().get(
  '/',
  endpoint({
    guard: 'user',
    summary: 'What your requests used, by the hour or the day; an admin sees everyone’s with ?owner=all.',
    query: UsageQuery,
    answer: listOf(Usage),
  }),
  async (c) => {
    const { groupBy, interval, to = Date.now(), ...query } = c.req.valid('query')
    const from = query.from ?? to - defaultSpanMs
    requireSpan(from, to, interval)
    const rows = await sumUsage(c.env.DB, whoseOf(c.var.caller, query), {
      dimension: groupBy === 'status' ? undefined : groupBy,
      stepMs: interval && stepsMs[interval],
      from: Math.floor(from / hourMs) * hourMs,
      to,
      limit: maxRows + 1,
    })
    if (rows.length > maxRows) {
      throw new HubError('VALIDATION_ERROR', 'This is too much for one answer: ask for a shorter span.', {
        param: 'from',
      })
    }
    const data = groupBy === 'status' ? rows.flatMap(showByStatus) : rows.map(showUsage)
    return c.json({ data, nextCursor: null })
  },
)

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
      'How providers did in the last hour, as your requests met them; an admin sees everyone’s with ?owner=all.',
    query: HealthQuery,
    answer: listOf(Health),
  }),
  async (c) => {
    const whose = whoseOf(c.var.caller, c.req.valid('query'))
    const attempts = await listAttempts(c.env.DB, whose, Date.now() - hourMs, healthRequests)
    return c.json({ data: summariseHealth(attempts).map(showHealth), nextCursor: null })
  },
)

function requireSpan(from: number, to: number, interval: 'hour' | 'day' = 'day'): void {
  const longest = longestSpanMs[interval]
  if (from >= to) throw new HubError('VALIDATION_ERROR', '"from" must lie before "to".', { param: 'from' })
  if (to - from > longest) {
    throw new HubError(
      'VALIDATION_ERROR',
      `Between "from" and "to" may lie ${longest / dayMs} days at most with this interval.`,
      { param: 'from' },
    )
  }
}

function showUsage(row: UsageRow): Usage {
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
    cost: row.cost,
  }
}

function showByStatus(row: UsageRow): Usage[] {
  const unknown = {
    inputTokens: null,
    outputTokens: null,
    cachedTokens: null,
    reasoningTokens: null,
    averageMs: null,
    cost: null,
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

/**
 * A limit as a provider states it, and its believable part. Claims come from headers, sentences and
 * error details; absurd values are the same in all of them. Pure.
 */
import { dayMs, minuteMs } from '../domain/time.ts'
import type { Period, Reset, Unit } from '../domain/limits.ts'
import { parseReset } from '../http/retry-after.ts'
import { furthestResetMs, withinPeriod } from './calendar.ts'
import type { LimitHeaders } from './provider.ts'

/** The lengths, in seconds as headers write them, that are a window of ours. */
export const periodsBySeconds: ReadonlyMap<string | undefined, Period> = new Map([
  ['1', 'second'],
  ['60', 'minute'],
  ['3600', 'hour'],
  ['18000', '5h'],
  ['86400', 'day'],
  ['604800', '7d'],
])

/** A limit as it was stated: numbers and times are still text. */
export interface Claim {
  unit: Unit
  per: LimitHeaders['per']
  scope?: 'account' | 'model' | undefined
  limit?: string | undefined
  remaining?: string | undefined
  /** In place of `remaining`, where that is how it was said. */
  used?: string | undefined
  reset?: string | undefined
  resets?: Reset | undefined
}

/** What is left of a claim when everything absurd is taken out. */
export interface Numbers {
  per: Period
  limit?: number
  remaining?: number
  resetsAt?: number
}

/** Beyond this a number is a mistake, or means "without limit". */
const largestLimit = 1e12

/**
 * The believable numbers of a claim. A limit of 0 is none: it says that this tier does not have the
 * model at all. Undefined where nothing is left, or where the limit itself is absurd: then the rest
 * is not worth more.
 *
 * @param sentAt what the provider's clock showed: its dates are by that clock.
 */
export function believe(claim: Claim, now: number, sentAt = now): Numbers | undefined {
  const limit = readCount(claim.limit)
  if (claim.limit !== undefined && (limit === undefined || limit < 1)) return undefined
  const remaining = remainingOf(claim, limit)
  if (limit === undefined && remaining === undefined) return undefined
  const at = resetOf(claim, now, sentAt)
  const per = claim.per === 'told-by-reset' ? periodOfRefill(limit, remaining, at, now) : claim.per
  if (per === undefined) return undefined
  return {
    per,
    ...(limit !== undefined && { limit }),
    ...(remaining !== undefined && { remaining }),
    ...(at !== undefined &&
      at > now &&
      at <= now + furthestResetMs && { resetsAt: Math.ceil(withinPeriod(at, per, now)) }),
  }
}

function resetOf({ reset }: Claim, now: number, sentAt: number): number | undefined {
  const at = reset === undefined ? undefined : parseReset(reset, sentAt)
  return at === undefined ? undefined : at + now - sentAt
}

/** More left than there is room for is no number of this limit: Together says so of bursts. */
function remainingOf(claim: Claim, limit: number | undefined): number | undefined {
  const used = readCount(claim.used)
  const remaining =
    used === undefined || limit === undefined ? readCount(claim.remaining) : Math.max(0, limit - used)
  return remaining !== undefined && limit !== undefined && remaining > limit ? undefined : remaining
}

const refillMs = { minute: minuteMs, day: dayMs } as const
/** Times are stated in whole milliseconds, and a little passes on the way. */
const roundingMs = 5

/**
 * How long a refilling bucket takes for a whole limit, from how long it takes for what was used:
 * reset ≈ used / limit × period. The two candidates lie 1,440 times apart, so that a factor of
 * three is near enough. Undefined where both or neither fit.
 */
function periodOfRefill(
  limit: number | undefined,
  remaining: number | undefined,
  resetsAt: number | undefined,
  now: number,
): 'minute' | 'day' | undefined {
  if (limit === undefined || remaining === undefined || resetsAt === undefined) return undefined
  const statedMs = resetsAt - now
  const fits = (period: 'minute' | 'day') => {
    const expectedMs = ((limit - remaining) / limit) * refillMs[period]
    const isNear = statedMs <= expectedMs * 3 && statedMs >= expectedMs / 3
    return expectedMs > 0 && (isNear || Math.abs(statedMs - expectedMs) <= roundingMs)
  }
  const fitting = (['minute', 'day'] as const).filter(fits)
  return fitting.length === 1 ? fitting[0] : undefined
}

/** A count as providers write it, with or without thousands separators. */
function readCount(text: string | undefined): number | undefined {
  const digits = text?.trim().replaceAll(',', '') ?? ''
  if (!/^\d+(?:\.\d+)?$/.test(digits)) return undefined
  const count = Math.floor(Number(digits))
  return count <= largestLimit ? count : undefined
}

/**
 * A span of time that a page looks at: one of a few that end now, or one between two moments. Pure;
 * times are milliseconds since the epoch. An address has moments in UTC, so that it means the same
 * to everyone; a person sees and enters them in their own time.
 */
import { dayMs, hourMs, minuteMs } from '../../src/domain/time.ts'
import type { QueryField } from './query-fields.ts'

/**
 * From one moment to another, which is not part of it; until now where there is none. Always `from`
 * before `to`.
 */
export interface Between {
  from: number
  to: number | null
}

export type Span<Fixed extends string> = Fixed | Between

/** How long the spans are that end now. */
export const lengthsMs = {
  '1h': hourMs,
  '24h': dayMs,
  '7d': 7 * dayMs,
  '30d': 30 * dayMs,
  '90d': 90 * dayMs,
} as const

/** Where a person who wants a span of their own begins: with the one that they look at. */
export function spanOfOwn(span: Span<keyof typeof lengthsMs | 'all'>, now: number): Between {
  if (isBetween(span)) return span
  const minute = Math.floor(now / minuteMs) * minuteMs
  return { from: minute - lengthsMs[span === 'all' ? '24h' : span], to: null }
}

export function isBetween<Fixed extends string>(span: Span<Fixed>): span is Between {
  return typeof span !== 'string'
}

/**
 * As in `24h`, or as ISO 8601 writes an interval: `2026-11-26T07:00Z/2026-11-26T09:00Z`,
 * `2026-11-26T07:00Z/..`.
 */
export function spanField<const Fixed extends string>(
  fixed: readonly Fixed[],
  otherwise: NoInfer<Fixed>,
): QueryField<Span<Fixed>> {
  return {
    read: (text) => fixed.find((one) => one === text) ?? readInterval(text ?? '') ?? otherwise,
    write: (span) => {
      if (isBetween(span))
        return `${writeMoment(span.from)}/${span.to === null ? '..' : writeMoment(span.to)}`
      return span === otherwise ? undefined : span
    },
  }
}

/** A moment as an address has it: in UTC, to the minute, as a person can enter it. */
const momentInUtc = /^2\d{3}-\d\d-\d\dT\d\d:\d\dZ$/

function readInterval(text: string): Between | undefined {
  const [begin = '', end = '', ...rest] = text.split('/')
  const from = readMoment(begin)
  const to = end === '..' ? null : readMoment(end)
  if (rest.length > 0 || from === undefined || to === undefined) return undefined
  return to === null || from < to ? { from, to } : undefined
}

function readMoment(text: string): number | undefined {
  const at = momentInUtc.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}

function writeMoment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`
}

/**
 * What two fields for a moment each hold, in the reader's own time; empty where nothing was
 * entered.
 */
export interface Entered {
  from: string
  to: string
}

export interface SpanProblem {
  field: keyof Entered
  type: 'missing' | 'not-a-time' | 'in-the-future' | 'not-after' | 'too-long'
}

/**
 * The span that was entered, or what is wrong with it. Nothing entered for its end is until now.
 * @param mostDays the longest that can be looked at.
 */
export function readEntered(
  entered: Entered,
  now: number,
  mostDays = Infinity,
): { type: 'span'; span: Between } | { type: 'problem'; problem: SpanProblem } {
  const problem = (field: keyof Entered, type: SpanProblem['type']) => ({
    type: 'problem' as const,
    problem: { field, type },
  })
  if (entered.from === '') return problem('from', 'missing')
  const from = readLocal(entered.from)
  const to = entered.to === '' ? null : readLocal(entered.to)
  if (from === undefined) return problem('from', 'not-a-time')
  if (to === undefined) return problem('to', 'not-a-time')
  if (from >= now) return problem('from', 'in-the-future')
  if (to !== null && from >= to) return problem('to', 'not-after')
  if ((to ?? now) - from > mostDays * dayMs) return problem('from', 'too-long')
  return { type: 'span', span: { from, to } }
}

/** A span as two fields hold it. */
export function enter({ from, to }: Between): Entered {
  return { from: writeLocal(from), to: to === null ? '' : writeLocal(to) }
}

/**
 * `2026-11-26T08:00`: what a `datetime-local` field holds. Some hold seconds, too. A year before
 * 2000 is half typed.
 */
const localMoment = /^2\d{3}-\d\d-\d\dT\d\d:\d\d/

/** Without a zone it is the reader's own time: https://tc39.es/ecma262/#sec-date.parse */
function readLocal(text: string): number | undefined {
  const at = localMoment.test(text) ? Date.parse(text.slice(0, 16)) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}

function writeLocal(at: number): string {
  const offsetMs = new Date(at).getTimezoneOffset() * minuteMs
  return new Date(at - offsetMs).toISOString().slice(0, 16)
}

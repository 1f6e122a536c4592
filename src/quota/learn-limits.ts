/**
 * What an account's windows learn from a provider's answers: limits that nobody entered, and what
 * is left of them. Pure.
 *
 * What is stated stands beside what a person entered, and the lesser binds; both are shown where
 * they differ.
 */
import type { StatedLimit } from '../providers/stated-limits.ts'
import { believe, type Statement, type Window, windowName, lengthMs } from './windows.ts'

/** A provider names few limits; whoever names more is not learned from without end. */
const mostWindows = 64

/** Limits that an answer stated. */
export interface Statements {
  limits: readonly StatedLimit[]
  /** The model that was called. */
  model: string
  /** When the answer came: of a stream that ran for long, long before it is learned from. */
  at: number
  /**
   * Whether the provider refused the call for a limit. Beside an answer, a limit is only a claim.
   */
  refused?: true
}

/** The windows of an account after an answer that stated limits. */
export function learn(windows: Window[], { limits, ...origin }: Statements, now: number): Window[] {
  let learned = windows
  for (const limit of limits) learned = learnOne(learned, limit, origin, now)
  return learned
}

function learnOne(
  windows: Window[],
  said: StatedLimit,
  { model, at, refused }: Omit<Statements, 'limits'>,
  now: number,
): Window[] {
  const { unit, per } = said
  const rule = { unit, per, ...(said.scope === 'model' && { model }) }
  const name = windowName(rule)
  const index = windows.findIndex((window) => windowName(window) === name)
  const known = windows[index]
  // A calling of the same limit that came in the meantime is newer.
  if (known?.stated && known.stated.at > at) return windows
  const statement: Statement = { ...statementOf(said, at, now), ...(refused && { refused }) }
  if (known) return windows.with(index, believe(adopt(known, said), statement, now))
  if (said.limit === undefined || windows.length >= mostWindows) return windows
  const fresh: Window = { ...rule, resets: said.resets ?? 'sliding', buckets: [] }
  return [...windows, believe(fresh, statement, now)]
}

/** How a window resets is for the provider to say where no person has set its limit. */
function adopt(window: Window, { resets }: StatedLimit): Window {
  return window.limit === undefined && resets !== undefined ? { ...window, resets } : window
}

function statementOf({ per, limit, remaining, resetsAt }: StatedLimit, at: number, now: number): Statement {
  // What was left then says nothing now: the window has passed since.
  const isOld = now - at >= lengthMs[per] || (resetsAt !== undefined && resetsAt <= now)
  return {
    at,
    ...(limit !== undefined && { limit }),
    ...(remaining !== undefined && !isOld && { remaining }),
    ...(resetsAt !== undefined && { resetsAt }),
  }
}

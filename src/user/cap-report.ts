/** The use of one subject's caps, as the API shows it. Pure. */
import { countsAt, resetsAt, usedAt, type Window, windowName } from '../quota/windows.ts'
import type { Allowance, Reservation } from './allowance.ts'
import type { CapUse, Rules } from './rpc.ts'
import { endOf, spentAt, startOf } from './spending.ts'

/** @param open the subject's reservations that are not settled. */
export function reportUse(
  { budget }: Rules,
  { windows, spending }: Allowance,
  open: readonly Reservation[],
  now: number,
): Omit<CapUse, 'running'> {
  return {
    windows: windows.flatMap((window) => reportWindow(window, open, now) ?? []),
    ...(budget && { budget: reportBudget(budget, spending, open, now) }),
  }
}

function reportWindow(
  window: Window,
  open: readonly Reservation[],
  now: number,
): CapUse['windows'][number] | undefined {
  const { unit, per, limit } = window
  if (limit === undefined) return undefined
  const taken = Math.ceil(usedAt(window, now))
  // A reservation is counted in its window like use; what of it still counts there is told apart
  // here.
  const held = open
    .filter(({ reservedAt }) => countsAt(window, reservedAt, now))
    .reduce((sum, { charges }) => sum + (charges[windowName(window)] ?? 0), 0)
  const reserved = Math.min(held, taken)
  const ends = resetsAt(window, now)
  return { unit, per, used: taken - reserved, reserved, limit, ...(ends !== undefined && { resetsAt: ends }) }
}

function reportBudget(
  { per }: NonNullable<Rules['budget']>,
  spending: Allowance['spending'],
  open: readonly Reservation[],
  now: number,
): NonNullable<CapUse['budget']> {
  const taken = spentAt(spending, per, now)
  const held = open
    .filter(({ reservedAt }) => reservedAt >= startOf(per, now))
    .reduce((sum, { money }) => sum + money, 0)
  const reserved = Math.min(held, taken)
  return { spent: taken - reserved, reserved, resetsAt: endOf(per, now) }
}

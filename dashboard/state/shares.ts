/** Shares and reserves as people enter and read them. Pure. */

/** The part of a limit in percent, rounded to a whole number. */
export function percentOf(amount: number, limit: number): number {
  return limit > 0 ? Math.round((amount / limit) * 100) : 100
}

/** A share as a percentage, as the field shows it; empty for all. */
export function shareText(maxShare: number | null): string {
  return maxShare === null ? '' : String(Number((maxShare * 100).toFixed(4)))
}

/** A share from a percentage in a field; null for all. */
export function readShare(text: string): number | null {
  const entered = text.trim().replace(/%$/, '').trim()
  return entered === '' ? null : Number((Number(entered) / 100).toFixed(6))
}

/** What an owner keeps, from a field: `20%`, a number of requests, or null for nothing. */
export function readReserve(text: string): string | number | null {
  const entered = text.replaceAll(/\s/g, '')
  if (entered === '') return null
  const requests = Number(entered)
  return Number.isNaN(requests) ? entered : requests
}

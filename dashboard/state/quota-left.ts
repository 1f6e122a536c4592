/** What is left of a quota, and when that is little. Pure. */

interface Quota {
  used: number
  /** Of requests that are under way. */
  reserved: number
  /** Null where none is known. */
  limit: number | null
  /**
   * As the hub states it: 0 where the provider says that nothing is left. Absent where only use is
   * counted.
   */
  left?: number | null | undefined
}

/** From this share of a limit on it runs low. */
const lowFrom = 0.8

/** Returns what can still be used; undefined without a limit. */
export function leftIn({ used, reserved, limit, left }: Quota): number | undefined {
  if (limit === null) return undefined
  return Math.min(limit, left ?? Math.max(0, limit - used - reserved))
}

/**
 * Whether a quota runs low. One that some accounts have no limit of does not, as far as is known.
 */
export function isLow({
  limit,
  left,
  unlimitedAccounts = 0,
}: {
  limit: number | null
  left: number | undefined
  unlimitedAccounts?: number
}): boolean {
  return limit !== null && left !== undefined && unlimitedAccounts === 0 && limit - left >= limit * lowFrom
}

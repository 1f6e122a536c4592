/**
 * How long requests take, as counts of classes of durations: such counts can be added up over hours
 * and days, which percentiles cannot. A class is a quarter of a doubling wide, so what is read out
 * of it is within ten per cent. Pure.
 */

/** How many requests were in each class, by the class. */
export type Durations = ReadonlyMap<number, number>

const classesPerDoubling = 4

/** The class of a duration. @param ms from 0; everything up to one millisecond is one class. */
export function durationClass(ms: number): number {
  return ms <= 1 ? 0 : Math.ceil(Math.log2(ms) * classesPerDoubling)
}

/**
 * The duration that a share of the requests did not exceed, in milliseconds: the middle of the
 * class in which it lies. Null where there are no requests.
 *
 * @param share 0.5 for the median.
 */
export function percentile(durations: Durations, share: number): number | null {
  const classes = [...durations].toSorted(([a], [b]) => a - b)
  const requests = classes.reduce((sum, [, count]) => sum + count, 0)
  let counted = 0
  for (const [found, count] of classes) {
    counted += count
    if (counted >= requests * share) return middleOf(found)
  }
  return null
}

/** By ratio, as the classes are. */
function middleOf(found: number): number {
  return found === 0 ? 1 : Math.round(2 ** ((found - 0.5) / classesPerDoubling))
}

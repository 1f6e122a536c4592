/** How well something goes, by how much of it succeeds: the one rule for every page. Pure. */

export type Tone = 'good' | 'warn' | 'bad'

/** Success rates from here on are good, and from the second on a warning. */
const goodFrom = 0.99
const warnFrom = 0.95

/** @param total of which so many failed; nothing failed where nothing was tried. */
export function toneOf(failed: number, total: number): Tone {
  const rate = total === 0 ? 1 : 1 - failed / total
  if (rate >= goodFrom) return 'good'
  return rate >= warnFrom ? 'warn' : 'bad'
}

/** What the tables of usage add up, in pieces of SQL that their writers share. */

export const measures = [
  'requests',
  'errors',
  'rescued',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'reasoning_tokens',
  'duration_ms',
  'cost',
  'saved',
] as const
export type Measure = (typeof measures)[number]

/** The columns of all sums. */
export const measureColumns = measures.join(', ')

/** The sums of several rows. */
export const summedMeasures = measures.map((measure) => `sum(${measure})`).join(', ')

/** For `DO UPDATE SET`: what was there and what comes to it. */
export const addMeasures = measures
  .map((measure) => `${measure} = ${measure} + excluded.${measure}`)
  .join(', ')

/** For `DO UPDATE SET`: the counts of both, class by class. */
export function addDurations(table: string): string {
  return `durations = (
    SELECT json_group_object(class, requests) FROM (
      SELECT class, sum(requests) AS requests FROM (
        SELECT key AS class, value AS requests FROM json_each(${table}.durations)
        UNION ALL SELECT key, value FROM json_each(excluded.durations)
      )
      GROUP BY class
    )
  )`
}

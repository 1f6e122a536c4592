/** The table of the walk, in Markdown, with what failed under it. */

const marks = { ok: '✓', cannot: '–', failed: '✗' }

/**
 * @param {{ suite: string, helper: string, vendor: string, outcome: keyof typeof marks, why?:
 *   string }[]} cells
 * @param {{ id: string, model: string }[]} vendors the columns.
 * @param {{ vendor: string, dialect: string, message: string }[]} refusals what vendors refused.
 * @returns {{ failed: number }}
 */
export function printTable(cells, vendors, refusals) {
  const rows = Map.groupBy(cells, ({ suite, helper }) => `${suite}: ${helper}`)
  console.log(`\n| helper | ${vendors.map(({ id }) => id).join(' | ')} |`)
  console.log(`| --- |${' --- |'.repeat(vendors.length)}`)
  for (const [row, ofRow] of rows) {
    const columns = vendors.map(({ id }) => marks[ofRow.find(({ vendor }) => vendor === id)?.outcome] ?? ' ')
    console.log(`| ${row} | ${columns.join(' | ')} |`)
  }
  const failures = cells.filter(({ outcome }) => outcome === 'failed')
  for (const { suite, helper, vendor, why } of failures)
    console.log(`\n✗ ${suite}: ${helper} at ${vendor}\n  ${why?.slice(0, 1_500)}`)
  for (const { vendor, dialect, message } of refusals)
    console.log(`\nRefused by ${vendor} (${dialect}): ${message}`)
  const count = (outcome) => cells.filter((cell) => cell.outcome === outcome).length
  console.log(
    `\n${count('ok')} of ${cells.length} pass, ${count('cannot')} are refused for what the model cannot do, ${failures.length} fail.`,
  )
  return { failed: failures.length }
}

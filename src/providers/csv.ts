/** Comma-separated values: RFC 4180, with line breaks of any kind. Pure. */

/** A row, and the line of the text that it begins in, from 1. */
export interface CsvRow {
  line: number
  fields: string[]
}

/**
 * What cannot be read: the line in which a quoted field begins that never ends, or after whose end
 * something stands.
 */
export class CsvError extends Error {
  override readonly name = 'CsvError'
  readonly line: number

  constructor(line: number, problem: string) {
    super(`Line ${line} ${problem}.`)
    this.line = line
  }
}

/**
 * One field at a time, from where the last one ended: quoted, with `""` for a quote, or up to the
 * next comma or line break.
 */
const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n][^,\r\n]*|))(,|\r\n|\n|\r|$)/y

/**
 * The rows of a text. Empty lines are none.
 * @throws {CsvError} naming the line, never what stands there.
 */
export function parseCsv(text: string): CsvRow[] {
  const rows: CsvRow[] = []
  let line = 1
  let row: CsvRow = { line, fields: [] }
  field.lastIndex = 0
  while (field.lastIndex < text.length || row.fields.length > 0) {
    const match = field.exec(text)
    if (!match) throw new CsvError(line, 'has an unclosed quoted field')
    const [whole, quoted, bare = '', end = ''] = match
    row.fields.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'))
    line += countBreaks(whole)
    if (end === ',') continue
    if (row.fields.length > 1 || row.fields[0] !== '') rows.push(row)
    row = { line, fields: [] }
  }
  return rows
}

function countBreaks(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0
}

/**
 * Many keys in one text, as people have them: one a line, a table, the `.env` of a program. What
 * each entry says is read here; whose key it is and whether it is new is for others to say. Pure.
 * No message repeats what stands in the text.
 */
import { HubError } from '../errors.ts'
import { CsvError, type CsvRow, parseCsv } from './csv.ts'
import { meaningfulLines, readMixedLines, splitKeys, unquote, withoutComment } from './mixed-key-lines.ts'

export type KeyListFormat = 'lines' | 'csv' | 'env'

/** One key as it is listed. The fields of a table that were left empty are absent. */
export interface ListedKey {
  /** The line that it stands in, from 1. */
  line: number
  secret: string
  /** The provider as the list names it. */
  provider?: string
  /** The variable that holds it: its name may tell the provider. */
  variable?: string
  name?: string
  note?: string
  account?: string
  priority?: string
  weight?: string
  models?: string[]
}

export interface KeyList {
  format: KeyListFormat
  keys: ListedKey[]
}

export const maxKeys = 1_000
/** Comments and empty lines count, too. */
const maxLines = 20_000

/**
 * The keys in a text.
 *
 * @param isProvider whether a word names a provider, which may stand before a key.
 * @throws {HubError} VALIDATION_ERROR naming `text` where it cannot be read as a whole, or holds
 *   more than a thousand keys or twenty thousand lines.
 */
export function readKeyList(
  text: string,
  format: KeyListFormat | 'auto',
  isProvider: (word: string) => boolean,
): KeyList {
  // Checked before the text is split: a million empty lines take seconds.
  if (hasMoreLines(text, maxLines)) throw refuse(`has more than ${maxLines} lines. Send it in parts`)
  const read = format === 'auto' ? guessFormat(text) : format
  const keys = readers[read](text.replace(/^\uFEFF/, ''), isProvider)
  if (keys.length === 0) throw refuse('contains no keys')
  if (keys.length > maxKeys) throw refuse(`contains more than ${maxKeys} keys, the limit. Send it in parts`)
  return { format: read, keys }
}

function hasMoreLines(text: string, most: number): boolean {
  const breaks = /\r\n|\n|\r/g
  for (let lines = 1; breaks.exec(text); lines++) if (lines >= most) return true
  return false
}

const readers: Record<KeyListFormat, (text: string, isProvider: (word: string) => boolean) => ListedKey[]> = {
  lines: readMixedLines,
  csv: readTable,
  env: readVariables,
}

/** A table begins with the names of its columns; a `.env` is assignments and nothing else. */
function guessFormat(text: string): KeyListFormat {
  const lines = meaningfulLines(text.replace(/^\uFEFF/, ''))
  const [first] = lines
  if (first?.text.includes(',') && namesColumns(first.text.split(',').map(columnName))) return 'csv'
  return lines.length > 0 && lines.every((line) => assignment.test(line.text)) ? 'env' : 'lines'
}

const assignment = /^(?:export\s+)?([A-Z][A-Z0-9_]{0,99})\s*=([^]*)$/

/** `NAME=value`, `export NAME='value' # comment`, `NAME=key,key`. An empty value is no key. */
function readVariables(text: string): ListedKey[] {
  return meaningfulLines(text).flatMap((line) => {
    const [, variable, assigned = ''] = assignment.exec(line.text) ?? []
    const value = assigned.trim()
    if (variable === undefined) return [{ line: line.number, secret: '' }]
    const secret = unquote(/^(?:"[^"]*"|'[^']*')/.exec(value)?.[0] ?? withoutComment(value))
    return splitKeys(secret).map((key) => ({ line: line.number, variable, secret: key }))
  })
}

const columns = ['provider', 'key', 'name', 'note', 'account', 'priority', 'weight', 'models'] as const
type Column = (typeof columns)[number]

function columnName(text: string): string {
  return unquote(text.trim()).toLowerCase()
}

function namesColumns(names: string[]): boolean {
  return names.includes('key') && names.every((name) => isColumn(name))
}

function isColumn(name: string): name is Column {
  return columns.some((column) => column === name)
}

/** A table whose first row names its columns. */
function readTable(text: string): ListedKey[] {
  const [header, ...rows] = readRows(text)
  const names = header?.fields.map(columnName) ?? []
  if (!namesColumns(names) || new Set(names).size < names.length) {
    const others = columns.filter((name) => name !== 'key').join(', ')
    throw refuse(`must start with a header row: "key" and any of ${others}, each once`)
  }
  return rows.map((row) => {
    if (row.fields.length > names.length)
      throw refuse(`has more fields in line ${row.line} than there are columns`)
    return toListedKey(row, names.filter(isColumn))
  })
}

function readRows(text: string): CsvRow[] {
  try {
    return parseCsv(text)
  } catch (thrown) {
    if (thrown instanceof CsvError) throw refuse(`is not a valid CSV table: ${thrown.message.slice(0, -1)}`)
    throw thrown
  }
}

function toListedKey({ line, fields }: CsvRow, names: Column[]): ListedKey {
  const entry: ListedKey = { line, secret: '' }
  for (const [index, name] of names.entries()) {
    const value = fields[index]?.trim() ?? ''
    if (value === '') continue
    switch (name) {
      case 'key':
        entry.secret = value
        break
      case 'models':
        entry.models = value.split(/[\s;|]+/).filter((model) => model !== '')
        break
      default:
        entry[name] = value
    }
  }
  return entry
}

function refuse(problem: string): HubError {
  return new HubError('VALIDATION_ERROR', `"text" ${problem}.`, { param: 'text' })
}

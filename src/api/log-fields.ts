/**
 * The columns of the log that the API shows under their own names, made from
 * `observe/log-columns.ts`.
 */
import { z } from 'zod'
import type { LogRow } from '../db/logs.ts'
import {
  type LogColumn,
  logColumnList,
  type logColumns,
  type LogFieldName,
  type LogValue,
} from '../observe/log-columns.ts'
import { Time, toTime } from './schemas/common.ts'

/** A value as the API shows it: a time as a text, and one of a closed set of words as any text. */
type Shown<Name extends LogFieldName> =
  | ((typeof logColumns)[Name]['type'] extends 'time' | 'text' ? string : Exclude<LogValue<Name>, null>)
  | Extract<LogValue<Name>, null>

type ShownFields = { [Name in LogFieldName]: Shown<Name> }

const shownColumns = logColumnList.filter(({ shown }) => shown === 'field')

/** The schema of each field. */
export const logFields = Object.fromEntries(
  shownColumns.map(({ name, type, nullable }) => [
    name,
    nullable ? schemaOf(type).nullable() : schemaOf(type),
  ]),
  // Made from the same list as the type.
) as unknown as { [Name in LogFieldName]: z.ZodType<Shown<Name>> }

function schemaOf(type: LogColumn['type']) {
  switch (type) {
    case 'text':
      return z.string()
    case 'time':
      return Time
    case 'integer':
    case 'real':
      return z.number()
    case 'boolean':
      return z.boolean()
    case 'json':
      return z.json()
  }
}

/** The fields of a stored request. */
export function showLogFields(row: LogRow): ShownFields {
  const shown = shownColumns.map(({ name, type }) => {
    const value = row[name]
    return [name, type === 'time' && typeof value === 'number' ? toTime(value) : value]
  })
  // Made from the same list as the type.
  return Object.fromEntries(shown) as ShownFields
}

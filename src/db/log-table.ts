/** The columns of the request log for drizzle, made from `observe/log-columns.ts`. */
import { integer, real, text } from 'drizzle-orm/sqlite-core'
import {
  type LogColumn,
  logColumnList,
  type LogColumnName,
  type LogValue,
  storedName,
} from '../observe/log-columns.ts'

/**
 * A column as the compiler sees it: drizzle tells columns apart by the type of their values alone,
 * so that a text may take the place of each.
 */
type TableColumn<Value> = null extends Value
  ? ReturnType<typeof nullableText<Exclude<Value, null>>>
  : ReturnType<typeof requiredText<Value>>

/** For the table `requests`. */
export const logTableColumns = Object.fromEntries(
  logColumnList.map(({ name, type, nullable }) => {
    const column = columnOf(storedName(name), type)
    return [name, nullable ? column : column.notNull()]
  }),
  // Each entry says what its column holds and whether it may be null, and this type repeats it.
) as { [Name in LogColumnName]: TableColumn<LogValue<Name>> }

function columnOf(name: string, type: LogColumn['type']) {
  switch (type) {
    case 'text':
      return text(name)
    case 'integer':
    case 'time':
      return integer(name)
    case 'real':
      return real(name)
    case 'boolean':
      return integer(name, { mode: 'boolean' })
    case 'json':
      return text(name, { mode: 'json' })
  }
}

function nullableText<Value>() {
  return text('').$type<Value>()
}

function requiredText<Value>() {
  return nullableText<Value>().notNull()
}

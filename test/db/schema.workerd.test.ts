/** The tables that the migrations make are those that the code believes in. */
import { env } from 'cloudflare:workers'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import * as schema from '../../src/db/schema.ts'

const tables = Object.values(schema)
  .filter((value) => value instanceof SQLiteTable)
  .map((table) => getTableConfig(table))

interface Column {
  name: string
  type: string
  notnull: number
  pk: number
}

describe('the schema', () => {
  it('names every table that the migrations make', async () => {
    const { results } = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name <> 'd1_migrations'",
    ).all<{ name: string }>()
    expect(tables.map(({ name }) => name).toSorted()).toEqual(results.map(({ name }) => name).toSorted())
  })

  it.each(tables.map((table) => [table.name, table] as const))(
    'describes the columns of %s as they are',
    async (name, table) => {
      const { results } = await env.DB.prepare(
        `SELECT name, type, "notnull", pk FROM pragma_table_info('${name}')`,
      ).all<Column>()
      const keyOf = (column: string): boolean =>
        table.primaryKeys.some((key) => key.columns.some((part) => part.name === column))
      expect(
        table.columns.map((column) => ({
          name: column.name,
          type: column.getSQLType().toUpperCase(),
          notNull: column.notNull,
          key: column.primary || keyOf(column.name),
        })),
      ).toEqual(
        results.map(({ name: column, type, notnull, pk }) => ({
          name: column,
          type,
          notNull: notnull === 1,
          key: pk > 0,
        })),
      )
    },
  )

  it('keeps the log without rowid and without secondary indexes: each row costs one', async () => {
    const { results } = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'requests'",
    ).all()
    const { sql } = (await env.DB.prepare("SELECT sql FROM sqlite_master WHERE name = 'requests'").first<{
      sql: string
    }>()) ?? { sql: '' }
    expect(results).toEqual([])
    expect(sql).toContain('WITHOUT ROWID')
  })
})

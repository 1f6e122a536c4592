/**
 * A column that is added to the list of the log's columns is stored, searched, shown and exported.
 */
import { expect, it, vi } from 'vitest'
import { toCsv } from '../../dashboard/state/log-export.ts'
import { writeRecords } from '../../src/db/log-writer.ts'
import { requests } from '../../src/db/schema.ts'
import type { logColumnList } from '../../src/observe/log-columns.ts'
import { logFields } from '../../src/api/log-fields.ts'
import { makeRecord } from '../quota/fixtures.ts'

vi.mock('../../src/observe/log-columns.ts', async (original) => {
  const actual = await original<{ logColumnList: typeof logColumnList; toLogRow: () => object }>()
  const added = {
    name: 'finishReason',
    type: 'text',
    nullable: true,
    shown: 'field',
    heading: 'finish_reason',
  }
  return {
    ...actual,
    logColumnList: [...actual.logColumnList, added],
    toLogRow: (...given: []) => ({ ...actual.toLogRow(...given), finishReason: 'stop' }),
  }
})

it('is a column of the table', () => {
  expect(requests).toHaveProperty('finishReason.name', 'finish_reason')
})

it('is a field of the API', () => {
  expect(Object.keys(logFields)).toContain('finishReason')
})

it('is written with each record', async () => {
  const written: { sql: string; json: string }[] = []
  const prepare = (sql: string) => ({ bind: (json: string) => written.push({ sql, json }) })
  // All of D1 that the writer uses.
  const d1 = { prepare, batch: async () => [] } as unknown as D1Database
  await writeRecords(d1, [makeRecord({})])
  const insert = written.find(({ sql }) => sql.includes('INTO requests'))
  expect(insert?.sql).toContain("value ->> '$.finishReason'")
  expect(insert?.sql).toMatch(/client, finish_reason\)/)
  expect(JSON.parse(insert?.json ?? '')).toEqual([expect.objectContaining({ finishReason: 'stop' })])
})

it('is a column of the export', () => {
  expect(toCsv([], {}).split('\r\n')[0]).toMatch(/,client,finish_reason$/)
})

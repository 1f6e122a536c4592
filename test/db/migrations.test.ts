import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { migrationNames } from '../../src/db/migrations.ts'

it('the build expects the migrations that are there', () => {
  const files = readdirSync(path.join(import.meta.dirname, '../../migrations')).filter((file) =>
    file.endsWith('.sql'),
  )
  expect([...migrationNames]).toEqual(files.toSorted())
})

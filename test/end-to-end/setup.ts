/**
 * Before the tests of the build: builds the Worker and the dashboard once, migrates one database
 * once, and opens the service that starts hubs. Both projects that need it share the first call.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build, migrateLocal, root } from '../../.scripts/local.mjs'
import { buildVariable, hubsVariable } from './hub.ts'
import { openHubs } from './hubs.ts'

/** @returns how to end it, for the project that came first. */
export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[hubsVariable] !== undefined) return undefined
  const folder = mkdtempSync(path.join(tmpdir(), 'hub-tests-'))
  const built = path.join(folder, 'dist')
  const migrated = path.join(folder, 'state')
  build()
  // The test of the deployment builds again while other files run.
  cpSync(path.join(root, 'dist'), built, { recursive: true })
  migrateLocal(migrated)
  const hubs = await openHubs({ built, migrated })
  process.env[hubsVariable] = hubs.url
  process.env[buildVariable] = built
  return async () => {
    delete process.env[hubsVariable]
    await hubs.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

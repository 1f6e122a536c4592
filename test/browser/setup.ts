/** Before the browser tests: the build that they look at, and the one browser that they share. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import axe from 'axe-core'
import { chromium } from 'playwright-core'
import setUpBuild from '../end-to-end/setup.ts'
import { buildVariable } from '../end-to-end/hub.ts'
import { axeAddress, browserVariable, installChromium, requireChromium } from './chromium.ts'

export default async function setUp(): Promise<() => Promise<void>> {
  const endBuild = await setUpBuild()
  writeFileSync(path.join(process.env[buildVariable] ?? '', 'client', axeAddress), axe.source)
  installChromium()
  const server = await chromium.launchServer({
    executablePath: requireChromium(),
    host: '127.0.0.1',
    // Without a graphics card its process only costs time. Chromium's own sandbox does not run as
    // root, which containers are.
    args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  })
  process.env[browserVariable] = server.wsEndpoint()
  return async () => {
    await server.close()
    await endBuild?.()
  }
}

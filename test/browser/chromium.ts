/** Where the system's Chromium is, and how it comes to be there. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** The environment variable with the address of the browser that all files share. */
export const browserVariable = 'HUB_TESTS_BROWSER'

/** The address of axe in the build that the tests serve: its own origin, as its policy asks. */
export const axeAddress = '/axe.js'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

function findChromium(): string | undefined {
  return [process.env['CHROMIUM'], ...places].find((place) => place && existsSync(place))
}

/**
 * @throws {Error} saying what to do where there is none: these tests fail then, and are not
 *   skipped.
 */
export function requireChromium(): string {
  const found = findChromium()
  if (found) return found
  throw new Error(
    'The browser tests need Chromium, and there is none. Install it (Debian: apt-get install -y chromium), or set CHROMIUM to its path.',
  )
}

/** Installs it where that can be done without asking: as root, with apt. */
export function installChromium(): void {
  if (findChromium() || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  console.log('Installing Chromium for the browser tests (once) …')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [
    ['update'],
    ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
  ]) {
    const { status, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8' })
    if (status === 0) continue
    console.error(`apt-get ${args.join(' ')} failed:\n${stderr}`)
    return
  }
}

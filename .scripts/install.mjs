/**
 * Installs the dependencies where they are missing or older than the lock file. It runs before
 * anything is installed, on any Node from 20 on, and so uses nothing but Node itself.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { fail } from './prepare.mjs'

/** How npm says that it has no network. */
const offline =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b/

/** @param {string} root the folder of the project. Ends the process where npm fails. */
export function installDependencies(root) {
  const installed = path.join(root, 'node_modules', '.package-lock.json')
  const wanted = path.join(root, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return
  console.log('Installing dependencies (once, about half a minute)…')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status, error, stderr } = spawnSync(
    npm,
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['inherit', 'inherit', 'pipe'],
      encoding: 'utf8',
      shell: process.platform === 'win32',
    },
  )
  if (error?.code === 'ENOENT')
    fail('Cannot install dependencies: npm not found. Install Node with npm: https://nodejs.org')
  if (status === 0) return
  const [code] = offline.exec(stderr ?? '') ?? []
  if (code !== undefined)
    fail(
      `Cannot install dependencies: the npm registry is unreachable (${code}). Check your connection and try again.`,
    )
  process.stderr.write(stderr ?? '')
  process.exit(status ?? 1)
}

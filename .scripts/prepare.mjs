/**
 * Checks the requirements of a tool or script: a recent enough Node, and the dependencies. It runs
 * on old versions of Node too, and names a missing requirement in one line.
 */
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The oldest Node that this begins on. */
const oldestMajor = 20

/** Ends the process with one line where the running Node is too old. */
export function requireNode(version = process.version) {
  if (Number(/^v?(\d+)/.exec(version)?.[1] ?? 0) >= oldestMajor) return
  fail(`Node ${oldestMajor} or newer is required (this is ${version}). Install it from https://nodejs.org`)
}

/**
 * Runs a script again through the wrapper, where it was started directly: by `node
 * .scripts/start.mjs`. Returns where the wrapper has started it.
 *
 * @param {string} url of the script.
 */
export async function requireWrapper(url) {
  if (process.env.HUB_WRAPPED === '1') return
  const script = fileURLToPath(url)
  const wrapper = path.join(path.dirname(script), 'run.mjs')
  process.argv.splice(1, 1, wrapper, path.join('.scripts', path.basename(script)))
  await import('./run.mjs')
  // The wrapper ends this process when the script is over.
  await new Promise(() => {})
}

/** Ends the process with one line. @returns {never} */
export function fail(message) {
  console.error(message)
  process.exit(1)
}

/**
 * Where the project's tools are. They are run by path, with the Node that runs this: no search path
 * can put another program in their place.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'

/** Tools whose package has another name. */
const packages = { tsc: 'typescript' }

/**
 * Returns the script of a tool that is installed here.
 *
 * @param {string} root the folder of the project.
 * @param {string} tool such as `vite` or `tsc`.
 */
export function scriptOf(root, tool) {
  const name = Object.hasOwn(packages, tool) ? packages[tool] : tool
  const folder = path.join(root, 'node_modules', name)
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
  const script = typeof bin === 'string' ? bin : bin?.[tool]
  if (!script) throw new Error(`The package ${name} has no program ${tool}.`)
  return path.join(folder, script)
}

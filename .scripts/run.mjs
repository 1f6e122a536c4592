/**
 * Runs a tool of the project, or one of its scripts, on a Node that is new enough. Every entry in
 * package.json goes through it, and it runs on Node 20 and newer, before anything is installed:
 *
 *     node .scripts/run.mjs vite build
 *     node .scripts/run.mjs .scripts/start.mjs
 */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { installDependencies } from './install.mjs'
import { chooseNode } from './node.mjs'
import { requireNode } from './prepare.mjs'
import { scriptOf } from './tools.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const [what = '', ...args] = process.argv.slice(2)

requireNode()
installDependencies(root)
try {
  const script = what.endsWith('.mjs') ? path.join(root, what) : scriptOf(root, what)
  run(chooseNode(root), [script, ...args])
} catch (error) {
  console.error(error.message)
  process.exit(1)
}

function run(node, command) {
  const child = spawn(node, command, {
    // A script of ours hears by the channel when this process is killed.
    stdio: what.endsWith('.mjs') ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    // Tools that start `node` themselves find the same one.
    env: {
      ...process.env,
      HUB_WRAPPED: '1',
      PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`,
    },
  })
  // A terminal sends Ctrl+C to both; other senders know this process alone.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('error', (error) => {
    console.error(error.message)
    process.exit(1)
  })
  child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}

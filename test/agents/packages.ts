/** Installs the agents, outside the tree of the lock file. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../../.scripts/local.mjs'
import { agents } from './agents.ts'

/** Git ignores it, and an installation of the project leaves it alone. */
const folder = path.join(root, 'test/.results/agents')

/**
 * Installs the pinned versions, where they are not there yet.
 * @returns the folder with their programs.
 * @throws where npm fails.
 */
export function installAgents(): string {
  const wanted = JSON.stringify({
    private: true,
    dependencies: Object.fromEntries(agents.map((agent) => [agent.package, agent.version])),
  })
  const done = path.join(folder, 'installed.json')
  const binaries = path.join(folder, 'node_modules/.bin')
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return binaries
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), wanted)
  console.log('Installing the agents takes a minute, and 1.5 GB.')
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error(`npm could not install the agents into ${folder}.`)
  writeFileSync(done, wanted)
  return binaries
}

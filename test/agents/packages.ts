/**
 * Installs packages that only a bench needs into a folder that git ignores, at pinned versions, so
 * that the lock file and `npm ci` stay small.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../../.scripts/local.mjs'

/**
 * Installs the packages, unless these very versions are there.
 * @param name of the folder under `test/.results`.
 * @param dependencies exact versions by package.
 * @param runsScripts whether these packages may run code of their own while they are installed.
 * @returns the folder, which holds `node_modules`.
 * @throws where npm fails.
 */
export function installPinned(
  name: string,
  dependencies: Readonly<Record<string, string>>,
  { runsScripts = false } = {},
): string {
  const folder = path.join(root, 'test/.results', name)
  // Versions of npm to come run no script of a package that is not named here.
  const allowScripts = Object.fromEntries(Object.keys(dependencies).map((one) => [one, runsScripts]))
  const wanted = JSON.stringify({ private: true, dependencies, allowScripts })
  const done = path.join(folder, 'installed.json')
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), wanted)
  console.log(`Installing ${Object.keys(dependencies).length} packages into ${folder} (once) …`)
  // `npm run` hands the project's own settings down, which let no package run code.
  const { status } = spawnSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--loglevel=error', `--ignore-scripts=${!runsScripts}`],
    { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' },
  )
  if (status !== 0) throw new Error(`npm could not install the packages of ${folder}.`)
  writeFileSync(done, wanted)
  return folder
}

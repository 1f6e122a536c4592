/**
 * Prepares and serves a local hub: secrets, a database with its tables, and a runtime for the
 * build.
 */
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import { lockState, StateInUse } from './lock.mjs'
import { freePort } from './port.mjs'
import { fail } from './prepare.mjs'
import { childrenOf } from './processes.mjs'
import { scriptOf } from './tools.mjs'

export const root = path.join(import.meta.dirname, '..')
const secretsFile = path.join(root, '.dev.vars')

/**
 * Variables that a local run also takes from its own environment, beside every `{PROVIDER}_API_KEY`
 * and newer master keys.
 */
const fromEnvironment = [
  'MASTER_KEY',
  'JWT_SECRET',
  'SETUP_TOKEN',
  'KEY_SELECTION_STRATEGY',
  'CORS_ORIGINS',
  'ALLOW_PRIVATE_UPSTREAMS',
  'SANDBOX',
  'MODELS_URL',
]

/** Writes real random secrets to `.dev.vars` the first time. */
export function ensureSecrets() {
  if (existsSync(secretsFile)) return
  const secret = () => randomBytes(32).toString('base64')
  writeFileSync(secretsFile, `MASTER_KEY=${secret()}\nJWT_SECRET=${secret()}\nHUB_LOCAL=1\nHUB_DIRECT=1\n`, {
    mode: 0o600,
  })
}

/** The variables of a local run: those of `.dev.vars`, and over them those of the environment. */
export function localVariables() {
  const variables = {}
  for (const line of readFileSync(secretsFile, 'utf8').split('\n')) {
    const [, name, value] = /^\s*([A-Za-z0-9_]+)\s*=\s*"?(.*?)"?\s*$/.exec(line) ?? []
    if (name) variables[name] = value
  }
  for (const [name, value] of Object.entries(process.env)) {
    if (value && isTaken(name)) variables[name] = value
  }
  return variables
}

/**
 * Returns the variables of a local run: its port, its start time, and whether clients connect
 * directly. Without Cloudflare, address headers of clients are not trusted. Workers that started
 * before this run are dead and hold nothing.
 * @param {number} port
 * @param {Record<string, string>} variables those of `localVariables`.
 */
export function platformVariables(port, variables) {
  const startedAt = String(Date.now())
  return {
    HUB_PORT: String(port),
    HUB_STARTED_AT: startedAt,
    ...(variables.HUB_LOCAL === '1' && { HUB_DIRECT: '1' }),
  }
}

/**
 * Takes the lock of a state folder, with one line in place of a stack where another hub runs on it.
 *
 * @param {string} state the folder.
 * @param {{ port?: number, command: string }} about as `lockState` takes it.
 */
export function lockOrFail(state, about) {
  try {
    return lockState(state, about)
  } catch (error) {
    if (error instanceof StateInUse) return fail(error.message)
    throw error
  }
}

function isTaken(name) {
  return fromEnvironment.includes(name) || name.endsWith('_API_KEY') || /^MASTER_KEY_\d+$/.test(name)
}

/**
 * Applies the migrations to the local database. The caller holds the lock, or uses the folder
 * alone.
 *
 * @param {string} state the folder in which local state is kept.
 */
export function migrateLocal(state) {
  run('wrangler', ['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', state])
}

/** Builds the Worker and the dashboard as for production. */
export function build() {
  run('vite', ['build', '--config', 'dashboard/vite.config.ts', '--logLevel', 'warn'])
}

/**
 * Serves the build on loopback until it is told to stop.
 * @param {{ port: number, state: string, variables: Record<string, string>, dist?: string,
 *   lock?: ReturnType<typeof lockState>, outside?: import('node:http').RequestListener }} options
 * `port` 0 chooses a free one; `dist` is the folder of a copy of the build; `lock` is that of the
 * state, where it is held already; `outside` answers every call that the hub makes, in place of the
 * internet.
 * @throws {StateInUse} where another process holds it.
 * @returns {Promise<{ url: URL, workers: import('./processes.mjs').ProcessName[], stop: () =>
 *   Promise<void> }>}
 */
export async function serve({
  port: wanted,
  state,
  variables,
  dist = path.join(root, 'dist'),
  lock,
  outside,
}) {
  const port = wanted === 0 ? await freePort() : wanted
  const held = lock ?? lockState(state, { port })
  const others = new Set(childrenOf(process.pid).map(({ pid }) => pid))
  process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= 'false'
  const folder = path.join(dist, 'llm_hub')
  // The bundler has settled the modules; the rules for finding them are not wanted.
  const { modulesRules: _rules, ...worker } = unstable_getMiniflareWorkerOptions(
    path.join(folder, 'wrangler.json'),
  ).workerOptions
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port,
      resourcePersistencePath: path.join(state, 'v3'),
      cf: false,
      workers: [
        {
          ...worker,
          name: 'llm-hub',
          modulesRoot: folder,
          modules: readModules(folder),
          bindings: {
            ...worker.bindings,
            ...platformVariables(port, variables),
            ...variables,
          },
          ...(outside && { outboundService: { node: outside } }),
        },
      ],
    }),
  )
  const stop = async () => {
    await miniflare.dispose()
    held.release()
  }
  try {
    const url = await miniflare.ready
    const workers = childrenOf(process.pid).filter(({ pid }) => !others.has(pid))
    held.noteWorkers(workers)
    return { url, workers, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * Has processes ended when this one is gone, however it ends.
 * @param {import('./processes.mjs').ProcessName[]} workers
 */
export function guard(workers) {
  const script = path.join(import.meta.dirname, 'guard.mjs')
  // Its own group, so that what is sent to this one's does not reach it.
  const child = spawn(process.execPath, [script, JSON.stringify(workers)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.unref()
  child.stdin.unref()
}

/** The built modules, the entry first. */
function readModules(folder) {
  const types = { '.js': 'ESModule', '.wasm': 'CompiledWasm' }
  return readdirSync(folder, { recursive: true })
    .filter((file) => types[path.extname(file)] !== undefined)
    .toSorted((a, b) => Number(b === 'index.js') - Number(a === 'index.js'))
    .map((file) => ({ type: types[path.extname(file)], path: path.join(folder, file) }))
}

/** Runs one of the project's tools to its end; its words are shown only if it fails. */
function run(tool, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [scriptOf(root, tool), ...args], {
    cwd: root,
    encoding: 'utf8',
    // CI=1 keeps the tools from asking questions.
    env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false' },
  })
  if (status === 0) return
  process.stderr.write(`${stdout}${stderr}\n${tool} ${args.join(' ')} failed.\n`)
  process.exit(status ?? 1)
}

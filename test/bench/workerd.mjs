/**
 * Workers under workerd itself, one process each: no development proxy and no simulator stands
 * before, beside or behind them.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

// Miniflare brings workerd, in the version that the tests and a local run use.
const requireAsMiniflare = createRequire(createRequire(import.meta.url).resolve('miniflare'))
const { default: binary } = requireAsMiniflare('workerd')

/**
 * @typedef {object} WorkerOptions
 * @property {string} folder Where its modules lie, and its configuration and storage will. Nothing
 *   else may be there.
 * @property {string} main The entry module.
 * @property {string} compatibilityDate
 * @property {string[]} compatibilityFlags
 * @property {Record<string, string>} variables
 * @property {string[]} objects The classes of its Durable Objects; the binding is the name in
 *   capitals, `KeyPool` is `KEY_POOL`.
 * @property {number} [database] The port of what serves D1, bound as `DB`.
 * @property {boolean} [inspect] Whether its inspector listens.
 */

/**
 * Starts a Worker on a free loopback port.
 * @param {WorkerOptions} options
 * @returns {Promise<{ pid: number, port: number, inspectorPort: number | undefined, cpuMs: () =>
 *   number }>} it is stopped when this process ends.
 */
export async function startWorker(options) {
  const file = path.join(options.folder, 'config.capnp')
  const storage = path.join(options.folder, 'storage')
  mkdirSync(storage, { recursive: true })
  writeFileSync(file, configure(options, storage))
  const child = spawn(
    binary,
    ['serve', file, '--control-fd=3', ...(options.inspect ? ['--inspector-addr=127.0.0.1:0'] : [])],
    { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] },
  )
  // Before others, who may take away its files.
  process.prependOnceListener('exit', () => child.kill('SIGKILL'))
  const ports = await portsOf(child, options.inspect ? ['http', 'inspector'] : ['http'])
  return {
    pid: child.pid,
    port: ports.get('http'),
    inspectorPort: ports.get('inspector'),
    cpuMs: () => cpuOf(child.pid),
  }
}

/** What workerd says it listens on, a line of JSON for each socket. */
function portsOf(child, names) {
  return new Promise((resolve, reject) => {
    const ports = new Map()
    let text = ''
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`workerd ended with ${code} before it listened.`)))
    child.stdio[3].on('data', (bytes) => {
      text += bytes
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) {
        const { event, socket, port } = JSON.parse(line)
        if (event === 'listen') ports.set(socket, port)
        if (event === 'listen-inspector') ports.set('inspector', port)
      }
      if (names.every((name) => ports.has(name))) resolve(ports)
    })
  })
}

/**
 * The CPU time of all threads, in milliseconds. `stat` has it in steps of 10 ms, the scheduler's
 * own account in nanoseconds.
 */
function cpuOf(pid) {
  let nanoseconds = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ', 1)[0])
  }
  return nanoseconds / 1e6
}

/** Cap'n Proto's text form takes JSON's strings. */
const text = JSON.stringify

function configure(
  { folder, main, compatibilityDate, compatibilityFlags, variables, objects, database },
  storage,
) {
  const bindings = [
    ...Object.entries(variables).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
    ...objects.map((name) => `(name = ${text(bindingOf(name))}, durableObjectNamespace = ${text(name)})`),
  ]
  const services = [
    '(name = "main", worker = .main)',
    '(name = "storage", disk = (path = ' + text(storage) + ', writable = true))',
    // Providers are on loopback.
    '(name = "network", network = (allow = ["public", "private"]))',
  ]
  if (database !== undefined) {
    services.push(`(name = "database", external = (address = "127.0.0.1:${database}", http = ()))`)
    bindings.push(
      '(name = "DB", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "database")]))',
    )
  }
  const namespaces = objects.map(
    (name) => `(className = ${text(name)}, uniqueKey = ${text(name)}, enableSql = true)`,
  )
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = ${list(services)},
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = ${list(modulesIn(folder, main))},
  compatibilityDate = ${text(compatibilityDate)},
  compatibilityFlags = ${list(compatibilityFlags.map((flag) => text(flag)))},
  bindings = ${list(bindings)},
  durableObjectNamespaces = ${list(namespaces)},
  durableObjectStorage = (localDisk = "storage"),
  globalOutbound = "network",
);
`
}

function list(items) {
  return `[${items.join(', ')}]`
}

function bindingOf(className) {
  return className.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
}

/** The modules in a folder, the entry first. */
function modulesIn(folder, main) {
  const kinds = { '.js': 'esModule', '.mjs': 'esModule', '.wasm': 'wasm' }
  return readdirSync(folder, { recursive: true })
    .filter((file) => path.extname(file) in kinds)
    .toSorted((a, b) => Number(b === main) - Number(a === main))
    .map((file) => `(name = ${text(file)}, ${kinds[path.extname(file)]} = embed ${text(file)})`)
}

/**
 * The hub beside the least that a Worker can do, and one key pool beside larger ones. `README.md`
 * says what is measured and how to read it.
 *
 *     npm run bench                          all of it, in about seven minutes
 *     npm run bench -- --quick               one short round
 *     npm run bench -- --only stream         the scenarios with this in their name; `pool` for the key pool alone,
 *                                            `bill` for what calls cost on Cloudflare's bill,
 *                                            `fit` for what the fit stage adds to a call
 *     npm run bench -- --only doors          the memory of the hub while its doors are pushed, by itself;
 *                                            `doors:held` for the attacks with this in their name
 *     npm run bench -- --build <folder>      another build than dist/llm_hub, which is then not built anew
 *     npm run bench -- --profile <folder>    CPU profiles instead of the tables
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { build, root } from '../../.scripts/local.mjs'
import { runBill } from './bill.mjs'
import { runDoors } from './doors.mjs'
import { measureFit } from './fit.mjs'
import { startHub } from './hub.mjs'
import { load } from './load.mjs'
import {
  drivePool,
  measurePool,
  mostKeys,
  poolScenarios,
  preparePool,
  renderPoolTables,
  startPools,
} from './pool.mjs'
import { profile } from './profile.mjs'
import { measure, renderTables } from './report.mjs'
import { isPaced, requestOf, scenarios } from './scenarios.mjs'
import { startWorker } from './workerd.mjs'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
    build: { type: 'string' },
    profile: { type: 'string' },
  },
})
const rounds = Number(options.rounds ?? (options.quick ? 1 : 3))
const divisor = options.quick ? 4 : 1
const inspect = options.profile !== undefined
const isChosen = ({ name }) => name.includes(options.only)
const chosen = scenarios.filter(isChosen)
const chosenOfPool = poolScenarios.filter(isChosen)

// Storage in memory, where there is such a place: a disk's own pace is not what is measured.
const temporary = mkdtempSync(path.join(process.platform === 'linux' ? '/dev/shm' : tmpdir(), 'hub-bench-'))
process.on('exit', () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 }))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130))

/** Starts what is outside: the provider and the database. @returns their ports. */
async function startOutside() {
  const outside = fork(path.join(import.meta.dirname, 'outside.mjs'))
  const [ports] = await once(outside, 'message')
  return ports
}

/** Starts the two that are compared. */
async function startBoth({ provider, database }) {
  const folder = path.join(temporary, 'proxy')
  mkdirSync(folder)
  cpSync(path.join(import.meta.dirname, 'proxy.mjs'), path.join(folder, 'proxy.mjs'))
  const [proxy, hub] = await Promise.all([
    startWorker({
      folder,
      main: 'proxy.mjs',
      compatibilityDate: '2026-10-01',
      compatibilityFlags: [],
      variables: { UPSTREAM: `http://127.0.0.1:${provider}` },
      objects: [],
    }),
    startHub({
      build: options.build ?? path.join(root, 'dist', 'llm_hub'),
      folder: path.join(temporary, 'hub'),
      provider,
      database,
      inspect,
    }),
  ])
  return { proxy, hub }
}

/**
 * Sends a scenario through one of the two.
 * @returns what came of it, and the CPU it took in milliseconds.
 */
function driver({ proxy, hub }) {
  let made = 0
  return async (subject, scenario, count) => {
    const where =
      subject === 'hub'
        ? (scenario.endpoint ?? '/v1/chat/completions')
        : `/${scenario.route}/chat/completions`
    const request = requestOf(scenario, { path: where, token: hub.token })
    const { port, cpuMs } = subject === 'hub' ? hub : proxy
    const { connections } = scenario
    const before = cpuMs()
    const result = await load({ port, request, connections, count, keepPieces: isPaced(scenario) })
    if (subject === 'hub') await hub.settled((made += count))
    return { ...result, cpuMs: (cpuMs() - before) / count }
  }
}

async function runHub(outside) {
  if (options.build === undefined) build()
  const workers = await startBoth(outside)
  const drive = driver(workers)
  if (inspect) {
    await profile(path.resolve(options.profile), workers.hub.inspectorPort, chosen, (scenario) =>
      drive('hub', scenario, scenario.count),
    )
    return
  }
  const measured = []
  for (const scenario of chosen) {
    process.stderr.write(`${scenario.name}\n`)
    measured.push(await measure(scenario, rounds, divisor, drive))
  }
  process.stdout.write(renderTables(measured, rounds))
}

async function runPool({ database }) {
  const workers = await startPools({ folder: path.join(temporary, 'pool'), database, inspect })
  if (inspect) {
    for (const scenario of chosenOfPool) await preparePool(workers, scenario, mostKeys)
    await profile(path.resolve(options.profile), workers.inspectorPort, chosenOfPool, (scenario) =>
      drivePool(workers, scenario, mostKeys, scenario.calls),
    )
    return
  }
  const measured = []
  for (const scenario of chosenOfPool) {
    process.stderr.write(`${scenario.name}\n`)
    measured.push(await measurePool(workers, scenario, rounds, divisor))
  }
  process.stdout.write(renderPoolTables(measured, rounds))
}

async function run() {
  const outside = await startOutside()
  if (options.only.startsWith('doors')) {
    const folder = options.build ?? path.join(root, 'dist', 'llm_hub')
    if (options.build === undefined) build()
    return runDoors({
      build: folder,
      temporary,
      database: outside.database,
      only: options.only.slice('doors:'.length),
    })
  }
  if (chosen.length > 0) await runHub(outside)
  if (chosenOfPool.length > 0) await runPool(outside)
  if ('fit'.includes(options.only) && !inspect) process.stdout.write(measureFit(rounds, divisor))
  if ('bill'.includes(options.only) && !inspect) {
    process.stdout.write(await runBill({ folder: path.join(temporary, 'bill'), database: outside.database }))
  }
}

try {
  await run()
  process.exit(0)
} catch (error) {
  console.error(error)
  process.exit(1)
}

/**
 * The hub beside the least that a Worker can do, in one run. `README.md` says what is measured and how to read it.
 *
 *     npm run bench                          all of it, in about three minutes
 *     npm run bench -- --quick               one short round
 *     npm run bench -- --only stream         the scenarios with this in their name
 *     npm run bench -- --build <folder>      another build than dist/llm_hub, which is then not built anew
 *     npm run bench -- --profile <folder>    CPU profiles of the hub instead of the table
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { build, root } from '../../.scripts/local.mjs'
import { startHub } from './hub.mjs'
import { load } from './load.mjs'
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
const chosen = scenarios.filter(({ name }) => name.includes(options.only))

// Storage in memory, where there is such a place: a disk's own pace is not what is measured.
const temporary = mkdtempSync(path.join(process.platform === 'linux' ? '/dev/shm' : tmpdir(), 'hub-bench-'))
process.on('exit', () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 }))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130))

/** Starts everything that is beside the clients. */
async function start() {
  const outside = fork(path.join(import.meta.dirname, 'outside.mjs'))
  const [{ provider, database }] = await once(outside, 'message')

  const folder = path.join(temporary, 'proxy')
  mkdirSync(folder)
  cpSync(path.join(import.meta.dirname, 'proxy.mjs'), path.join(folder, 'proxy.mjs'))
  const inspect = options.profile !== undefined
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

/** Sends a scenario through one of the two. @returns what came of it, and the CPU it took in milliseconds. */
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

async function run() {
  if (options.build === undefined) build()
  const workers = await start()
  const drive = driver(workers)
  if (options.profile !== undefined) {
    await profile(path.resolve(options.profile), workers.hub.inspectorPort, chosen, (scenario) =>
      drive('hub', scenario, scenario.count),
    )
    return
  }
  const measured = []
  for (const scenario of chosen) {
    process.stderr.write(`${scenario.name}\n`)
    measured.push(await measure(scenario, rounds, options.quick ? 4 : 1, drive))
  }
  process.stdout.write(renderTables(measured, rounds))
}

try {
  await run()
  process.exit(0)
} catch (error) {
  console.error(error)
  process.exit(1)
}

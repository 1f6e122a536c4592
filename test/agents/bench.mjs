/**
 * Unmodified coding agents at every kind of model. `README.md` says what is tried and how to read
 * it.
 *
 *     npm run test:agents                                all of it
 *     npm run test:agents -- --agent codex               one agent
 *     npm run test:agents -- --only mistral,failover     scenarios with this in their name or kind
 *     npm run test:agents -- --record                    writes the fixtures of `npm test` anew
 */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { agents } from './agents.ts'
import { startHub } from './hub.ts'
import { openOutside } from './outside.ts'
import { installPinned } from './packages.ts'
import { openRecorder } from './recorder.ts'
import { runAgent } from './run-agent.ts'
import { scenarios } from './scenarios.ts'
import { renderTable } from './table.ts'
import { recordedModels, writeFixture } from './write-fixture.ts'

const { values: options } = parseArgs({
  options: {
    agent: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    record: { type: 'boolean', default: false },
  },
})
const isNamed = (list, ...words) =>
  list === '' || list.split(',').some((part) => words.some((word) => word.includes(part)))
const chosenAgents = agents.filter(({ tool }) => isNamed(options.agent, tool))
const chosen = scenarios.filter(({ name, kind }) =>
  options.record ? recordedModels.includes(name) : isNamed(options.only, name, kind),
)

// Some of them fetch their programs while they are installed; all take 1.5 GB.
const versions = Object.fromEntries(agents.map((agent) => [agent.package, agent.version]))
const binaries = path.join(installPinned('agents', versions, { runsScripts: true }), 'node_modules/.bin')
const outside = openOutside()
const hub = await startHub(outside)
const recorder = await openRecorder(hub.origin)
const results = []
// However the run ends, what has run so far is shown. The runtime of the hub exits at a signal.
process.on('exit', () => console.log(renderTable(results)))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130))
for (const agent of chosenAgents) {
  const recorded = []
  for (const scenario of chosen) {
    const person = await hub.settleIn(scenario.keys)
    const model = await scenario.prepare(person)
    recorder.requests.length = 0
    const startedAt = Date.now()
    const run = { agent, origin: recorder.origin, person, outside, model, binaries }
    const { faults, folder } = await runAgent({ ...run, trouble: scenario.trouble?.() })
    const wrong = scenario.verify?.(outside.calls)
    if (wrong !== undefined) faults.push(wrong)
    recorded.push({
      vendor: scenario.name,
      account: outside.calls.at(-1)?.account ?? '',
      folder,
      requests: [...recorder.requests],
    })
    results.push({ agent, scenario, faults })
    const seconds = Math.round((Date.now() - startedAt) / 1_000)
    console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${agent.name}, ${scenario.name} (${seconds} s)`)
    for (const fault of faults) console.log(`       ${fault}`)
  }
  if (options.record) writeFixture(agent, recorded)
}
await recorder.stop()
await hub.stop()
process.exit(results.every(({ faults }) => faults.length === 0) ? 0 : 1)

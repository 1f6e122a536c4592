/**
 * `npm start`: the hub on this machine, built as for production. No account, no key, no question.
 */
import path from 'node:path'
import { readPort, requirePort } from './port.mjs'
import { fail, requireWrapper } from './prepare.mjs'

await requireWrapper(import.meta.url)
const { build, ensureSecrets, guard, localVariables, lockOrFail, migrateLocal, root, serve } =
  await import('./local.mjs')

const port = readPort()
const state = path.join(root, '.wrangler', 'state')

const lock = lockOrFail(state, { port, command: 'npm start' })
await requirePort(port, 'npm start')
ensureSecrets()
migrateLocal(state)
build()
const hub = await serve({ port, state, variables: localVariables(), lock })
guard(hub.workers)
const stop = () => void hub.stop().finally(() => process.exit(0))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop)
// The wrapper was killed and can no longer pass on signals.
process.once('disconnect', stop)

const address = `http://localhost:${hub.url.port}`
const { unclaimed, problems } = await (await fetch(`${hub.url}health/ready`)).json()
const newer = problems.find(({ name }) => name === 'version')
if (newer) {
  await hub.stop()
  fail(`The data in .wrangler/state ${newer.problem}: ${newer.remedy}.`)
}

console.log(`
LLM Hub is running on ${address}

${
  unclaimed
    ? `Open it in a browser to create your admin account and add keys.
For scripts, dashboard/docs/clients.md has the same steps for the command line.
`
    : `Open it in a browser, or point an OpenAI client at ${address}/v1
`
}
Press Ctrl+C to stop it. Its data is in .wrangler/state, its secrets are in .dev.vars.
`)

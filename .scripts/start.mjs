/** `npm start`: the hub on this machine, built as for production. No account, no key, no question. */
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
// The wrapper was killed, and cannot pass on a signal any more.
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
    ? `Next, in another terminal (or on the page at ${address}):

  1. Make the first account, which is the admin:
     curl ${address}/api/auth/register -H 'content-type: application/json' \\
       -d '{"username": "me", "password": "choose-a-good-one"}'
  2. Add a key and make a token: the README shows how.
`
    : `Open it in a browser, or point an OpenAI client at ${address}/v1
`
}
Stop it with Ctrl+C. Its data is in .wrangler/state, its secrets in .dev.vars.
`)

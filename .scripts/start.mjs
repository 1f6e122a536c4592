/** `npm start`: the hub on this machine, built as for production. No account, no key, no question. */
import path from 'node:path'
import { build, ensureSecrets, localVariables, migrateLocal, readPort, root, serve } from './local.mjs'

const port = readPort()
const state = path.join(root, '.wrangler', 'state')

ensureSecrets()
migrateLocal(state)
build()
const hub = await serve({ port, state, variables: localVariables() }).catch((error) => {
  console.error(
    error?.code === 'EADDRINUSE' ? `Port ${port} is taken. Choose another: PORT=8788 npm start` : error,
  )
  process.exit(1)
})
const address = `http://localhost:${hub.url.port}`
const { unclaimed } = await (await fetch(`${hub.url}health/ready`)).json()

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

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void hub.stop().finally(() => process.exit(0)))
}

/** The port of a local run. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fail } from './prepare.mjs'

/** The port that a person wants, from `PORT`. Ends the program where it is none. */
export function readPort() {
  const port = Number(process.env.PORT ?? 8787)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  return fail(`PORT must be a port number, not "${process.env.PORT}".`)
}

/**
 * Ends the program with one line where a port cannot be listened on.
 *
 * @param {number} port 0 is never taken.
 * @param {string} command how this was started, for the remedy.
 */
export async function requirePort(port, command) {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  const error = await once(server, 'listening').then(
    () => undefined,
    (refused) => refused,
  )
  server.close()
  if (error === undefined) return
  const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code})`
  fail(`Port ${port} ${why}. Try: PORT=${port === 8788 ? 8789 : 8788} ${command}`)
}

/** A loopback port that nothing listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/**
 * Ends processes when the one that started this is gone, however that ended: its end closes the
 * pipe that is the standard input here. `start.mjs` guards the runtime this way, which would serve
 * on.
 *
 *     node .scripts/guard.mjs '[{ "pid": 1234, "startedAt": "…" }]'
 */
import { endProcess } from './processes.mjs'

/** @type {import('./processes.mjs').ProcessName[]} */
const guarded = JSON.parse(process.argv[2] ?? '[]')

process.stdin.resume()
process.stdin.once('close', () => {
  for (const one of guarded) endProcess(one)
})

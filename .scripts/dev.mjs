/** `npm run dev`: the hub with hot reload of Worker and dashboard. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { freePort, readPort, requirePort } from './port.mjs'
import { requireWrapper } from './prepare.mjs'
import { nameProcess } from './processes.mjs'
import { scriptOf } from './tools.mjs'

await requireWrapper(import.meta.url)
const { ensureSecrets, guard, localVariables, lockOrFail, migrateLocal, platformVariables, root } =
  await import('./local.mjs')

// The hub must know its port, so Vite may not take another one.
const port = readPort() || (await freePort())
const state = path.join(root, '.wrangler', 'state')

const lock = lockOrFail(state, { port, command: 'npm run dev' })
await requirePort(port, 'npm run dev')
ensureSecrets()
migrateLocal(state)
const args = ['--config', 'dashboard/vite.config.ts', '--port', String(port), '--strictPort']
const vite = spawn(process.execPath, [scriptOf(root, 'vite'), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    ...platformVariables(port, localVariables()),
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_SEND_METRICS: 'false',
  },
})
const workers = vite.pid === undefined ? [] : [nameProcess(vite.pid)]
lock.noteWorkers(workers)
guard(workers)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => vite.kill(signal))
// The wrapper was killed and can no longer pass on signals.
process.once('disconnect', () => vite.kill())
vite.once('exit', (code) => process.exit(code ?? 0))

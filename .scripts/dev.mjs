/** `npm run dev`: the hub with hot reload of Worker and dashboard. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import {
  ensureSecrets,
  freePort,
  localVariables,
  migrateLocal,
  platformVariables,
  readPort,
  root,
} from './local.mjs'
import { scriptOf } from './tools.mjs'

// The hub must know its port, so Vite may not take another one.
const port = readPort() || (await freePort())

ensureSecrets()
migrateLocal(path.join(root, '.wrangler', 'state'))
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
vite.once('exit', (code) => process.exit(code ?? 0))

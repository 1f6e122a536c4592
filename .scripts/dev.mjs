/** `npm run dev`: the hub with hot reload of Worker and dashboard. */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { ensureSecrets, migrateLocal, root } from './local.mjs'
import { scriptOf } from './tools.mjs'

ensureSecrets()
migrateLocal(path.join(root, '.wrangler', 'state'))
const args = ['--config', 'dashboard/vite.config.ts', '--port', process.env.PORT ?? '8787']
const vite = spawn(process.execPath, [scriptOf(root, 'vite'), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' },
})
vite.once('exit', (code) => process.exit(code ?? 0))

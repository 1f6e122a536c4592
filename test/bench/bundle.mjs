/** Bundles the Workers of the bench that stand beside the hub's own code. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'

/** Bundles a Worker of this folder as `worker.js`. @param {string} entry @param {string} folder */
export async function bundle(entry, folder) {
  mkdirSync(folder, { recursive: true })
  await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'warn',
    build: {
      lib: { entry: path.join(import.meta.dirname, entry), formats: ['es'], fileName: 'worker' },
      outDir: folder,
      emptyOutDir: false,
      target: 'es2024',
      rolldownOptions: { external: /^(cloudflare|node):/ },
    },
  })
}

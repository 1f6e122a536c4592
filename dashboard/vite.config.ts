/**
 * Builds the Worker and the dashboard together, and serves both with hot reload in `npm run dev`.
 */
import path from 'node:path'
import { cloudflare } from '@cloudflare/vite-plugin'
import { preact } from '@preact/preset-vite'
import { defineConfig } from 'vite'
import { withoutSecrets } from './without-secrets.ts'

const root = path.join(import.meta.dirname, '..')

/** The variables that `npm run dev` sets for its run. A build has none of them. */
function platformVariables(): Record<string, string> {
  const names = ['HUB_PORT', 'HUB_DIRECT', 'HUB_STARTED_AT']
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

export default defineConfig(({ command }) => ({
  root: import.meta.dirname,
  build: { outDir: path.join(root, 'dist'), emptyOutDir: true },
  environments: {
    client: {
      build: {
        rolldownOptions: {
          output: {
            // Modules that pages share are one file: a phone loads a dozen small files more slowly.
            // Charts are separate, for the pages that have one.
            codeSplitting: {
              groups: [{ name: 'shared', test: /^(?!.*(?:time-series|plot)\.tsx?$)/, minShareCount: 3 }],
            },
          },
        },
      },
    },
  },
  plugins: [
    preact(),
    cloudflare({
      configPath: path.join(root, 'wrangler.toml'),
      persistState: { path: path.join(root, '.wrangler/state') },
      config: { vars: command === 'serve' ? platformVariables() : {} },
    }),
    withoutSecrets,
  ],
}))
